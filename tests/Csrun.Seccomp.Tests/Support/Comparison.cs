using System;
using Csrun.Spec;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>Two programs on the same inputs.</summary>
internal static class Comparison
{
    /// <summary>How many inputs a recorded profile is compared on.</summary>
    public const int OrdinaryInputs = 60_000;

    /// <summary>Of the ordinary run.</summary>
    public const int OrdinarySeed = 1;

    /// <summary>The first difference, or what is wrong with the first program; null when there is none.</summary>
    public static string? Difference(
        ReadOnlySpan<ulong> ours, ReadOnlySpan<ulong> theirs, LinuxSeccomp profile, SeccompArch native,
        int inputs, int seed)
    {
        string? fault = ClassicBpf.Fault(ours);
        Inputs source = new(profile, native, seed);
        for (int i = 0; i < inputs && fault is null; i++)
        {
            ReadOnlySpan<uint> input = source.Next();
            uint our = ClassicBpf.Run(ours, input);
            uint their = ClassicBpf.Run(theirs, input);
            if (our != their)
            {
                fault = $"{SeccompData.Describe(input)}: {our:x}, expected {their:x}";
            }
        }

        return fault;
    }
}
