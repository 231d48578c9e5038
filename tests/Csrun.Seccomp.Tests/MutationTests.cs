using System;
using System.Linq;
using Csrun.Seccomp.Tests.Support;
using Csrun.Spec;

namespace Csrun.Seccomp.Tests;

/// <summary>
/// That the comparison finds faults: a flipped bit that changes a verdict does not get past the ordinary run.
/// </summary>
public class MutationTests
{
    private const SeccompArch Native = SeccompArch.SCMP_ARCH_X86_64;

    [Fact]
    public void A_flipped_bit_that_changes_a_verdict_is_found()
    {
        const int Seeds = 100;
        const int InstructionBits = 64;
        LinuxSeccomp[] profiles = [.. Profiles.Recorded.Select(recorded => recorded.Profile)];
        int passed = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            Random random = new(seed);
            LinuxSeccomp profile = profiles[seed % profiles.Length];
            ulong[] program = SeccompCompiler.Compile(profile, Native).Instructions.ToArray();
            bool[] reachable = ClassicBpf.Reachable(program);
            ulong[] flipped;
            do
            {
                flipped = (ulong[])program.Clone();
                int at = random.Next(program.Length);
                if (reachable[at])
                {
                    flipped[at] ^= 1UL << random.Next(InstructionBits);
                }
            }
            while (!ChangesAVerdict(flipped, program, profile, seed));

            passed += Comparison.Difference(
                flipped, program, profile, Native, Comparison.OrdinaryInputs, Comparison.OrdinarySeed) is null ? 1 : 0;
        }

        passed.Should().Be(0);
    }

    /// <summary>
    /// By inputs that the ordinary run does not use, and more of them. A broken program is none of these.
    /// </summary>
    private static bool ChangesAVerdict(ulong[] flipped, ulong[] program, LinuxSeccomp profile, int seed)
    {
        const int Searched = 200_000;
        return !flipped.AsSpan().SequenceEqual(program)
            && ClassicBpf.Fault(flipped) is null
            && Comparison.Difference(flipped, program, profile, Native, Searched, seed + 1000) is not null;
    }
}
