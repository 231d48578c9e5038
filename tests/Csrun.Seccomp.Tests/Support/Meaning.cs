using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Spec;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>
/// What a profile says about one call, worked out rule by rule from its text, for profiles whose conditional rules of
/// one call have one action.
/// </summary>
internal sealed class Meaning
{
    private const uint DefaultVerdict = 0;
    private readonly LinuxSeccomp _profile;
    private readonly Dictionary<(uint Arch, uint Number),
        List<(LinuxSyscall Rule, int Index, uint Multiplexed)>> _rules = [];
    private readonly Dictionary<(uint Arch, uint Number), bool> _is64 = [];
    private readonly HashSet<uint> _archs = [];
    private readonly bool _isBigEndian;
    private readonly bool _hasX32;

    public Meaning(LinuxSeccomp profile, SeccompArch native)
    {
        _profile = profile;
        _isBigEndian = Abi.Of(native).IsBigEndian;
        SeccompArch[] archs = [native, .. (profile.Architectures ?? []).Select(Parse)];
        _hasX32 = archs.Contains(SeccompArch.SCMP_ARCH_X32);
        HasX8664 = archs.Contains(SeccompArch.SCMP_ARCH_X86_64);
        foreach (SeccompArch arch in archs.Distinct())
        {
            AddArch(Abi.Of(arch));
        }
    }

    private bool HasX8664 { get; }

    public uint Verdict(ReadOnlySpan<uint> data)
    {
        uint arch = data[1];
        uint number = data[0];
        if (!_archs.Contains(arch))
        {
            return DefaultVerdict;
        }

        if (arch == (uint)SeccompArch.SCMP_ARCH_X86_64 && number != uint.MaxValue
            && (number >= Abi.X32Bit ? !_hasX32 : !HasX8664))
        {
            return DefaultVerdict;
        }

        uint byDefault = Rule.ReadAction(_profile.DefaultAction, _profile.DefaultErrnoRet, -1);
        if (!_rules.TryGetValue((arch, number), out List<(LinuxSyscall Rule, int Index, uint Multiplexed)>? rules))
        {
            return byDefault;
        }

        bool is64 = _is64[(arch, number)];
        foreach ((LinuxSyscall rule, int index, uint multiplexed) in rules)
        {
            if (multiplexed == 0 && IsPlain(rule, is64))
            {
                return Rule.ReadAction(rule.Action, rule.ErrnoRet, index);
            }
        }

        foreach ((LinuxSyscall rule, int index, uint multiplexed) in rules)
        {
            if ((multiplexed == 0 || Argument(data, 0, is64) == multiplexed)
                && Matches(rule, data, is64, multiplexed != 0))
            {
                return Rule.ReadAction(rule.Action, rule.ErrnoRet, index);
            }
        }

        return byDefault;
    }

    private void AddArch(Abi abi)
    {
        _archs.Add(abi.AuditArch);
        uint byDefault = Rule.ReadAction(_profile.DefaultAction, _profile.DefaultErrnoRet, -1);
        for (int i = 0; i < _profile.Syscalls!.Length; i++)
        {
            LinuxSyscall rule = _profile.Syscalls[i];
            if (Rule.ReadAction(rule.Action, rule.ErrnoRet, i) == byDefault)
            {
                continue;
            }

            foreach (string name in rule.Names!)
            {
                int row = SyscallTable.FindRow(name);
                int number = row < 0 ? row : SyscallTable.Number(abi.Column, row);
                if (number >= 0)
                {
                    Add(
                        abi,
                        number >= 61440 ? (uint)number - 61440 + VerdictTable.FirstPrivate : abi.Base + (uint)number,
                        rule, i, 0);
                }

                if (row >= 0 && abi.Multiplexes
                    && SyscallTable.MultiplexedAs(row, out bool isIpc) is uint call and not 0)
                {
                    Add(abi, abi.Base + (uint)(isIpc ? Abi.Ipc : Abi.SocketCall), rule, i, call);
                }
            }
        }
    }

    private void Add(Abi abi, uint number, LinuxSyscall rule, int index, uint multiplexed)
    {
        _is64[(abi.AuditArch, number)] = abi.Is64;
        if (!_rules.TryGetValue((abi.AuditArch, number), out List<(LinuxSyscall, int, uint)>? rules))
        {
            _rules[(abi.AuditArch, number)] = rules = [];
        }

        rules.Add((rule, index, multiplexed));
    }

    private bool Matches(LinuxSyscall rule, ReadOnlySpan<uint> data, bool is64, bool isMultiplexed)
    {
        LinuxSeccompArg[] arguments = rule.Args ?? [];
        bool alternatives = arguments.DistinctBy(argument => argument.Index).Count() != arguments.Length;
        bool any = false;
        bool all = true;
        foreach (LinuxSeccompArg argument in arguments)
        {
            bool holds = (isMultiplexed && argument.Index == 0)
                || Holds(argument, Argument(data, (int)argument.Index!.Value, is64), is64);
            any |= holds;
            all &= holds;
        }

        return alternatives ? any : all;
    }

    private static bool IsPlain(LinuxSyscall rule, bool is64)
    {
        LinuxSeccompArg[] arguments = rule.Args ?? [];
        bool alternatives = arguments.DistinctBy(argument => argument.Index).Count() != arguments.Length;
        return alternatives ? arguments.Any(IsVoid) : arguments.All(IsVoid);

        bool IsVoid(LinuxSeccompArg argument) =>
            argument.Op == "SCMP_CMP_MASKED_EQ" && (is64 ? argument.Value : (uint)argument.Value!.Value) == 0;
    }

    private ulong Argument(ReadOnlySpan<uint> data, int index, bool is64)
    {
        int first = 4 + (index * 2);
        uint low = data[_isBigEndian ? first + 1 : first];
        uint high = data[_isBigEndian ? first : first + 1];
        return is64 ? ((ulong)high << 32) | low : low;
    }

    private static bool Holds(LinuxSeccompArg argument, ulong actual, bool is64)
    {
        ulong width = is64 ? ulong.MaxValue : uint.MaxValue;
        ulong value = argument.Value!.Value & width;
        return argument.Op switch
        {
            "SCMP_CMP_NE" => actual != value,
            "SCMP_CMP_LT" => actual < value,
            "SCMP_CMP_LE" => actual <= value,
            "SCMP_CMP_EQ" => actual == value,
            "SCMP_CMP_GE" => actual >= value,
            "SCMP_CMP_GT" => actual > value,
            _ => (actual & value) == (argument.ValueTwo & value),
        };
    }

    private static SeccompArch Parse(string word)
    {
        return SeccompArchWords.TryParse(word, out SeccompArch arch) ? arch : throw new ArgumentException(word);
    }
}
