using System;

namespace Csrun.Seccomp;

/// <summary>
/// Writes a classic BPF program from its end: what a jump leads to is written before the jump, so that every distance
/// is known and no jump can lead back or out. A place is the count of instructions from it to the end.
/// </summary>
/// <remarks>Source: the kernel's Documentation/networking/filter.rst; struct sock_filter of linux/filter.h.</remarks>
internal sealed class ProgramWriter
{
    /// <summary>BPF_MAXINSNS, the most that the kernel takes.</summary>
    public const int MaximumLength = 4096;

    /// <summary>An accumulator of which nothing is known.</summary>
    public const uint Unknown = uint.MaxValue;

    // BPF_LD|BPF_W|BPF_ABS, BPF_ALU|BPF_AND|BPF_K, BPF_RET|BPF_K, BPF_JMP|BPF_JA and the comparisons of BPF_JMP|BPF_K.
    private const ushort Load = 0x20;
    private const ushort And = 0x54;
    private const ushort Return = 0x06;
    private const ushort Jump = 0x05;
    private const ushort IfEqual = 0x15;
    private const ushort IfGreater = 0x25;
    private const ushort IfGreaterOrEqual = 0x35;

    private const int LongestJump = 255;
    private const int RememberedReturns = 8;

    private ulong[] _code = new ulong[512];
    private readonly int[] _returns = new int[RememberedReturns];
    private int _count;
    private int _nextReturn;

    /// <summary>The program so far, its first instruction first.</summary>
    public ReadOnlyMemory<ulong> Program => _code.AsMemory(_code.Length - _count);

    /// <summary>RET: the place of one with this value, written now if there is none close by.</summary>
    public int WriteReturn(uint value)
    {
        ulong instruction = Instruction(Return, 0, 0, value);
        foreach (int place in _returns)
        {
            if (place != 0 && At(place) == instruction && _count - place < LongestJump)
            {
                return place;
            }
        }

        _returns[_nextReturn] = Write(instruction);
        _nextReturn = (_nextReturn + 1) % RememberedReturns;
        return _count;
    }

    /// <summary>LD: a word of struct seccomp_data.</summary>
    public int WriteLoad(uint offset)
    {
        return Write(Instruction(Load, 0, 0, offset));
    }

    /// <summary>AND with the accumulator.</summary>
    public int WriteAnd(uint mask)
    {
        return Write(Instruction(And, 0, 0, mask));
    }

    /// <summary>JEQ; <paramref name="accumulator"/> is the offset of the word that stands in it, or unknown.</summary>
    public int WriteIfEqual(uint value, int then, int otherwise, uint accumulator)
    {
        return WriteBranch(IfEqual, value, then, otherwise, accumulator);
    }

    /// <summary>JGT.</summary>
    public int WriteIfGreater(uint value, int then, int otherwise, uint accumulator)
    {
        return WriteBranch(IfGreater, value, then, otherwise, accumulator);
    }

    /// <summary>JGE.</summary>
    public int WriteIfGreaterOrEqual(uint value, int then, int otherwise, uint accumulator)
    {
        return WriteBranch(IfGreaterOrEqual, value, then, otherwise, accumulator);
    }

    private int WriteBranch(ushort code, uint value, int then, int otherwise, uint accumulator)
    {
        then = PastLoad(then, accumulator);
        otherwise = PastLoad(otherwise, accumulator);
        if (then == otherwise && _count == then)
        {
            return then; // Both ways lead to what follows.
        }

        // A step stone for one way may push the other out of reach, so the further one is looked at with room for it.
        if (_count - then > LongestJump - 1)
        {
            then = Bridge(then);
        }

        if (_count - otherwise > LongestJump)
        {
            otherwise = Bridge(otherwise);
        }

        return Write(Instruction(code, (byte)(_count - then), (byte)(_count - otherwise), value));
    }

    /// <summary>Repeats a return that is out of reach here, or jumps to what is not one.</summary>
    private int Bridge(int place)
    {
        ulong instruction = At(place);
        return (ushort)instruction == Return
            ? WriteReturn((uint)(instruction >> 32))
            : Write(Instruction(Jump, 0, 0, (uint)(_count - place)));
    }

    /// <summary>A load of what is already in the accumulator is jumped over.</summary>
    private int PastLoad(int place, uint accumulator)
    {
        return accumulator != Unknown && At(place) == Instruction(Load, 0, 0, accumulator) ? place - 1 : place;
    }

    private ulong At(int place)
    {
        return _code[_code.Length - place];
    }

    private int Write(ulong instruction)
    {
        if (_count == MaximumLength)
        {
            throw new SeccompException(
                "linux.seccomp", "the filter needs more than 4096 instructions, the most that the kernel takes");
        }

        if (_count == _code.Length)
        {
            ulong[] larger = new ulong[_count * 2];
            _code.CopyTo(larger, _count);
            _code = larger;
        }

        _count++;
        _code[_code.Length - _count] = instruction;
        return _count;
    }

    private static ulong Instruction(ushort code, byte then, byte otherwise, uint value)
    {
        return code | ((ulong)then << 16) | ((ulong)otherwise << 24) | ((ulong)value << 32);
    }
}
