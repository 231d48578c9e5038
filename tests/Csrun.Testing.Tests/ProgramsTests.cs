using System;
using System.Diagnostics;
using System.IO;
using System.Text;

namespace Csrun.Testing.Tests;

public sealed class ProgramsTests
{
    [Fact]
    public void Answers_with_exit_code_and_both_outputs()
    {
        RunResult result = Programs.Run(new RunOptions(), "sh", "-c", "echo out; echo err >&2; exit 7");

        result.ExitCode.Should().Be(7);
        result.Stdout.Should().Be("out\n");
        result.Stderr.Should().Be("err\n");
    }

    [Fact]
    public void Shows_a_signal_as_a_shell_does()
    {
        Programs.Run(new RunOptions(), "sh", "-c", "kill -9 $$").ExitCode.Should().Be(137);
    }

    [Fact]
    public void Feeds_standard_input_and_ends_it()
    {
        byte[] much = Encoding.UTF8.GetBytes(new string('x', 300_000));

        Programs.Run(new RunOptions { Stdin = much }, "wc", "-c").Stdout.Trim().Should().Be("300000");
    }

    [Fact]
    public void Gives_the_program_no_descriptor_but_those_named()
    {
        using FileStream held = File.OpenRead("/etc/passwd");

        Programs.Run(new RunOptions(), "ls", "/proc/self/fd").Lines.Should().Equal("0", "1", "2", "3");
        Programs.Run(
            new RunOptions { ExtraFds = [(int)held.SafeFileHandle.DangerousGetHandle()] }, "head", "-c", "4",
            "/proc/self/fd/3")
            .Stdout.Should().Be("root");
    }

    [Fact]
    public void Kills_the_whole_process_group_when_the_time_is_over()
    {
        Stopwatch clock = Stopwatch.StartNew();

        Action endless = () => Programs.Run(
            new RunOptions { TimeLimit = TimeSpan.FromSeconds(2) }, "sh", "-c", "echo begun; sleep 100; true");

        endless.Should().Throw<TimeoutException>().WithMessage("*begun*");
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Tells_when_somebody_still_holds_the_output()
    {
        Programs.Run(new RunOptions(), "sh", "-c", "sleep 20 & true").OutputEnded.Should().BeFalse();
        Programs.Run(new RunOptions(), "true").OutputEnded.Should().BeTrue();
    }

    [RootFact]
    public void Runs_as_another_user()
    {
        Programs.Run(new RunOptions { Uid = 1000 }, "id", "-u").Stdout.Trim().Should().Be("1000");
    }

    [Fact]
    public void Starts_with_default_signals()
    {
        string status = Programs.Run("cat", "/proc/self/status").Stdout;

        // 32 and 33 are glibc's own, which its posix_spawn leaves ignored.
        status.Should().Contain("SigBlk:\t0000000000000000").And.Contain("SigIgn:\t0000000180000000");
    }
}
