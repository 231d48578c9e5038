using System;
using System.Collections.Generic;
using Csrun.Spec;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>
/// What filters are asked in comparisons: every number of every architecture of the profile and around their ends, with
/// arguments drawn from the values of all rules, one more and one less, other high words and sign bits.
/// </summary>
internal sealed class Inputs
{
    private const int ArgumentCount = 6;
    private static readonly uint[] s_oddNumbers =
        [0x3FFF_FFFF, 0x4000_0000, 0x4000_0400, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0xF0000, 0xF0009];

    private readonly Random _random;
    private readonly ulong[] _values;
    private readonly uint[] _archs;
    private readonly uint[] _conditional;
    private readonly uint[] _numbers;
    private readonly bool _isBigEndian;
    private readonly uint[] _words = new uint[SeccompData.WordCount];
    private int _next;

    public Inputs(LinuxSeccomp profile, SeccompArch native, int seed)
    {
        _random = new Random(seed);
        _isBigEndian = Abi.Of(native).IsBigEndian;
        List<SeccompArch> archs = [native];
        foreach (string word in profile.Architectures ?? [])
        {
            _ = SeccompArchWords.TryParse(word, out SeccompArch arch);
            archs.Add(arch);
        }

        HashSet<uint> tokens = [];
        HashSet<uint> numbers = [.. s_oddNumbers];
        HashSet<uint> conditional = [];
        foreach (SeccompArch arch in archs)
        {
            Abi abi = Abi.Of(arch);
            tokens.Add(abi.AuditArch);
            for (uint number = 0; number < 600; number++)
            {
                numbers.Add(abi.Base + number);
            }

            AddConditional(profile, abi, conditional);
        }

        tokens.Add((uint)(_isBigEndian ? SeccompArch.SCMP_ARCH_PARISC : SeccompArch.SCMP_ARCH_RISCV64));
        _archs = [.. tokens];
        _numbers = [.. numbers];
        _conditional = [.. conditional];
        _values = Values(profile);
    }

    /// <summary>
    /// The next input; valid until the one after it. All numbers come in turn, those with conditions more often.
    /// </summary>
    public ReadOnlySpan<uint> Next()
    {
        int turn = _next++;
        bool inTurn = turn < _numbers.Length * _archs.Length;
        uint number = inTurn ? _numbers[turn % _numbers.Length]
            : _conditional.Length > 0 && _random.Next(4) > 0 ? _conditional[_random.Next(_conditional.Length)]
            : _numbers[_random.Next(_numbers.Length)];
        uint arch = inTurn ? _archs[turn / _numbers.Length] : _archs[_random.Next(_archs.Length)];
        Span<ulong> arguments = stackalloc ulong[ArgumentCount];
        foreach (ref ulong argument in arguments)
        {
            argument = Argument();
        }

        SeccompData.Fill(_words, arch, number, arguments, _isBigEndian);
        return _words;
    }

    private static void AddConditional(LinuxSeccomp profile, Abi abi, HashSet<uint> conditional)
    {
        foreach (LinuxSyscall rule in profile.Syscalls ?? [])
        {
            foreach (string name in rule.Names!)
            {
                if (rule.Args is not { Length: > 0 } && !abi.Multiplexes)
                {
                    continue;
                }

                int row = SyscallTable.FindRow(name);
                int number = row < 0 ? row : SyscallTable.Number(abi.Column, row);
                if (number >= 0 && rule.Args is { Length: > 0 })
                {
                    conditional.Add(abi.Base + (uint)(number >= 61440 ? number - 61440 + 0xF0000 : number));
                }

                if (abi.Multiplexes && row >= 0 && SyscallTable.MultiplexedAs(row, out bool isIpc) != 0)
                {
                    conditional.Add(abi.Base + (uint)(isIpc ? Abi.Ipc : Abi.SocketCall));
                }
            }
        }
    }

    private static ulong[] Values(LinuxSeccomp profile)
    {
        HashSet<ulong> values = [0, 1, ulong.MaxValue];
        foreach (LinuxSyscall rule in profile.Syscalls ?? [])
        {
            foreach (LinuxSeccompArg argument in rule.Args ?? [])
            {
                values.Add(argument.Value ?? 0);
                values.Add(argument.ValueTwo);
            }
        }

        return [.. values];
    }

    private ulong Argument()
    {
        ulong value = _values[_random.Next(_values.Length)];
        return _random.Next(12) switch
        {
            0 => value + 1,
            1 => value - 1,
            2 => value ^ (1UL << 32),
            3 => value + (1UL << 32),
            4 => value - (1UL << 32),
            5 => value ^ (1UL << 63),
            6 => value ^ (1UL << 31),
            7 => (ulong)_random.Next(32),
            8 => value | ~_values[_random.Next(_values.Length)],
            _ => value,
        };
    }
}
