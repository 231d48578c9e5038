using System;

namespace Csrun.Engines.Tests;

/// <summary>containerd, by its own client.</summary>
public sealed class Containerd : Engine
{
    public Containerd()
        : base("containerd")
    {
    }
}

/// <summary>`ctr` with csrun below the shim.</summary>
public sealed class ContainerdTests(Containerd engine) : IClassFixture<Containerd>
{
    private const string Image = "localhost/bb:latest";
    private static readonly string[] s_run =
        ["run", "--runtime", "io.containerd.runc.v2", "--runc-binary", RuntimeBinary.UnderTest.Path];

    [RootFact]
    public void Runs_a_container_under_containerd_s_seccomp_profile()
    {
        RunResult result = RunRm("--seccomp", "echo hello; grep Seccomp: /proc/self/status; exit 7");

        result.Exits(7).Stdout.Should().Be("hello\nSeccomp:\t2\n");
    }

    [RootFact]
    public void Refuses_a_program_that_is_not_there()
    {
        string name = engine.NewName();

        Ctr([.. s_run, "--rm", Image, name, "/nonexistent"]).Exits(1).Stderr
            .Should().Contain("no such file or directory");
    }

    [RootFact]
    public void Gives_a_terminal()
    {
        string run = string.Join(' ', s_run);

        engine.RunOnTerminal($"ctr {run} --rm -t {Image} {engine.NewName()} /bin/sh -c 'echo tty=$(tty)'").Ok().Stdout
            .Should().Contain("tty=/dev/pts/0");
    }

    [RootFact]
    public void Executes_in_a_task()
    {
        string name = Detach("exec sleep 100");

        Ctr("task", "exec", "--exec-id", "e1", name, "sh", "-c", "echo exechi; exit 5").Exits(5).Stdout
            .Should().Be("exechi\n");
        Ctr("task", "exec", "--exec-id", "e2", "--user", "1000", "--cwd", "/tmp", name, "sh", "-c", "id -u; pwd").Ok()
            .Stdout.Should().Be("1000\n/tmp\n");
        engine.RunOnTerminal($"ctr task exec -t --exec-id e4 {name} sh -c 'echo x=$(tty); exit 6'").Exits(6).Stdout
            .Should().Contain("x=/dev/pts/");
        Ctr("task", "exec", "--exec-id", "e3", name, "/nonexistent").Exits(1).Stderr
            .Should().Contain("no such file or directory");
        End(name);
    }

    [RootFact]
    public void Pauses_and_resumes()
    {
        string name = Detach("exec sleep 100");

        Ctr("task", "pause", name).Ok();
        Ctr("task", "ls").Ok().Stdout.Should().MatchRegex($"(?m)^{name} +[0-9]+ +PAUSED");
        Ctr("task", "resume", name).Ok();
        Ctr("task", "ls").Ok().Stdout.Should().MatchRegex($"(?m)^{name} +[0-9]+ +RUNNING");
        End(name);
    }

    [RootFact]
    public void Lists_processes_and_measures()
    {
        string name = Detach("sleep 100 & wait");

        // A task that runs may not have started the other process yet.
        Wait.Until(() => Ctr("task", "ps", name).Ok().Stdout, seen => seen.TrimEnd().Split('\n').Length == 3);
        Ctr("task", "metrics", name).Ok().Stdout
            .Should().Contain("memory.usage_in_bytes").And.MatchRegex("pids.current +2");
        End(name);
    }

    [RootFact]
    public void Kills_and_deletes_and_says_what_is_gone()
    {
        string name = Detach("trap 'exit 3' TERM; while :; do sleep 0.05; done");

        Ctr("task", "rm", name).Exits(1).Stderr.Should().Contain("must be stopped before deletion");
        Ctr("task", "kill", "-s", "SIGKILL", name).Ok();
        Wait.Until(() => Ctr("task", "ls").Ok().Stdout, seen => seen.Contains("STOPPED", StringComparison.Ordinal));
        Ctr("task", "kill", name).Exits(1).Stderr.Should().Contain("process already finished");
        Ctr("task", "rm", name).Ok().Stderr.Should().Contain("exit code 137");
        Ctr("container", "rm", name).Ok();
    }

    [RootFact]
    public void Limits_memory_and_cpu()
    {
        string[] limits = ["--memory-limit", "33554432", "--cpus", "0.5", "--cpu-shares", "512"];
        string name = Detach("exec sleep 100", limits);

        string Value(string file) => engine.Run("cat", $"/sys/fs/cgroup/{file}").Ok().Stdout.TrimEnd();
        Value($"memory/default/{name}/memory.limit_in_bytes").Should().Be("33554432");
        Value($"cpu/default/{name}/cpu.cfs_quota_us").Should().Be("50000");
        Value($"cpu/default/{name}/cpu.shares").Should().Be("512");
        End(name);
    }

    [RootFact]
    public void Takes_the_flags_of_ctr_run()
    {
        RunRm("--read-only", "touch /x").Exits(1).Stderr.Should().Contain("Read-only file system");
        RunRm("--privileged", "grep CapEff /proc/self/status").Ok().Stdout.Should().MatchRegex("000001ff(fe|ff)ffffff");
        RunRm("--env=FOO=bar", "echo $FOO").Ok().Stdout.Should().Be("bar\n");
        RunRm("--cwd=/tmp", "pwd").Ok().Stdout.Should().Be("/tmp\n");
        RunRm("--net-host", "ls /sys/class/net; readlink /proc/self/ns/net").Ok().Stdout
            .Should().EndWith(engine.Run("readlink", "/proc/self/ns/net").Ok().Stdout);
        RunRm("--cap-add=CAP_SYS_ADMIN", "grep CapEff /proc/self/status").Ok().Stdout
            .Should().Contain("00000000a82425fb");
        RunRm("--allow-new-privs", "grep NoNewPrivs /proc/self/status").Ok().Stdout.Should().Contain("NoNewPrivs:\t0");
        RunRm("--device=/dev/fuse", "ls /dev/fuse").Ok().Stdout.Should().Be("/dev/fuse\n");
        RunRm("--cgroup=/elsewhere/x", "grep memory /proc/self/cgroup").Ok().Stdout
            .Should().MatchRegex(":/(elsewhere/x)?\n");
        RunRm("--rootfs-propagation=rshared", "true").Ok();
        RunRm("--null-io", "exit 3").Exits(3);
    }

    /// <summary>With these flags ctr forgets --runc-binary, and the shim takes runc from the PATH: the binary under
    /// test by that name.</summary>
    [RootFact]
    public void Maps_users_and_runs_without_pivot_root()
    {
        RunRm(
            ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"], "id -u; echo $(cat /proc/self/uid_map)").Ok()
            .Stdout.Should().Be("0\n0 100000 65536\n");
        RunRm(["--no-pivot"], "echo hello").Ok().Stdout.Should().Be("hello\n");
    }

    [RootFact]
    public void Runs_a_container_that_was_only_created()
    {
        string name = engine.NewName();
        Ctr("container", "create", Image, name, "/bin/echo", "started").Ok();

        Ctr("task", "start", name).Ok().Stdout.Should().Be("started\n");
        Ctr("container", "rm", name).Ok();
    }

    private RunResult RunRm(string flag, string script)
    {
        return RunRm([flag], script);
    }

    private RunResult RunRm(string[] flags, string script)
    {
        return Ctr([.. s_run, "--rm", .. flags, Image, engine.NewName(), "/bin/sh", "-c", script]);
    }

    private string Detach(string script, params string[] flags)
    {
        string name = engine.NewName();
        Ctr([.. s_run, "-d", .. flags, Image, name, "/bin/sh", "-c", script]).Ok();
        return name;
    }

    private void End(string name)
    {
        Ctr("task", "rm", "-f", name).Ok().Stderr.Should().Contain("exit code 137");
        Ctr("container", "rm", name).Ok();
    }

    private RunResult Ctr(params string[] arguments)
    {
        return engine.Run(["ctr", .. arguments]);
    }
}
