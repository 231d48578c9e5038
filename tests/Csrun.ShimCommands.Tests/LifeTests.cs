using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Csrun.Testing.Outside;
using Mono.Unix.Native;

namespace Csrun.ShimCommands.Tests;

/// <summary>A container that outlives the command: its parent, its exit code, its end.</summary>
public sealed class LifeTests : ShimTest
{
    [CsrunFact]
    public void The_command_returns_and_holds_nothing_of_its_caller_while_the_container_goes_on()
    {
        (Container container, RunResult result) = TryDetach(NewBundle().Sh("echo begun; sleep 100"));

        result.Ok().OutputEnded.Should().BeTrue("nobody may hold the caller's pipes");
        UntilLogged(container, "begun");
        container.Status().Should().Be("running");
        Processes.Find((int)container.State()["pid"]!)!.Parent.Should().Be(ShimPid(container));
    }

    [CsrunFact]
    public void Created_it_waits_for_its_start_like_any_other()
    {
        Bundle bundle = NewBundle().Sh("echo begun; exit 4").Save();
        Container container = NewContainer(bundle);
        container.Do("create", "--shim", "--bundle", bundle.Path, container.Id).Ok();
        container.Status().Should().Be("created");
        ((string)container.State()["shim"]!["started"]!).Should().BeEmpty();

        container.Start();

        container.Do("wait", container.Id).Exits(4).Stdout.Should().Be("4\n");
        container.Do("logs", container.Id).Ok().Stdout.Should().Be("begun\n");
        ((string)container.State()["shim"]!["started"]!).Should().NotBeEmpty();
    }

    [CsrunFact]
    public void The_shell_that_started_it_may_go_away()
    {
        Bundle bundle = NewBundle().Sh("sleep 0.5; echo still here; exit 6").Save();
        Container container = NewContainer(bundle);
        string line = $"{Runtime.Path} --root {StateRoot} run -d --shim -b {bundle.Path} {container.Id}; kill -KILL 0";

        Programs.Run(new RunOptions(), "setsid", "--wait", "sh", "-c", line)
            .ExitCode.Should().NotBe(0, "the shell was killed");

        container.Do("wait", container.Id).Exits(6);
        container.Do("logs", container.Id).Ok().Stdout.Should().Be("still here\n");
    }

    [CsrunTheory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("kill -TERM $$; sleep 10", 143)]
    public void Wait_prints_and_returns_the_exit_code_as_often_as_it_is_asked(string script, int code)
    {
        Bundle bundle = NewBundle().Sh(script).WithoutNamespace("pid");
        Container container = Detach(bundle);

        container.Do("wait", container.Id).Exits(code).Stdout.Should().Be(code + "\n");
        container.Do("wait", container.Id).Exits(code).Stdout.Should().Be(code + "\n");
    }

    [CsrunFact]
    public void State_tells_exit_code_and_times_after_the_end()
    {
        DateTime before = DateTime.UtcNow;
        Container container = DetachScript("exit 9");
        container.Do("wait", container.Id).Exits(9);

        JsonObject state = container.State();

        ((string)state["status"]!).Should().Be("stopped");
        ((int)state["exit"]!["code"]!).Should().Be(9);
        ((bool)state["exit"]!["known"]!).Should().BeTrue();
        ((bool)state["exit"]!["outOfMemory"]!).Should().BeFalse();
        DateTime started = Time(state["shim"]!["started"]);
        DateTime finished = Time(state["exit"]!["finished"]);
        started.Should().BeAfter(before).And.BeBefore(finished);
        finished.Should().BeBefore(DateTime.UtcNow);
    }

    [CsrunFact]
    public void State_tells_the_signal_and_that_memory_ran_out()
    {
        Bundle bundle = NewBundle().Sh("x=x; while true; do x=$x$x; done");
        bundle.Resources["memory"] = JsonNode.Parse("""{"limit": 16777216, "swap": 16777216}""");
        Container container = Detach(bundle);
        container.Do("wait", container.Id).Exits(137);

        JsonObject state = container.State();

        ((int)state["exit"]!["signal"]!).Should().Be(9);
        ((bool)state["exit"]!["outOfMemory"]!).Should().BeTrue();
    }

    [CsrunFact]
    public void Orphans_of_a_container_without_a_pid_namespace_are_reaped_and_their_output_is_logged()
    {
        Bundle bundle = NewBundle().WritableRoot()
            .Sh("(until [ -e /go ]; do sleep 0.05; done; echo late) & exit 0").WithoutNamespace("pid");
        Container container = Detach(bundle);

        container.Do("wait", container.Id).Exits(0);
        ShimPid(container).Should().NotBe(0, "somebody still has its standard output");
        File.WriteAllText(Path.Combine(bundle.Rootfs, "go"), "");
        UntilLogged(container, "late");
        Until(() => ShimPid(container) == 0, "the shim's end");
    }

    [CsrunFact]
    public void Processes_that_never_stop_writing_keep_nobody_from_the_exit_code_and_from_delete()
    {
        Bundle bundle = NewBundle()
            .Sh("for i in 1 2 3 4 5 6 7 8; do cat /dev/zero & done; sleep 0.3; exit 3").WithoutNamespace("pid");
        Container container = Detach(bundle, "--shim-log-size", "1m");

        RunResult wait = container.Do("wait", container.Id).Exits(3);

        wait.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2.5), "it does not wait longer for a shim that is late");
        ((int)container.State()["exit"]!["code"]!).Should().Be(3);
        container.Do("delete", "--force", container.Id).Ok();

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunFact]
    public void A_create_that_lacks_a_descriptor_takes_everything_back()
    {
        const int Enough = 64;
        Bundle bundle = NewBundle().Sh("sleep 100").Save();
        int limit = 5;
        RunResult result;
        do
        {
            Container container = NewContainer(bundle);
            result = Programs.Run(
                new RunOptions(), "prlimit", "--nofile=" + ++limit, Runtime.Path, "--root", StateRoot,
                "create", "--shim", "--bundle", bundle.Path, container.Id);
            Directory.Exists(Path.Combine(StateRoot, container.Id)).Should().Be(
                result.ExitCode == 0, "with {0} descriptors: {1}", limit, result.Stderr);
        }
        while (result.ExitCode != 0 && limit < Enough);

        limit.Should().BeLessThan(Enough);
    }

    [CsrunFact]
    public void Delete_removes_everything_and_ends_the_shim()
    {
        Container container = DetachScript("sleep 100");
        int shim = ShimPid(container);

        container.Do("delete", "--force", container.Id).Ok();

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
        (Processes.Find(shim) is null or { State: 'Z' }).Should().BeTrue();
        container.Do("wait", container.Id).Exits(1).Stderr.Should().Contain("container does not exist");
    }

    [CsrunFact]
    public void A_create_that_fails_says_why_and_leaves_nothing()
    {
        (_, RunResult result) = TryDetach(NewBundle().Args("/no/such/program"));

        result.Exits(1).Stderr.Should().Contain("/no/such/program").And.Contain("no such file or directory");
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunTheory]
    [InlineData("--shim", "--shim: run stays with the container itself unless --detach is given too")]
    [InlineData("--detach --shim --shim-log-files 0", "--shim-log-files: a number from 1 to 1000 is needed")]
    [InlineData("--detach --shim --shim-log-size many", "--shim-log-size: not a number of bytes: many")]
    [InlineData("--detach --shim --shim-log /no/where/log", "open /no/where/: no such file or directory")]
    public void What_cannot_be_is_refused(string flags, string message)
    {
        Bundle bundle = NewBundle().Sh("true").Save();
        Container container = NewContainer(bundle);

        container.Do(["run", "--bundle", bundle.Path, .. flags.Split(' '), container.Id])
            .Exits(1).Stderr.Should().Contain(message);
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunTheory]
    [InlineData("logs")]
    [InlineData("attach")]
    [InlineData("wait")]
    [InlineData("shim")]
    public void A_container_without_a_shim_is_told_so(string command)
    {
        Container container = NewContainer(NewBundle().Sh("true")).Create();

        container.Do(command, container.Id).Exits(1).Stderr.Should().Contain("the container was not made with --shim");
    }

    [CsrunFact]
    public void The_program_can_open_its_streams_anew_as_any_user()
    {
        Bundle bundle = NewBundle().User(1234, 1234).Sh("echo again > /dev/stdout; echo oops > /dev/stderr");
        Container container = Detach(bundle);
        container.Do("wait", container.Id).Exits(0);

        RunResult logs = container.Do("logs", container.Id).Ok();

        logs.Stdout.Should().Be("again\n");
        logs.Stderr.Should().Be("oops\n");
    }

    [CsrunFact]
    public void The_shim_runs_from_where_nobody_can_write_its_executable()
    {
        Container container = DetachScript("sleep 100");

        int opened = Syscall.open($"/proc/{ShimPid(container)}/exe", OpenFlags.O_WRONLY);

        opened.Should().Be(-1);
        Stdlib.GetLastError().Should().Be(Errno.EROFS);
    }

    [CsrunFact]
    public void The_shim_sleeps_while_nothing_happens_and_needs_little_memory()
    {
        Container container = DetachScript("echo begun; sleep 100");

        ExpectSleepAfterBegun(container);

        string pss = File.ReadLines($"/proc/{ShimPid(container)}/smaps_rollup").Single(line => line.StartsWith("Pss:"));
        int.Parse(pss.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]).Should().BeLessThan(3000, "in KiB");
    }

    [CsrunFact]
    public void The_shim_sleeps_while_nobody_has_the_terminal_open()
    {
        Bundle bundle = NewBundle().Sh(
            "echo begun; exec </dev/null >/dev/null 2>/dev/null; sleep 10; echo back >/dev/console; sleep 100");
        bundle.Process["terminal"] = true;
        Container container = Detach(bundle);

        ExpectSleepAfterBegun(container);

        UntilLogged(container, "back");
    }

    private static void ExpectSleepAfterBegun(Container container)
    {
        UntilLogged(container, "begun");
        string status = $"/proc/{ShimPid(container)}/status";
        string[] Switches() => [.. File.ReadLines(status).Where(line => line.Contains("ctxt_switches"))];
        Thread.Sleep(3000); // a second after its start it gives memory back
        string[] before = Switches();
        Thread.Sleep(2000);
        Switches().Should().Equal(before);
    }

    [CsrunFact]
    public void The_shim_has_one_thread_and_stays_small_whatever_passes_through_it()
    {
        Container container = DetachScript(
            "yes 0123456789012345678901234567890123456789 | head -c 50000000; echo; echo all; sleep 100");
        UntilLogged(container, "all");

        string[] status = File.ReadAllLines($"/proc/{ShimPid(container)}/status");

        status.Should().Contain("Threads:\t1");
        string anonymous = status.Single(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        int.Parse(anonymous.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]).Should().BeLessThan(1500, "kB");
    }

    private static DateTime Time(JsonNode? node)
    {
        return DateTime.Parse((string)node!, null, System.Globalization.DateTimeStyles.AdjustToUniversal);
    }
}
