namespace Csrun.Engines.Tests;

/// <summary>podman as root: its containers' lives and its pods.</summary>
public sealed class PodmanTests(Podman engine) : IClassFixture<Podman>
{
    private const string Image = "localhost/bb";

    [RootFact]
    public void Runs_a_container_and_hands_on_its_exit_code()
    {
        RunResult result = engine.Do(
            "run", "--rm", Image, "sh", "-c", "echo hello; grep Seccomp: /proc/self/status; exit 7");

        result.Exits(7).Stdout.Should().Be("hello\nSeccomp:\t2\n");
        engine.Do("info", "-f", "{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Path}}").Ok()
            .Stdout.Should().Be($"csrun {RuntimeBinary.UnderTest.Path}\n");
    }

    [RootTheory]
    [InlineData("/nonexistent", 127, "no such file or directory")]
    [InlineData("nonexistent", 127, "executable file not found in $PATH")]
    [InlineData("/etc/passwd", 126, "permission denied")]
    public void Tells_why_a_program_cannot_run(string program, int code, string reason)
    {
        engine.Do("run", "--rm", Image, program).Exits(code).Message.Should().ContainEquivalentOf(reason);
    }

    [RootFact]
    public void Gives_a_terminal()
    {
        engine.RunOnTerminal($"podman run --rm -it {Image} sh -c 'echo tty=$(tty); ls -l /dev/console'").Ok()
            .Stdout.Should().Contain("tty=/dev/pts/0").And.Contain("/dev/console");
    }

    [RootFact]
    public void Executes_in_a_container()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("exec", name, "sh", "-c", "echo exechi; exit 5").Exits(5).Stdout.Should().Be("exechi\n");
        engine.Do("exec", "-u", "user", "-w", "/tmp", "-e", "A=b", name, "sh", "-c", "id -u; pwd; echo $A").Ok()
            .Stdout.Should().Be("1000\n/tmp\nb\n");
        engine.RunWithInput("from stdin\n", "podman", "exec", "-i", name, "cat").Ok().Stdout
            .Should().Be("from stdin\n");
        engine.RunOnTerminal($"podman exec -it {name} sh -c 'echo x=$(tty)'").Ok().Stdout
            .Should().Contain("x=/dev/pts/");
        engine.Do("exec", name, "/nonexistent").Exits(127);
        engine.Do("exec", name, "/etc/passwd").Exits(126);
        engine.Do("exec", "-d", name, "sleep", "50").Ok();
        engine.Do("top", name).Ok().Stdout.Should().Contain("sleep 100").And.Contain("sleep 50");
        engine.Do("stats", "--no-stream", "--format", "{{.Name}} {{.PIDS}}", name).Ok().Stdout
            .Should().StartWith($"{name} 2");
        Remove(name);
    }

    [RootFact]
    public void Pauses_and_unpauses()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("pause", name).Ok();
        engine.Inspect(name, "{{.State.Status}}").Should().Be("paused");
        engine.Do("exec", name, "true").Exits(255).Stderr.Should().Contain("container state improper");
        engine.Do("unpause", name).Ok();
        engine.Do("exec", name, "true").Ok();
        Remove(name);
    }

    [RootFact]
    public void Stops_starts_restarts_kills_and_updates()
    {
        string name = engine.Detach("trap 'exit 3' TERM; echo started; while :; do sleep 0.05; done");

        Wait.Until(() => engine.Do("logs", name).Ok().Stdout, seen => seen == "started\n");
        engine.Do("update", "--memory", "64m", "--cpus", "0.5", name).Ok();
        engine.Do(
            "exec", name, "sh", "-c", "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us").Ok()
            .Stdout.Should().Be("67108864\n50000\n");
        engine.Do("stop", "-t", "10", name).Ok();
        engine.Inspect(name, "{{.State.Status}} {{.State.ExitCode}}").Should().Be("exited 3");
        engine.Do("start", name).Ok();
        engine.Do("restart", "-t", "10", name).Ok();
        engine.Do("kill", name).Ok();
        Wait.Until(() => engine.Inspect(name, "{{.State.Status}} {{.State.ExitCode}}"), seen => seen == "exited 137");
        engine.Do("rm", name).Ok();
    }

    [RootFact]
    public void Limits_a_container()
    {
        engine.Do(
            "run", "--rm", "--memory", "64m", "--memory-swap", "64m", "--cpus", "0.5", "--cpu-shares", "256",
            "--pids-limit", "30", Image, "sh", "-c",
            "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us cpu/cpu.shares pids/pids.max")
            .Ok()
            .Stdout.Should().Be("67108864\n50000\n256\n30\n");
    }

    [RootFact]
    public void Makes_a_pod_whose_containers_share_namespaces()
    {
        string pod = engine.NewName();
        engine.Do(
            "pod", "create", "--name", pod, "--infra-image", Image, "--infra-command", "/bin/sleep 1000",
            "--share", "ipc,net,uts,pid").Ok();
        string name = engine.Detach("exec sleep 100", "--pod", pod);

        engine.Do("exec", name, "ps").Ok().Stdout.Should().Contain("/bin/sleep 1000").And.Contain("sleep 100");
        engine.Do("exec", name, "hostname").Ok().Stdout.Should().Be($"{pod}\n");
        engine.Do("pod", "pause", pod).Ok();
        engine.Inspect(name, "{{.State.Status}}").Should().Be("paused");
        engine.Do("pod", "unpause", pod).Ok();
        engine.Do("pod", "stop", "-t", "0", pod).Ok();
        engine.Inspect(name, "{{.State.Status}}").Should().Be("exited");
        engine.Do("pod", "rm", "-f", pod).Ok();
    }

    [RootFact]
    public void Runs_hooks_of_a_directory()
    {
        string directory = System.IO.Directory.CreateDirectory(System.IO.Path.Combine(engine.Work, "hooks")).FullName;
        string states = System.IO.Path.Combine(engine.Work, "states");
        System.IO.File.WriteAllText(System.IO.Path.Combine(directory, "h.json"), $$"""
            {"version": "1.0.0", "hook": {"path": "/bin/sh", "args": ["sh", "-c", "cat >> {{states}}"]},
             "when": {"always": true}, "stages": ["createRuntime", "prestart", "poststart", "poststop"]}
            """);

        engine.Do("--hooks-dir", directory, "run", "--rm", Image, "true").Ok();

        System.IO.File.ReadAllText(states).Should().MatchRegex("creating.*creating.*(created|running).*stopped");
    }

    [RootFact]
    public void Runs_in_user_namespaces()
    {
        engine.Do(
            "run", "--rm", "--uidmap", "0:100000:5000", "--gidmap", "0:100000:5000", Image, "sh", "-c",
            "id -u; cat /proc/self/uid_map").Ok()
            .Stdout.Should().MatchRegex("^0\n +0 +100000 +5000\n$");
    }

    [RootFact]
    public void Hands_descriptors_on()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Run("bash", "-c", $"exec 3< <(echo fd3data); podman exec --preserve-fds 1 {name} sh -c 'cat <&3'")
            .Ok().Stdout.Should().Be("fd3data\n");
        engine.Run("bash", "-c", $"exec 3< <(echo fd3data); podman run --rm --preserve-fds 1 {Image} sh -c 'cat <&3'")
            .Ok().Stdout.Should().Be("fd3data\n");
        Remove(name);
    }

    [RootFact]
    public void Hands_sockets_of_systemd_on()
    {
        const string Podman = "exec 3</dev/null; LISTEN_FDS=1 LISTEN_PID=$BASHPID exec podman run --rm";

        engine.Run(
            "bash", "-c",
            $"{Podman} {Image} sh -c 'echo $LISTEN_FDS $LISTEN_PID; test -e /proc/self/fd/3 && echo open'").Ok()
            .Stdout.Should().Be("1 1\nopen\n");
    }

    [RootFact]
    public void Tells_when_the_program_is_ready()
    {
        string sender = System.IO.Path.Combine(engine.Work, "send");
        NotifySender.Make(sender);
        using NotifyManager manager = new(System.IO.Path.Combine(engine.Work, "manager"));
        string name = engine.NewName();
        string[] run =
            ["podman", "run", "-d", "--name", name, "--sdnotify", "container", "-v", $"{sender}:/send:ro", Image];

        engine.Run(["env", manager.Variable, .. run, "sh", "-c", "/send READY=1; exec sleep 100"]).Ok();

        manager.HearsAll(System.TimeSpan.FromSeconds(10), "MAINPID=", "READY=1");
        Remove(name);
    }

    [RootFact]
    public void Checks_health()
    {
        string name = engine.Detach("exec sleep 100", "--health-cmd", "true", "--health-interval", "disable");

        engine.Do("healthcheck", "run", name).Ok();
        engine.Inspect(name, "{{.State.Health.Status}}").Should().Be("healthy");
        Remove(name);
    }

    private void Remove(string name)
    {
        engine.Do("rm", "-t", "0", "-f", name).Ok();
    }
}
