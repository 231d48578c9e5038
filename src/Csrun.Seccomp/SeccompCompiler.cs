using System;
using System.Collections.Generic;
using Csrun.Spec;

namespace Csrun.Seccomp;

/// <summary>
/// Compiles linux.seccomp to the program that seccomp(2) takes: first which architecture, then a tree over call
/// numbers, then the conditions on arguments. Verdicts are those of libseccomp with the rules added in the profile's
/// order, but for calls newer than all that the profile names, which get ENOSYS as from runc.
/// </summary>
/// <remarks>Sources: config-linux.md, Seccomp; seccomp_rule_add(3); seccomp(2).</remarks>
public static class SeccompCompiler
{
    private const uint ArchitectureOffset = 4; // of struct seccomp_data
    private const uint KillThread = 0x0000_0000; // libseccomp's answer to an architecture that is not listed
    private const uint DataMask = 0xFFFF;

    /// <summary>Compiles a validated profile.</summary>
    /// <param name="profile">linux.seccomp.</param>
    /// <param name="native">The machine's architecture, which is always part of the filter.</param>
    /// <param name="refusesNewer">
    /// Calls newer than all that the profile names get ENOSYS, unless the default action lets calls pass: programs then
    /// fall back to older calls instead of giving up.
    /// </param>
    /// <exception cref="SeccompException">An unknown word, rules that contradict each other, too long a
    /// program.</exception>
    public static SeccompProgram Compile(LinuxSeccomp profile, SeccompArch native, bool refusesNewer = true)
    {
        uint defaultAction = Rule.ReadAction(profile.DefaultAction, profile.DefaultErrnoRet, -1);
        List<string>? unknown = null;
        LinuxSyscall[] syscalls = profile.Syscalls ?? [];
        Rule[] rules = new Rule[syscalls.Length];
        bool notifies = IsNotify(defaultAction);
        for (int i = 0; i < rules.Length; i++)
        {
            rules[i] = Rule.Read(syscalls[i], i, ref unknown);
            notifies |= IsNotify(rules[i].Action) && rules[i].Action != defaultAction;
        }

        ProgramWriter program = new();
        ConditionTree tree = new();
        VerdictTable table = new(tree);
        ArchitectureFilter filter = new(table, program, defaultAction, refusesNewer && !LetsPass(defaultAction));
        WriteArchitectures(
            ReadArchitectures(profile.Architectures, native), rules, defaultAction, table, filter, program, tree);
        return new SeccompProgram
        {
            Instructions = program.Program,
            Flags = ReadFlags(profile.Flags),
            Notifies = notifies,
            UnknownNames = unknown is null ? [] : unknown,
        };
    }

    private static void WriteArchitectures(
        ReadOnlySpan<SeccompArch> architectures,
        ReadOnlySpan<Rule> rules,
        uint defaultAction,
        VerdictTable table,
        ArchitectureFilter filter,
        ProgramWriter program,
        ConditionTree tree)
    {
        ConditionWriter conditions = new(program, tree, Abi.Of(architectures[0]).IsBigEndian);
        Span<int> entries = stackalloc int[architectures.Length];
        entries.Clear();
        int other = program.WriteReturn(KillThread);
        for (int i = architectures.Length - 1; i >= 0; i--)
        {
            SeccompArch arch = architectures[i];
            bool hasX86 = arch == SeccompArch.SCMP_ARCH_X86_64;
            bool hasX32 = arch == SeccompArch.SCMP_ARCH_X32;
            if (hasX32 && architectures.Contains(SeccompArch.SCMP_ARCH_X86_64))
            {
                continue; // Part of X86_64's filter.
            }

            filter.Start();
            if (hasX32)
            {
                filter.RefuseOtherAbi(isX32: false);
            }

            AddAbi(arch, rules, defaultAction, table, filter);
            if (hasX86 && architectures.Contains(SeccompArch.SCMP_ARCH_X32))
            {
                AddAbi(SeccompArch.SCMP_ARCH_X32, rules, defaultAction, table, filter);
            }
            else if (hasX86)
            {
                filter.RefuseOtherAbi(isX32: true);
            }

            entries[i] = filter.Write(conditions);
        }

        for (int i = architectures.Length - 1; i >= 0; i--)
        {
            if (entries[i] != 0)
            {
                other = program.WriteIfEqual(
                    Abi.Of(architectures[i]).AuditArch, entries[i], other, ArchitectureOffset);
            }
        }

        _ = program.WriteLoad(ArchitectureOffset);
    }

    private static void AddAbi(
        SeccompArch arch, ReadOnlySpan<Rule> rules, uint defaultAction, VerdictTable table, ArchitectureFilter filter)
    {
        table.Start(Abi.Of(arch));
        for (int i = 0; i < rules.Length; i++)
        {
            ref readonly Rule rule = ref rules[i];
            table.Know(rule);
            if (rule.Action == defaultAction)
            {
                continue; // Says nothing new; libseccomp takes no such rule.
            }

            int contradicted = table.Add(rule);
            if (contradicted != SyscallTable.None)
            {
                throw new SeccompException(
                    "linux.seccomp.syscalls[" + i + "]",
                    "contradicts an earlier rule for " + SyscallTable.Name(contradicted)
                    + ": another action under the same conditions");
            }
        }

        filter.AddAbi();
    }

    /// <summary>Without repetitions, the native one first.</summary>
    private static SeccompArch[] ReadArchitectures(string[]? words, SeccompArch native)
    {
        SeccompArch[] architectures = new SeccompArch[1 + (words?.Length ?? 0)];
        architectures[0] = native;
        int count = 1;
        for (int i = 0; i < words?.Length; i++)
        {
            string place = "linux.seccomp.architectures[" + i + "]";
            if (!SeccompArchWords.TryParse(words[i], out SeccompArch arch))
            {
                throw new SeccompException(place, "unknown architecture " + words[i]);
            }

            if (Abi.Of(arch).IsBigEndian != Abi.Of(native).IsBigEndian)
            {
                throw new SeccompException(
                    place, words[i] + " has another byte order than this machine's " + SeccompArchWords.Word(native));
            }

            if (!architectures.AsSpan(0, count).Contains(arch))
            {
                architectures[count++] = arch;
            }
        }

        return architectures[..count];
    }

    /// <summary>linux.seccomp.flags; null where the profile does not say.</summary>
    public static SeccompFilterFlag? ReadFlags(string[]? words)
    {
        if (words is null)
        {
            return null;
        }

        SeccompFilterFlag flags = 0;
        for (int i = 0; i < words.Length; i++)
        {
            if (!SeccompFilterFlagWords.TryParse(words[i], out SeccompFilterFlag flag))
            {
                throw new SeccompException("linux.seccomp.flags[" + i + "]", "unknown flag " + words[i]);
            }

            flags |= flag;
        }

        return flags;
    }

    private static bool IsNotify(uint action)
    {
        return (action & ~DataMask) == (uint)SeccompAction.SCMP_ACT_NOTIFY;
    }

    private static bool LetsPass(uint action)
    {
        return (SeccompAction)(action & ~DataMask)
            is SeccompAction.SCMP_ACT_ALLOW or SeccompAction.SCMP_ACT_LOG or SeccompAction.SCMP_ACT_TRACE;
    }
}
