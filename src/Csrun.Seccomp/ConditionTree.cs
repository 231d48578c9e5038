using System;

namespace Csrun.Seccomp;

/// <summary>
/// The conditional rules of calls, merged as libseccomp merges them. A level is a list of conditions tried one after
/// the other; below each condition stands either an action or a further level, and a level of which nothing matches
/// hands back to the next condition above it.
/// </summary>
internal sealed class ConditionTree
{
    /// <summary>No node.</summary>
    public const int None = -1;

    private Node[] _nodes = new Node[32];
    private int _count;

    /// <summary>A condition of a level.</summary>
    internal struct Node
    {
        /// <summary>What is compared.</summary>
        public Condition Condition;

        /// <summary>
        /// The condition tried before this one, or <see cref="None"/>: levels are linked from their end.
        /// </summary>
        public int Previous;

        /// <summary>The last condition of the level below, or <see cref="None"/> where an action stands.</summary>
        public int Below;

        /// <summary>What is returned where <see cref="Below"/> is none.</summary>
        public uint Action;
    }

    /// <summary>A node by its number.</summary>
    public ref readonly Node this[int node] => ref _nodes[node];

    /// <summary>Adds a rule to a level.</summary>
    /// <param name="level">The last condition of the level, or <see cref="None"/>; set to the new last one.</param>
    /// <param name="conditions">All must hold; at least one, by ascending argument.</param>
    /// <param name="action">What is returned then.</param>
    /// <returns>False when the rule contradicts one that is there: the same conditions, or fewer, another
    /// action.</returns>
    public bool Add(ref int level, ReadOnlySpan<Condition> conditions, uint action)
    {
        bool isLast = conditions.Length == 1;
        int same = Find(level, conditions[0]);
        if (same == None)
        {
            int below = None;
            _ = isLast || Add(ref below, conditions[1..], action);
            Insert(ref level, conditions[0], below, action);
            return true;
        }

        ref Node node = ref _nodes[same];
        if (isLast)
        {
            // The new rule asks for less: what stands below it can only be the same action.
            bool agrees = HasOnly(same, action);
            node.Below = None;
            node.Action = action;
            return agrees;
        }

        if (node.Below == None)
        {
            return true; // A rule that asks for less came first and decides.
        }

        int next = node.Below;
        bool added = Add(ref next, conditions[1..], action);
        _nodes[same].Below = next;
        return added;
    }

    private int Find(int level, in Condition condition)
    {
        for (int node = level; node != None; node = _nodes[node].Previous)
        {
            if (_nodes[node].Condition == condition)
            {
                return node;
            }
        }

        return None;
    }

    private bool HasOnly(int node, uint action)
    {
        if (_nodes[node].Below == None)
        {
            return _nodes[node].Action == action;
        }

        for (int child = _nodes[node].Below; child != None; child = _nodes[child].Previous)
        {
            if (!HasOnly(child, action))
            {
                return false;
            }
        }

        return true;
    }

    private void Insert(ref int level, in Condition condition, int below, uint action)
    {
        int after = None;
        int before = level;
        while (before != None && _nodes[before].Condition.IsTriedAfter(condition))
        {
            after = before;
            before = _nodes[before].Previous;
        }

        if (_count == _nodes.Length)
        {
            Array.Resize(ref _nodes, _count * 2);
        }

        _nodes[_count] = new Node { Condition = condition, Previous = before, Below = below, Action = action };
        if (after == None)
        {
            level = _count;
        }
        else
        {
            _nodes[after].Previous = _count;
        }

        _count++;
    }
}
