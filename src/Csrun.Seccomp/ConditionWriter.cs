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
        for (int node = level; node != ConditionTree.None; node = _tree[node].Previous)
        {
            int match = _tree[node].Below == ConditionTree.None
                ? _program.WriteReturn(_tree[node].Action)
                : Write(_tree[node].Below, next);
            next = Write(_tree[node].Condition, match, next);
        }

        return next;
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
