using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Spec;
using FsCheck;
using FsCheck.Fluent;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>A profile and the architecture that is taken for the machine's own.</summary>
public sealed record Case(SeccompArch Native, LinuxSeccomp Profile)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        return Native + " " + System.Text.Json.JsonSerializer.Serialize(Profile);
    }
}

/// <summary>Random profiles: few names, so that rules meet, and values that share words.</summary>
internal static class RandomProfiles
{
    private static readonly string[] s_names =
    [
        "read", "openat2", "personality", "clone", "socket", "accept", "sendmmsg", "shmget", "msgctl", "semtimedop",
        "mmap", "mmap2", "arch_prctl", "cacheflush", "set_tls", "fstatat64", "restart_syscall", "rt_sigreturn", "ipc",
        "socketcall", "no_such_call",
    ];

    private static readonly string[] s_actions =
    [
        "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO",
        "SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY",
    ];

    private static readonly ulong[] s_values =
    [
        0, 1, 5, 7, 8, 0x20000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0005, 0x2_0000_0000,
        0x2_0000_0005, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_0000_0000, ulong.MaxValue,
    ];

    private static readonly SeccompArch[] s_archs = [.. Enum.GetValues<SeccompArch>().Where(LibSeccomp.Knows)];

    /// <summary>Rules with conditions of one call share an action; which one may differ from call to call.</summary>
    public static Gen<Case> OneConditionalAction { get; } =
        from many in Any
        select many with { Profile = Unify(many.Profile) };

    /// <summary>Anything.</summary>
    public static Gen<Case> Any =>
        from native in Gen.Elements(s_archs)
        from others in Gen.ListOf(Gen.Elements(
            s_archs.Where(arch => Abi.Of(arch).IsBigEndian == Abi.Of(native).IsBigEndian).ToArray()))
        from defaultAction in Action
        from rules in Gen.ListOf(Rule)
        select new Case(native, new LinuxSeccomp
        {
            DefaultAction = defaultAction.Word,
            DefaultErrnoRet = defaultAction.Errno,
            Architectures = [.. others.Take(4).Select(SeccompArchWords.Word)],
            Syscalls = [.. rules],
        });

    private static Gen<(string Word, uint? Errno)> Action =>
        from word in Gen.Elements(s_actions)
        from errno in Gen.Choose(0, 3)
        select (word, word is "SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE" && errno > 0 ? (uint?)(errno * 13) : null);

    private static Gen<LinuxSyscall> Rule =>
        from names in Gen.NonEmptyListOf(Gen.Elements(s_names))
        from action in Action
        from isPlain in Gen.Choose(0, 2)
        from arguments in Gen.ListOf(Argument)
        select new LinuxSyscall
        {
            Names = [.. names.Take(4)],
            Action = action.Word,
            ErrnoRet = action.Errno,
            Args = isPlain == 0 ? null : [.. arguments.Take(3)],
        };

    private static Gen<LinuxSeccompArg> Argument =>
        from index in Gen.Choose(0, 5)
        from few in Gen.Choose(0, 2)
        from value in Gen.Elements(s_values)
        from second in Gen.Elements(s_values)
        from op in Gen.Elements(SeccompOperatorWords.All())
        select new LinuxSeccompArg
        {
            Index = (uint)(few == 0 ? index : index % 2),
            Value = value,
            ValueTwo = second,
            Op = op,
        };

    /// <summary>
    /// Without what libseccomp 2.5.4 gets wrong: where two conditions on one argument differ in their high words it may
    /// go from the low word of the one to the high word of the other without loading it.
    /// </summary>
    public static Gen<Case> WithoutFaultsOfLibSeccomp(Gen<Case> cases)
    {
        return from one in cases select one with { Profile = ShareHighWords(one.Profile) };
    }

    private static LinuxSeccomp ShareHighWords(LinuxSeccomp profile)
    {
        const ulong Low = 0xFFFF_FFFF;
        Dictionary<(string Name, uint Argument), ulong> high = [];
        List<LinuxSyscall> rules = [];
        foreach (LinuxSyscall rule in profile.Syscalls!)
        {
            foreach (string name in rule.Names!)
            {
                List<LinuxSeccompArg> arguments = [];
                foreach (LinuxSeccompArg argument in rule.Args ?? [])
                {
                    ulong own = high.TryGetValue((name, argument.Index!.Value), out ulong first)
                        ? first
                        : high[(name, argument.Index!.Value)] = argument.Value!.Value & ~Low;
                    arguments.Add(argument with
                    {
                        Value = (argument.Value & Low) | (argument.Op == "SCMP_CMP_MASKED_EQ" ? ~Low : own),
                        ValueTwo = (argument.ValueTwo & Low) | own,
                    });
                }

                rules.Add(rule with { Names = [name], Args = [.. arguments] });
            }
        }

        return profile with { Syscalls = [.. rules] };
    }

    private static LinuxSeccomp Unify(LinuxSeccomp profile)
    {
        Dictionary<string, LinuxSyscall> first = [];
        List<LinuxSyscall> rules = [];
        foreach (LinuxSyscall rule in profile.Syscalls!)
        {
            foreach (string name in rule.Names!)
            {
                LinuxSyscall one = rule with { Names = [name] };
                string? group = Multiplexer(name);
                if ((group is not null || rule.Args is { Length: > 0 }) && !first.TryAdd(group ?? name, rule))
                {
                    LinuxSyscall same = first[group ?? name];
                    one = one with { Action = same.Action, ErrnoRet = same.ErrnoRet };
                }

                rules.Add(one);
            }
        }

        return profile with { Syscalls = [.. rules] };
    }

    /// <summary>The call through which the named one goes too: all its rules are conditional there.</summary>
    private static string? Multiplexer(string name)
    {
        int row = SyscallTable.FindRow(name);
        return row >= 0 && SyscallTable.MultiplexedAs(row, out bool isIpc) != 0 ? isIpc ? "ipc" : "socketcall"
            : name is "ipc" or "socketcall" ? name
            : null;
    }
}
