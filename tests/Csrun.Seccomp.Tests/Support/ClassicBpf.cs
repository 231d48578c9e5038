using System;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>
/// Runs a classic BPF program as the kernel's seccomp does, and judges it as the kernel's checker does.
/// </summary>
internal static class ClassicBpf
{
    private const int MaximumLength = 4096;

    /// <summary>What the program returns. An instruction outside the program throws.</summary>
    public static uint Run(ReadOnlySpan<ulong> program, ReadOnlySpan<uint> data)
    {
        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            ulong instruction = program[at];
            uint value = (uint)(instruction >> 32);
            int then = (byte)(instruction >> 16);
            int otherwise = (byte)(instruction >> 24);
            switch ((ushort)instruction)
            {
                case 0x20:
                    accumulator = data[(int)value / 4];
                    break;
                case 0x54:
                    accumulator &= value;
                    break;
                case 0x05:
                    at += (int)value;
                    break;
                case 0x15:
                    at += accumulator == value ? then : otherwise;
                    break;
                case 0x25:
                    at += accumulator > value ? then : otherwise;
                    break;
                case 0x35:
                    at += accumulator >= value ? then : otherwise;
                    break;
                case 0x45:
                    at += (accumulator & value) != 0 ? then : otherwise;
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException("unknown instruction");
            }
        }
    }

    /// <summary>What bpf_check_classic and seccomp_check_filter ask of a program; null when it is good.</summary>
    public static string? Fault(ReadOnlySpan<ulong> program)
    {
        if (program.Length is 0 or > MaximumLength)
        {
            return "length " + program.Length;
        }

        for (int i = 0; i < program.Length; i++)
        {
            uint value = (uint)(program[i] >> 32);
            int left = program.Length - i - 1;
            bool good = (ushort)program[i] switch
            {
                0x20 => value < 64 && value % 4 == 0,
                0x54 or 0x06 => true,
                0x05 => value < left,
                0x15 or 0x25 or 0x35 or 0x45 => (byte)(program[i] >> 16) < left && (byte)(program[i] >> 24) < left,
                _ => false,
            };
            if (!good)
            {
                return "instruction " + i;
            }
        }

        return (ushort)program[^1] == 0x06 ? null : "no return at the end";
    }

    /// <summary>Marks the instructions that an execution passes.</summary>
    public static bool[] Reachable(ReadOnlySpan<ulong> program)
    {
        bool[] reached = new bool[program.Length];
        reached[0] = true;
        for (int i = 0; i < program.Length; i++)
        {
            if (!reached[i])
            {
                continue;
            }

            switch ((ushort)program[i] & 0x07)
            {
                case 0x05 when (ushort)program[i] == 0x05:
                    reached[i + 1 + (int)(program[i] >> 32)] = true;
                    break;
                case 0x05:
                    reached[i + 1 + (byte)(program[i] >> 16)] = true;
                    reached[i + 1 + (byte)(program[i] >> 24)] = true;
                    break;
                case 0x06:
                    break;
                default:
                    reached[i + 1] = true;
                    break;
            }
        }

        return reached;
    }
}
