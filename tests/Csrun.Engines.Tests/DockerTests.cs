using System;

namespace Csrun.Engines.Tests;

/// <summary>The life of docker's containers.</summary>
public sealed class DockerTests(Docker engine) : IClassFixture<Docker>
{
    private const string UntilTerm = "trap 'exit 3' TERM; echo started; while :; do sleep 0.05; done";

    [RootFact]
    public void Runs_a_container_and_hands_on_its_exit_code()
    {
        RunResult result = engine.Do(
            "run", "--rm", "bb", "sh", "-c", "echo hello; grep Seccomp: /proc/self/status; exit 7");

        result.Exits(7).Stdout.Should().Be("hello\nSeccomp:\t2\n");
    }

    [RootTheory]
    [InlineData("/nonexistent", 127, "no such file or directory")]
    [InlineData("nonexistent", 127, "executable file not found in $PATH")]
    [InlineData("/etc/passwd", 126, "permission denied")]
    [InlineData("/etc", 126, "permission denied")]
    public void Tells_why_a_program_cannot_run(string program, int code, string reason)
    {
        engine.Do("run", "--rm", "bb", program).Exits(code).Stderr.Should().Contain(reason);
    }

    [RootFact]
    public void Gives_a_terminal()
    {
        engine.RunOnTerminal("/usr/bin/docker run --rm -it bb sh -c 'echo tty=$(tty); ls -l /dev/console'").Ok()
            .Stdout.Should().Contain("tty=/dev/pts/0").And.Contain("/dev/console");
    }

    [RootFact]
    public void Executes_in_a_container()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("exec", name, "sh", "-c", "echo exechi; exit 5").Exits(5).Stdout.Should().Be("exechi\n");
        engine.Do("exec", "-u", "user", "-w", "/tmp", "-e", "A=b", name, "sh", "-c", "id -u; id -G; pwd; echo $A").Ok()
            .Stdout.Should().Be("1000\n1000 2000\n/tmp\nb\n");
        engine.RunWithInput("from stdin\n", "/usr/bin/docker", "exec", "-i", name, "cat").Ok().Stdout
            .Should().Be("from stdin\n");
        engine.RunOnTerminal($"/usr/bin/docker exec -it {name} sh -c 'echo x=$(tty)'").Ok().Stdout
            .Should().Contain("x=/dev/pts/");
        engine.Do("exec", name, "/nonexistent").Exits(126).Stdout.Should().Contain("no such file or directory");
        engine.Do("exec", name, "/etc/passwd").Exits(126).Stdout.Should().Contain("permission denied");
        engine.Do("exec", "-d", name, "sleep", "50").Ok();
        engine.Do("top", name).Ok().Lines
            .Should().HaveCount(3).And.Contain(line => line.EndsWith("sleep 50", StringComparison.Ordinal));
        engine.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Stops_and_starts_and_restarts()
    {
        string name = engine.Detach(UntilTerm);

        Wait.Until(() => engine.Do("logs", name).Ok().Stdout, seen => seen == "started\n");
        engine.Do("stop", "-t", "10", name).Ok().Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(8));
        engine.Inspect(name, "{{.State.Status}} {{.State.ExitCode}}").Should().Be("exited 3");
        engine.Do("start", name).Ok();
        engine.Inspect(name, "{{.State.Status}}").Should().Be("running");
        engine.Do("restart", "-t", "10", name).Ok();
        engine.Do("kill", name).Ok();
        engine.Inspect(name, "{{.State.ExitCode}}").Should().Be("137");
        engine.Do("kill", name).Exits(1).Stderr.Should().Contain("is not running");
        engine.Do("exec", name, "true").Exits(1).Stderr.Should().Contain("is not running");
        engine.Do("rm", name).Ok();
    }

    [RootFact]
    public void Keeps_logs()
    {
        string name = engine.Detach("echo out; echo error >&2");

        Wait.Until(() => engine.Inspect(name, "{{.State.Status}}"), seen => seen == "exited");
        RunResult logs = engine.Do("logs", name).Ok();

        logs.Stdout.Should().Be("out\n");
        logs.Stderr.Should().Be("error\n");
        engine.Do("rm", name).Ok();
    }

    [RootFact]
    public void Kills_what_does_not_heed_stop()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("stop", "-t", "1", name).Ok();
        engine.Inspect(name, "{{.State.ExitCode}}").Should().Be("137");
        engine.Do("rm", name).Ok();
    }

    [RootFact]
    public void Sends_signals()
    {
        string name = engine.Detach("trap 'echo got' USR2; echo ready; while :; do sleep 0.05; done");
        Wait.Until(() => engine.Do("logs", name).Ok().Stdout, seen => seen == "ready\n");

        engine.Do("kill", "-s", "USR2", name).Ok();

        Wait.Until(() => engine.Do("logs", name).Ok().Stdout, seen => seen == "ready\ngot\n");
        engine.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Pauses_and_unpauses()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("pause", name).Ok();
        engine.Inspect(name, "{{.State.Status}}").Should().Be("paused");
        engine.Do("pause", name).Exits(1).Stderr.Should().Contain("is already paused");
        engine.Do("exec", name, "true").Exits(1).Stderr.Should().Contain("is paused");
        engine.Do("unpause", name).Ok();
        engine.Do("exec", name, "true").Ok();
        engine.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Updates_limits_of_a_running_container()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("update", "--memory", "64m", "--memory-swap", "128m", name).Ok();
        engine.Do(
            "update", "--cpus", "0.5", "--pids-limit", "50", "--cpu-shares", "512", "--cpuset-cpus", "0", name).Ok();

        engine.Do(
            "exec", name, "sh", "-c",
            "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes "
            + "cpu/cpu.cfs_quota_us cpu/cpu.shares pids/pids.max cpuset/cpuset.cpus").Ok()
            .Stdout.Should().Be("67108864\n134217728\n50000\n512\n50\n0\n");
        engine.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Measures_a_container()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}} {{.MemUsage}}", name).Ok()
            .Stdout.Should().MatchRegex($"^{name} 1 [1-9][0-9.]*[KM]iB / ");
        engine.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Restarts_by_policy()
    {
        string name = engine.NewName();
        engine.Do("run", "-d", "--restart", "on-failure:2", "--name", name, "bb", "false").Ok();

        Wait.Until(() => engine.Inspect(name, "{{.RestartCount}} {{.State.Status}}"), seen => seen == "2 exited");
        engine.Do("rm", name).Ok();
    }

    [RootFact]
    public void Carries_much_output_and_standard_input()
    {
        engine.Do("run", "--rm", "bb", "sh", "-c", "yes 123456789 | head -c 1000000").Ok().Stdout
            .Should().HaveLength(1_000_000);
        engine.RunWithInput("from stdin\n", "/usr/bin/docker", "run", "--rm", "-i", "bb", "cat").Ok().Stdout
            .Should().Be("from stdin\n");
    }

    [RootFact]
    public void Checks_health_copies_files_and_shows_changes()
    {
        string name = engine.Detach("exec sleep 100", "--health-cmd", "true", "--health-interval", "0.5s");

        Wait.Until(() => engine.Inspect(name, "{{.State.Health.Status}}"), seen => seen == "healthy");
        engine.Do("cp", "/etc/hostname", $"{name}:/tmp/f").Ok();
        engine.Do("exec", name, "cat", "/tmp/f").Ok();
        engine.Do("diff", name).Ok().Stdout.Should().Contain("A /tmp/f");
        engine.Do("rm", "-f", name).Ok();
    }
}
