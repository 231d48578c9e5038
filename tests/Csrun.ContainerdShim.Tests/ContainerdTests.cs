using System;
using System.Linq;
using Csrun.Engines.Tests;

namespace Csrun.ContainerdShim.Tests;

/// <summary>Debian's containerd 1.6 with csrun's shim, and no other runtime.</summary>
public sealed class ShimContainerd : Engine
{
    public ShimContainerd()
        : base("shim", "containerd")
    {
    }

    /// <summary>Kills the daemon.</summary>
    internal void Stop()
    {
        KillAndAwait("$(pidof containerd)");
    }

    /// <summary>Starts it again, with its containers as they are by now.</summary>
    internal void StartAgain()
    {
        Start();
    }

    internal RunResult Ctr(params string[] arguments)
    {
        return Run(["ctr", .. arguments]);
    }
}

/// <summary>What `ctr` sees of io.containerd.csrun.v2.</summary>
public sealed class ContainerdTests(ShimContainerd engine) : IClassFixture<ShimContainerd>
{
    private const string Image = "localhost/bb:latest";
    private static readonly string[] s_run = ["run", "--runtime", "io.containerd.csrun.v2"];

    [RootFact]
    public void Runs_a_container()
    {
        RunRm("echo hello; exit 7").Exits(7).Stdout.Should().Be("hello\n");
    }

    [RootFact]
    public void Refuses_a_program_that_is_not_there()
    {
        engine.Ctr([.. s_run, "--rm", Image, engine.NewName(), "/nonexistent"]).Exits(1).Stderr
            .Should().Contain("no such file or directory");
    }

    [RootFact]
    public void Gives_a_terminal()
    {
        engine.RunOnTerminal(
            $"ctr {string.Join(' ', s_run)} --rm -t {Image} {engine.NewName()} /bin/sh -c 'echo tty=$(tty)'").Ok()
            .Stdout.Should().Contain("tty=/dev/pts/0");
    }

    [RootFact]
    public void Executes_pauses_lists_measures_and_kills()
    {
        string name = Detach("trap 'exit 3' TERM; while :; do sleep 0.05; done");
        engine.Ctr("task", "exec", "--exec-id", "e1", name, "sh", "-c", "echo exechi; exit 5").Exits(5).Stdout
            .Should().Be("exechi\n");
        engine.Ctr("task", "exec", "--exec-id", "e3", name, "/nonexistent").Exits(1).Stderr
            .Should().Contain("no such file or directory");
        engine.RunWithInput("abc\n", "ctr", "task", "exec", "--exec-id", "e4", name, "cat").Ok().Stdout
            .Should().Be("abc\n");
        engine.Ctr("task", "pause", name).Ok();
        Status(name).Should().Be("PAUSED");
        engine.Ctr("task", "resume", name).Ok();
        Status(name).Should().Be("RUNNING");
        engine.Ctr("task", "ps", name).Ok().Lines.Should().HaveCountGreaterThan(1);
        engine.Ctr("task", "metrics", name).Ok().Stdout.Should().Contain("pids.current");
        engine.Ctr("task", "kill", "-s", "SIGTERM", name).Ok();
        Eventually(name, "STOPPED");
        engine.Ctr("task", "kill", name).Exits(1).Stderr.Should().Contain("process already finished");
        engine.Ctr("task", "rm", name).Ok().Stderr.Should().Contain("exit code 3");
        engine.Ctr("container", "rm", name).Ok();
        Shims().Should().NotContain(name);
    }

    [RootFact]
    public void Containers_outlive_containerd_and_their_exit_codes_too()
    {
        string lives = Detach("exec sleep 1000");
        string ends = Detach("trap 'exit 6' TERM; while :; do sleep 0.05; done");
        string pid = Pid(ends);
        engine.Stop();
        engine.Run("kill", pid).Ok();
        Wait.Until(
            () => engine.Run("sh", "-c", $"kill -0 {pid} && echo there || echo gone").Stdout, seen => seen == "gone\n");
        engine.StartAgain();

        Status(lives).Should().Be("RUNNING");
        Status(ends).Should().Be("STOPPED");
        engine.Ctr("task", "rm", ends).Ok().Stderr.Should().Contain("exit code 6");
        engine.Ctr("task", "exec", "--exec-id", "e1", lives, "echo", "still").Ok().Stdout.Should().Be("still\n");
        engine.Ctr("task", "rm", "-f", lives).Ok().Stderr.Should().Contain("exit code 137");
        engine.Ctr("container", "rm", lives, ends).Ok();
    }

    [RootFact]
    public void A_killed_shim_takes_its_container_with_it()
    {
        string name = Detach("exec sleep 1000");
        engine.Run("sh", "-c",
            $"kill -KILL $(ps -eo pid,args | awk '$2 ~ /containerd-shim/ && $6 == \"{name}\" {{ print $1 }}')").Ok();
        Eventually(name, "");

        // The list leaves it out as soon as its shim does not answer; the delete action comes after that.
        Wait.Until(() => engine.Run("sh", "-c", "ps -eo args | grep -c '^sleep 1000'").Stdout, seen => seen == "0\n");
        Wait.Until(
            () => engine.Run("sh", "-c", "ls /run/containerd/csrun/default").Ok().Stdout,
            seen => !seen.Contains(name, StringComparison.Ordinal));
        engine.Ctr("container", "rm", name).Ok();
    }

    [RootFact]
    public void Containers_of_a_group_share_a_shim()
    {
        string[] group = ["--annotation", "io.containerd.runc.v2.group=g"];
        string one = Detach("exec sleep 1000", group);
        string two = Detach("exec sleep 1000", group);
        Shims().Split('\n').Count(line => line.Contains("containerd-shim", StringComparison.Ordinal)).Should().Be(1);
        engine.Ctr("task", "rm", "-f", one).Ok();
        Status(two).Should().Be("RUNNING");
        engine.Ctr("task", "rm", "-f", two).Ok();
        engine.Ctr("container", "rm", one, two).Ok();
        Shims().Should().NotContain("containerd-shim");
    }

    [RootFact]
    public void Logs_to_a_file()
    {
        string log = System.IO.Path.Combine(engine.Work, engine.NewName());
        string name = engine.NewName();
        string[] command = ["/bin/sh", "-c", "echo out; echo err >&2"];
        engine.Ctr([.. s_run, "-d", "--log-uri", "file://" + log, Image, name, .. command]).Ok();
        Eventually(name, "STOPPED");
        engine.Ctr("task", "rm", name).Ok();
        engine.Ctr("container", "rm", name).Ok();
        System.IO.File.ReadAllLines(log).Order().Should().Equal("err", "out");
    }

    private RunResult RunRm(string script)
    {
        return engine.Ctr([.. s_run, "--rm", Image, engine.NewName(), "/bin/sh", "-c", script]);
    }

    private string Detach(string script, params string[] flags)
    {
        string name = engine.NewName();
        engine.Ctr([.. s_run, "-d", .. flags, Image, name, "/bin/sh", "-c", script]).Ok();
        return name;
    }

    private string Status(string name) => Task(name) is [.., string status] ? status : "";

    private string Pid(string name) => Task(name)[1];

    // Its line of the list: name, pid, status.
    private string[] Task(string name)
    {
        string? line = engine.Ctr("task", "ls").Ok().Lines
            .SingleOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
    }

    private void Eventually(string name, string status)
    {
        Wait.Until(() => Status(name), seen => seen == status);
    }

    private string Shims()
    {
        return engine.Run("sh", "-c", "ps -eo args | grep '^[^ ]*containerd-shim' || true").Ok().Stdout;
    }
}
