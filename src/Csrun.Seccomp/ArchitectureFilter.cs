using System;

namespace Csrun.Seccomp;

/// <summary>
/// The filter of one AUDIT_ARCH: ranges of numbers with one verdict each, and a balanced tree of comparisons over them.
/// A range whose verdict is an action loads nothing but the number, so that the kernel can keep it in its bitmap of
/// calls that are always allowed.
/// </summary>
internal sealed class ArchitectureFilter
{
    private const uint NumberOffset = 0; // of struct seccomp_data
    private const uint KillThread = 0x0000_0000; // libseccomp's answer to a call of another ABI
    private const uint NotImplemented = 0x0005_0000 | 38; // ERRNO with ENOSYS

    // What a tracer puts in to skip a call (seccomp(2), NOTES): no number of x32, but by the default action.
    private const uint Skipped = 0xFFFF_FFFF;

    private readonly VerdictTable _table;
    private readonly ProgramWriter _program;
    private readonly int _default;
    private readonly bool _refusesNewer;
    private uint[] _starts = new uint[256];
    private int[] _verdicts = new int[256];
    private int _count;
    private ConditionWriter _conditions;

    /// <summary>With what all architectures of a filter share.</summary>
    /// <param name="table">Filled with one ABI after the other.</param>
    /// <param name="program">Takes the instructions.</param>
    /// <param name="defaultAction">SECCOMP_RET_* where no rule says otherwise.</param>
    /// <param name="refusesNewer">Calls newer than all that the profile names get ENOSYS.</param>
    public ArchitectureFilter(VerdictTable table, ProgramWriter program, uint defaultAction, bool refusesNewer)
    {
        _table = table;
        _program = program;
        _default = table.VerdictOf(defaultAction);
        _refusesNewer = refusesNewer;
    }

    /// <summary>Starts over.</summary>
    public void Start()
    {
        _count = 0;
        AddRange(0, _default);
    }

    /// <summary>The verdicts of the table's ABI; X86_64 before X32.</summary>
    public void AddAbi()
    {
        uint start = _table.Abi.Base;
        AddRange(start, _default);
        ReadOnlySpan<int> common = _table.Common;
        AddNumbers(common, start);
        int newest = _table.Newest;
        if (_refusesNewer && newest >= 0)
        {
            AddRange(start + (uint)newest + 1, _table.VerdictOf(NotImplemented));
        }
        else
        {
            AddRange(start + (uint)common.Length, _default);
        }

        if (_table.Abi.Column == SyscallColumn.Arm)
        {
            AddRange(VerdictTable.FirstPrivate, _default);
            AddNumbers(_table.Private, VerdictTable.FirstPrivate);
            AddRange(VerdictTable.FirstPrivate + (uint)_table.Private.Length, _default);
        }
    }

    /// <summary>No calls of the x32 ABI, where only X86_64 was added; or none of X86_64.</summary>
    public void RefuseOtherAbi(bool isX32)
    {
        AddRange(isX32 ? Abi.X32Bit : 0, _table.VerdictOf(KillThread));
    }

    /// <summary>Writes the filter.</summary>
    /// <returns>The place of its first instruction.</returns>
    public int Write(ConditionWriter conditions)
    {
        AddRange(Skipped, _default);
        _conditions = conditions;
        if (_count == 1)
        {
            return WriteVerdict(_verdicts[0]);
        }

        _ = WriteTree(0, _count - 1);
        return _program.WriteLoad(NumberOffset);
    }

    private void AddNumbers(ReadOnlySpan<int> verdicts, uint start)
    {
        int used = verdicts.Length;
        while (used > 0 && verdicts[used - 1] == VerdictTable.Default)
        {
            used--;
        }

        for (int number = 0; number < used; number++)
        {
            int verdict = verdicts[number];
            AddRange(start + (uint)number, verdict == VerdictTable.Default ? _default : verdict);
        }

        AddRange(start + (uint)used, _default);
    }

    /// <summary>From a number on another verdict; a later range from the same number takes its place.</summary>
    private void AddRange(uint start, int verdict)
    {
        while (_count > 0 && _starts[_count - 1] >= start)
        {
            _count--;
        }

        if (_count > 0 && _verdicts[_count - 1] == verdict)
        {
            return;
        }

        if (_count == _starts.Length)
        {
            Array.Resize(ref _starts, _count * 2);
            Array.Resize(ref _verdicts, _count * 2);
        }

        _starts[_count] = start;
        _verdicts[_count++] = verdict;
    }

    private int WriteTree(int first, int last)
    {
        if (first == last)
        {
            return WriteVerdict(_verdicts[first]);
        }

        if (last - first == 2 && _verdicts[first] == _verdicts[last] && _starts[last] - _starts[first + 1] == 1)
        {
            // One number between two ranges of one verdict.
            int around = WriteVerdict(_verdicts[first]);
            int one = WriteVerdict(_verdicts[first + 1]);
            return _program.WriteIfEqual(_starts[first + 1], one, around, NumberOffset);
        }

        int middle = first + ((last - first + 1) / 2);
        int upper = WriteTree(middle, last);
        int lower = WriteTree(first, middle - 1);
        return _program.WriteIfGreaterOrEqual(_starts[middle], upper, lower, NumberOffset);
    }

    private int WriteVerdict(int verdict)
    {
        if (verdict > 0)
        {
            return _program.WriteReturn(_table.Action(verdict));
        }

        int fail = _program.WriteReturn(_table.Action(_default));
        return _conditions.Write(~verdict, fail);
    }
}
