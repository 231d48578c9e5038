using System;
using Csrun.Spec;

namespace Csrun.Seccomp;

/// <summary>
/// The verdicts of one ABI by call number: an action, or a level of conditions. Rules are added in the profile's order;
/// one without conditions decides its call, whatever comes later and whatever conditions came before.
/// </summary>
internal sealed class VerdictTable
{
    /// <summary>No rule: the default action.</summary>
    public const int Default = 0;

    /// <summary>The number of ARM's first private call.</summary>
    public const uint FirstPrivate = 0xF0000;

    private const int Capacity = 1024;
    private const int ArmPrivateMark = 61440; // ARM's private calls in the table, ...
    private const int ArmPrivateSlots = 1008; // ... where they stand here.
    private const int MostConditions = 6;

    private readonly int[] _verdicts = new int[Capacity];
    private readonly ConditionTree _tree;
    private uint[] _actions = new uint[8];
    private int _actionCount;
    private Abi _abi;

    /// <summary>With the tree that takes the conditions.</summary>
    public VerdictTable(ConditionTree tree)
    {
        _tree = tree;
    }

    /// <summary>The ABI whose verdicts these are.</summary>
    public ref readonly Abi Abi => ref _abi;

    /// <summary>
    /// The highest number that a name of the profile has, without ARM's private ones; negative for none.
    /// </summary>
    public int Newest { get; private set; }

    /// <summary>Verdicts of the numbers from 0 on: none, an action's, or the complement of a level.</summary>
    public ReadOnlySpan<int> Common => _verdicts.AsSpan(0, ArmPrivateSlots);

    /// <summary>Verdicts of the numbers from <see cref="FirstPrivate"/> on, of which only ARM has any.</summary>
    public ReadOnlySpan<int> Private => _verdicts.AsSpan(ArmPrivateSlots);

    /// <summary>The verdict that an action makes.</summary>
    public int VerdictOf(uint action)
    {
        int index = _actions.AsSpan(0, _actionCount).IndexOf(action);
        if (index >= 0)
        {
            return index + 1;
        }

        if (_actionCount == _actions.Length)
        {
            Array.Resize(ref _actions, _actionCount * 2);
        }

        _actions[_actionCount++] = action;
        return _actionCount;
    }

    /// <summary>What a verdict that is an action's returns.</summary>
    public uint Action(int verdict)
    {
        return _actions[verdict - 1];
    }

    /// <summary>Starts over for an ABI; the levels of earlier ones stay valid.</summary>
    public void Start(in Abi abi)
    {
        _abi = abi;
        _verdicts.AsSpan().Clear();
        Newest = SyscallTable.None;
    }

    /// <summary>Counts a rule's calls among those that the profile knows, without any verdict.</summary>
    public void Know(in Rule rule)
    {
        foreach (int row in rule.Rows)
        {
            int number = SyscallTable.Number(_abi.Column, row);
            if (number < ArmPrivateMark)
            {
                Newest = Math.Max(Newest, number);
            }
        }
    }

    /// <summary>Adds a rule for all its calls.</summary>
    /// <returns>A row whose earlier rules it contradicts, or <see cref="SyscallTable.None"/>.</returns>
    public int Add(in Rule rule)
    {
        Span<Condition> conditions = stackalloc Condition[MostConditions];
        foreach (int row in rule.Rows)
        {
            if (!rule.IsAlternatives)
            {
                if (!Add(row, Fit(rule.Conditions, conditions), rule.Action))
                {
                    return row;
                }

                continue;
            }

            for (int i = 0; i < rule.Conditions.Length; i++)
            {
                if (!Add(row, Fit(rule.Conditions.AsSpan(i, 1), conditions), rule.Action))
                {
                    return row;
                }
            }
        }

        return SyscallTable.None;
    }

    private bool Add(int row, ReadOnlySpan<Condition> conditions, uint action)
    {
        if (_abi.Multiplexes && SyscallTable.MultiplexedAs(row, out bool isIpc) is uint call and not 0
            && !AddMultiplexed(isIpc ? Abi.Ipc : Abi.SocketCall, call, conditions, action))
        {
            return false;
        }

        int number = SyscallTable.Number(_abi.Column, row);
        return number == SyscallTable.None || AddAt(Slot(number), conditions, action);
    }

    /// <summary>
    /// The first argument says which call it is; the others are behind a pointer, as far as socketcall goes.
    /// </summary>
    private bool AddMultiplexed(int slot, uint call, ReadOnlySpan<Condition> conditions, uint action)
    {
        Span<Condition> all = stackalloc Condition[MostConditions + 1];
        ulong mask = _abi.Is64 ? ulong.MaxValue : uint.MaxValue;
        all[0] = new Condition(0, SeccompOperator.SCMP_CMP_EQ, mask, call, _abi.Is64);
        int count = 1;
        foreach (ref readonly Condition condition in conditions)
        {
            if (condition.Argument != 0)
            {
                all[count++] = condition;
            }
        }

        return AddAt(slot, all[..count], action);
    }

    private bool AddAt(int slot, ReadOnlySpan<Condition> conditions, uint action)
    {
        ref int verdict = ref _verdicts[slot];
        if (verdict > 0)
        {
            return true;
        }

        if (conditions.IsEmpty)
        {
            verdict = VerdictOf(action);
            return true;
        }

        int level = verdict == Default ? ConditionTree.None : ~verdict;
        bool added = _tree.Add(ref level, conditions, action);
        verdict = ~level;
        return added;
    }

    /// <summary>The conditions in the ABI's width, without those that are always true.</summary>
    private ReadOnlySpan<Condition> Fit(ReadOnlySpan<Condition> conditions, Span<Condition> fitted)
    {
        int count = 0;
        foreach (ref readonly Condition condition in conditions)
        {
            Condition narrow = _abi.Is64 ? condition : condition.Narrow();
            if (!narrow.IsVoid)
            {
                fitted[count++] = narrow;
            }
        }

        return fitted[..count];
    }

    private static int Slot(int number)
    {
        return number >= ArmPrivateMark ? number - ArmPrivateMark + ArmPrivateSlots : number;
    }
}
