using System;
using System.Linq;
using Csrun.Seccomp.Tests.Support;
using Csrun.Spec;

namespace Csrun.Seccomp.Tests;

/// <summary>What a compiled profile answers, in named cases.</summary>
public class CompilerTests
{
    private const uint X8664 = (uint)SeccompArch.SCMP_ARCH_X86_64;
    private const uint X86 = (uint)SeccompArch.SCMP_ARCH_X86;
    private const uint Allow = 0x7FFF_0000;
    private const uint Kill = 0;
    private const uint Errno = 0x0005_0000;
    private const uint NotPermitted = Errno | 1;
    private const uint NotImplemented = Errno | 38;
    private const uint X32Bit = 0x4000_0000;

    [Theory]
    [InlineData("SCMP_ACT_ERRNO", NotImplemented)]
    [InlineData("SCMP_ACT_KILL", NotImplemented)]
    [InlineData("SCMP_ACT_TRAP", NotImplemented)]
    [InlineData("SCMP_ACT_ALLOW", Allow)]
    [InlineData("SCMP_ACT_LOG", 0x7FFC_0000)]
    [InlineData("SCMP_ACT_TRACE", 0x7FF0_0001)]
    public void Calls_newer_than_all_that_are_named_get_ENOSYS_unless_calls_pass_by_default(string action, uint verdict)
    {
        SeccompProgram program = Compile(
            new()
            {
                DefaultAction = action,
                Syscalls = [Rule("SCMP_ACT_TRAP", "read"), Rule("SCMP_ACT_ALLOW", "openat2")],
            });

        Verdict(program, X8664, 438).Should().Be(verdict);
        Verdict(program, X8664, 0x3FFF_FFFF).Should().Be(verdict);
        Verdict(program, X8664, 437).Should().Be(Allow);
    }

    [Fact]
    public void Calls_between_the_named_ones_get_the_default_action()
    {
        SeccompProgram program = Compile(Only(Rule("SCMP_ACT_ALLOW", "openat2")));

        Verdict(program, X8664, 436).Should().Be(NotPermitted);
    }

    [Fact]
    public void A_rule_that_says_what_the_default_says_still_makes_its_call_a_known_one()
    {
        SeccompProgram program = Compile(Only(Rule("SCMP_ACT_ALLOW", "read"), Rule("SCMP_ACT_ERRNO", "openat2")));

        Verdict(program, X8664, 437).Should().Be(NotPermitted);
        Verdict(program, X8664, 438).Should().Be(NotImplemented);
    }

    [Fact]
    public void Other_architectures_and_the_x32_ABI_are_killed_unless_they_are_listed()
    {
        SeccompProgram program = Compile(Only(Rule("SCMP_ACT_ALLOW", "read")));
        SeccompProgram all = Compile(
            Only(Rule("SCMP_ACT_ALLOW", "read")) with { Architectures = ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] });

        Verdict(program, X86, 3).Should().Be(Kill);
        Verdict(program, X8664, X32Bit).Should().Be(Kill);
        Verdict(all, X86, 3).Should().Be(Allow);
        Verdict(all, X8664, X32Bit).Should().Be(Allow);
        Verdict(all, (uint)SeccompArch.SCMP_ARCH_AARCH64, 63).Should().Be(Kill);
    }

    [Fact]
    public void A_rule_without_conditions_counts_whatever_conditional_ones_came_before_and_whatever_comes_later()
    {
        LinuxSyscall conditional = Rule("SCMP_ACT_TRAP", "read") with { Args = [Equal(0, 5)] };

        Verdict(Compile(Only(conditional, Rule("SCMP_ACT_ALLOW", "read"))), X8664, 0, 5).Should().Be(Allow);
        Verdict(Compile(Only(Rule("SCMP_ACT_ALLOW", "read"), conditional)), X8664, 0, 5).Should().Be(Allow);
        Verdict(
            Compile(Only(Rule("SCMP_ACT_ALLOW", "read"), Rule("SCMP_ACT_TRAP", "read"))), X8664, 0).Should().Be(Allow);
    }

    [Fact]
    public void Two_conditions_on_one_argument_are_alternatives()
    {
        SeccompProgram program = Compile(
            Only(Rule("SCMP_ACT_ALLOW", "read") with { Args = [Equal(0, 5), Equal(0, 7)] }));

        Verdict(program, X8664, 0, 5).Should().Be(Allow);
        Verdict(program, X8664, 0, 7).Should().Be(Allow);
        Verdict(program, X8664, 0, 6).Should().Be(NotPermitted);
    }

    [Fact]
    public void A_rule_for_socket_reaches_socketcall()
    {
        SeccompProgram program = Compile(
            Only(Rule("SCMP_ACT_ALLOW", "socket", "semop")) with { Architectures = ["SCMP_ARCH_X86"] });

        Verdict(program, X86, 359).Should().Be(Allow);
        Verdict(program, X86, 102, 1).Should().Be(Allow);
        Verdict(program, X86, 102, 2).Should().Be(NotPermitted);
        Verdict(program, X86, 117, 1).Should().Be(Allow);
        Verdict(program, X86, 117, 2).Should().Be(NotPermitted);
    }

    [Fact]
    public void Upper_bounds_of_different_high_words_are_told_apart()
    {
        // libseccomp 2.5.4 compares a low word with a high one here, and lets the call pass by its default.
        LinuxSeccompArg Upper(ulong value) => new() { Index = 4, Value = value, Op = "SCMP_CMP_LE" };
        SeccompProgram program = Compile(
            Only(Rule("SCMP_ACT_TRAP", "read") with { Args = [Upper(0x1_0000_0000), Upper(7)] })
                with
            { DefaultAction = "SCMP_ACT_ALLOW" });

        Verdict(program, X8664, 0, 0, 0, 0, 0, 0x20000).Should().Be(0x0003_0000);
    }

    [Fact]
    public void Profiles_that_differ_only_in_errnoRet_are_different_programs()
    {
        LinuxSeccomp one = Only(Rule("SCMP_ACT_ALLOW", "openat2")) with { DefaultErrnoRet = 5 };

        Verdict(Compile(one), X8664, 1).Should().NotBe(Verdict(Compile(one with { DefaultErrnoRet = 6 }), X8664, 1));
    }

    [Fact]
    public void Names_that_nobody_knows_are_skipped_and_told()
    {
        SeccompProgram program = Compile(Only(Rule("SCMP_ACT_ALLOW", "read", "no_such_call")));

        program.UnknownNames.Should().Equal("no_such_call");
        Verdict(program, X8664, 0).Should().Be(Allow);
    }

    [Fact]
    public void Allowed_calls_are_decided_by_architecture_and_number_alone()
    {
        foreach ((string path, LinuxSeccomp profile) in Profiles.Recorded)
        {
            ReadOnlySpan<ulong> program = Compile(profile).Instructions.Span;
            foreach (LinuxSyscall rule in profile.Syscalls!.Where(
                rule => rule.Args is null or [] && rule.Action == "SCMP_ACT_ALLOW"
                    && profile.DefaultAction != rule.Action))
            {
                foreach (string name in rule.Names!)
                {
                    int row = SyscallTable.FindRow(name);
                    int number = row < 0 ? row : SyscallTable.Number(SyscallColumn.X8664, row);
                    if (number >= 0)
                    {
                        // Two words only: reading an argument would be out of range.
                        ClassicBpf.Run(program, [(uint)number, X8664]).Should().Be(Allow, path + " " + name);
                    }
                }
            }
        }
    }

    [Fact]
    public void Another_action_under_the_same_conditions_is_refused_by_its_place()
    {
        Refusal(Only(
            Rule("SCMP_ACT_ALLOW", "read") with { Args = [Equal(0, 5)] },
            Rule("SCMP_ACT_TRAP", "read") with { Args = [Equal(0, 5)] }))
            .ToString().Should().Contain("linux.seccomp.syscalls[1]").And.Contain("read");
    }

    [Fact]
    public void An_architecture_of_another_byte_order_is_refused_by_its_place()
    {
        Refusal(Only() with { Architectures = ["SCMP_ARCH_X86", "SCMP_ARCH_S390X"] })
            .ToString().Should().Contain("linux.seccomp.architectures[1]").And.Contain("byte order");
    }

    [Fact]
    public void A_program_over_the_kernels_limit_is_refused()
    {
        LinuxSyscall[] rules = [.. Enumerable.Range(0, 3000).Select(
            value => Rule("SCMP_ACT_ALLOW", "read") with { Args = [Equal(0, (ulong)value << 32), Equal(1, 1)] })];

        Refusal(Only(rules)).ToString().Should().Contain("4096 instructions");
    }

    [Fact]
    public void A_program_close_to_the_limit_jumps_within_itself()
    {
        LinuxSyscall[] rules = [.. Enumerable.Range(0, 420).Select(value =>
            Rule("SCMP_ACT_ALLOW", "read") with { Args = [Equal(0, (ulong)value << 32), Equal(1, (ulong)value)] })];
        SeccompProgram program = Compile(Only(rules));

        program.Instructions.Length.Should().BeGreaterThan(3000);
        ClassicBpf.Fault(program.Instructions.Span).Should().BeNull();
        Verdict(program, X8664, 0, 419UL << 32, 419).Should().Be(Allow);
        Verdict(program, X8664, 0, 0, 0).Should().Be(Allow);
        Verdict(program, X8664, 0, 0, 1).Should().Be(NotPermitted);
    }

    private static LinuxSeccomp Only(params LinuxSyscall[] rules)
    {
        return new() { DefaultAction = "SCMP_ACT_ERRNO", Syscalls = rules };
    }

    private static LinuxSyscall Rule(string action, params string[] names)
    {
        return new() { Names = names, Action = action };
    }

    private static LinuxSeccompArg Equal(uint index, ulong value)
    {
        return new() { Index = index, Value = value, Op = "SCMP_CMP_EQ" };
    }

    private static SeccompProgram Compile(LinuxSeccomp profile)
    {
        return SeccompCompiler.Compile(profile, SeccompArch.SCMP_ARCH_X86_64);
    }

    private static Fault Refusal(LinuxSeccomp profile)
    {
        return FluentActions.Invoking(() => Compile(profile)).Should().Throw<SeccompException>().Which.Fault;
    }

    private static uint Verdict(SeccompProgram program, uint arch, uint number, params ulong[] arguments)
    {
        return ClassicBpf.Run(
            program.Instructions.Span, new SeccompData(arch, number, arguments, isBigEndian: false).Words);
    }
}
