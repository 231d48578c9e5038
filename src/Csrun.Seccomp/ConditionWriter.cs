using Csrun.Spec;

namespace Csrun.Seccomp;

/// <summary>Conditions of a <see cref="ConditionTree"/> as instructions: 64 bits compared in two words.</summary>
internal readonly struct ConditionWriter
{
    private const uint ArgumentsOffset = 16; // of struct seccomp_data
    private const uint WordSize = 4;
    private const uint AllBits = 0xFFFF_FFFF;
    private const int WordBits = 32;

    private readonly ProgramWriter _program;
    private readonly ConditionTree _tree;
    private readonly uint _lowWord;

    /// <summary>For an architecture's byte order.</summary>
    public ConditionWriter(ProgramWriter program, ConditionTree tree, bool isBigEndian)
    {
        _program = program;
        _tree = tree;
        _lowWord = isBigEndian ? WordSize : 0;
    }

    /// <summary>A level of the tree; where nothing of it matches it leads to <paramref name="fail"/>.</summary>
    /// <returns>The place of its first instruction.</returns>
    public int Write(int level, int fail)
    {
        int next = fail;
        int node = level;
        while (node != ConditionTree.None)
        {
            next = SharesHighWord(node) ? WriteEqualities(ref node, next) : WriteNode(ref node, next);
        }

        return next;
    }

    private int WriteNode(ref int node, int fail)
    {
        int match = WriteMatch(node, fail);
        int place = Write(_tree[node].Condition, match, fail);
        node = _tree[node].Previous;
        return place;
    }

    private int WriteMatch(int node, int fail)
    {
        return _tree[node].Below == ConditionTree.None
            ? _program.WriteReturn(_tree[node].Action)
            : Write(_tree[node].Below, fail);
    }

    /// <summary>Equalities with one high word look at it once, then at the low word for each value.</summary>
    private int WriteEqualities(ref int node, int fail)
    {
        Condition first = _tree[node].Condition;
        uint offset = ArgumentsOffset + ((uint)first.Argument * 2 * WordSize);
        uint high = (uint)(first.Value >> WordBits);
        int next = fail;
        for (bool more = true; more; node = _tree[node].Previous)
        {
            int match = WriteMatch(node, next);
            next = WriteWord(offset + _lowWord, AllBits, (uint)_tree[node].Condition.Value, match, next);
            more = SharesHighWord(node);
        }

        return WriteWord(offset + WordSize - _lowWord, AllBits, high, next, fail);
    }

    /// <summary>Whether this equality and the one tried before it are on one argument with one high word.</summary>
    private bool SharesHighWord(int node)
    {
        int previous = _tree[node].Previous;
        if (previous == ConditionTree.None)
        {
            return false;
        }

        ref readonly Condition one = ref _tree[node].Condition;
        ref readonly Condition other = ref _tree[previous].Condition;
        return one.Operator == SeccompOperator.SCMP_CMP_EQ && other.Operator == SeccompOperator.SCMP_CMP_EQ
            && one.Is64 && one.Argument == other.Argument && one.Value >> WordBits == other.Value >> WordBits;
    }

    private int Write(in Condition condition, int match, int fail)
    {
        bool isNegated = condition.Operator
            is SeccompOperator.SCMP_CMP_NE or SeccompOperator.SCMP_CMP_LT or SeccompOperator.SCMP_CMP_LE;
        return isNegated ? WritePositive(condition, fail, match) : WritePositive(condition, match, fail);
    }

    /// <summary>NE as EQ, LT as GE and LE as GT, their ways exchanged by the caller.</summary>
    private int WritePositive(in Condition condition, int match, int fail)
    {
        uint offset = ArgumentsOffset + ((uint)condition.Argument * 2 * WordSize);
        uint low = offset + _lowWord;
        uint high = offset + WordSize - _lowWord;
        uint value = (uint)condition.Value;
        uint highValue = (uint)(condition.Value >> WordBits);
        switch (condition.Operator)
        {
            case SeccompOperator.SCMP_CMP_GE or SeccompOperator.SCMP_CMP_LT:
                _ = _program.WriteIfGreaterOrEqual(value, match, fail, low);
                break;
            case SeccompOperator.SCMP_CMP_GT or SeccompOperator.SCMP_CMP_LE:
                _ = _program.WriteIfGreater(value, match, fail, low);
                break;
            default:
                return WriteMasked(condition, match, fail, low, high);
        }

        int lowPart = _program.WriteLoad(low);
        if (!condition.Is64)
        {
            return lowPart;
        }

        int equalHigh = _program.WriteIfEqual(highValue, lowPart, fail, high);
        _ = _program.WriteIfGreater(highValue, match, equalHigh, high);
        return _program.WriteLoad(high);
    }

    private int WriteMasked(in Condition condition, int match, int fail, uint low, uint high)
    {
        uint lowMask = (uint)condition.Mask;
        uint highMask = (uint)(condition.Mask >> WordBits);
        int place = match;
        if (lowMask != 0)
        {
            place = WriteWord(low, lowMask, (uint)condition.Value, place, fail);
        }

        if (condition.Is64 && highMask != 0)
        {
            place = WriteWord(high, highMask, (uint)(condition.Value >> WordBits), place, fail);
        }

        return place;
    }

    private int WriteWord(uint offset, uint mask, uint value, int match, int fail)
    {
        _ = _program.WriteIfEqual(value, match, fail, mask == AllBits ? offset : ProgramWriter.Unknown);
        if (mask != AllBits)
        {
            _ = _program.WriteAnd(mask);
        }

        return _program.WriteLoad(offset);
    }
}
