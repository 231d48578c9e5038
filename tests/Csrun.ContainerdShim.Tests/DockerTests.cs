using Csrun.Engines.Tests;

namespace Csrun.ContainerdShim.Tests;

/// <summary>Debian's dockerd 20.10, which knows shims of one name only, on csrun's shim.</summary>
public sealed class ShimDocker : Engine
{
    public ShimDocker()
        : base("shim", "docker", "--live-restore")
    {
    }

    internal RunResult Do(params string[] arguments)
    {
        return Run(["/usr/bin/docker", .. arguments]);
    }

    /// <summary>Kills the daemon and its containerd, not its containers, and starts others.</summary>
    internal void Replace()
    {
        KillAndAwait("$(cat /run/docker.pid) $(pidof containerd)");
        Run("rm", "-f", "/run/docker.pid", "/run/docker/containerd/containerd.pid").Ok();
        Start();
    }
}

/// <summary>The usual life of containers under docker.</summary>
public sealed class DockerTests(ShimDocker docker) : IClassFixture<ShimDocker>
{
    [RootFact]
    public void Runs_on_csrun_s_shim()
    {
        string name = Detach("exec sleep 1000");
        docker.Run("sh", "-c", "readlink -f $(ps -eo args | grep '^[^ ]*containerd-shim' | head -1 | cut -d' ' -f1)")
            .Ok()
            .Stdout.Should().Contain("csrun");
        docker.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Tells_exit_codes_and_errors()
    {
        Run("echo hello; exit 7").Exits(7).Stdout.Should().Be("hello\n");
        docker.Do("run", "--rm", "bb", "nosuch").Exits(127).Stderr.Should().Contain("executable file not found");
        docker.Do("run", "--rm", "bb", "/etc").Exits(126).Stderr.Should().Contain("permission denied");
        docker.RunWithInput("data\n", "docker", "run", "-i", "--rm", "bb", "cat").Ok().Stdout.Should().Be("data\n");
        docker.RunOnTerminal("docker run --rm -t bb sh -c 'tty; echo bye'").Ok().Stdout
            .Should().Contain("/dev/pts/0").And.Contain("bye");
    }

    [RootFact]
    public void Executes()
    {
        string name = Detach("exec sleep 1000");
        docker.Do("exec", name, "sh", "-c", "echo x; exit 3").Exits(3).Stdout.Should().Be("x\n");
        docker.Do("exec", name, "/nonexistent").Exits(126);
        docker.RunWithInput("in\n", "docker", "exec", "-i", name, "cat").Ok().Stdout.Should().Be("in\n");
        docker.RunOnTerminal($"docker exec -t {name} tty").Ok().Stdout.Should().Contain("/dev/pts/0");
        docker.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Pauses_measures_updates_and_stops()
    {
        string name = Detach("exec sleep 1000");
        docker.Do("pause", name).Ok();
        Inspect(name, "{{.State.Status}}").Should().Be("paused");
        docker.Do("unpause", name).Ok();
        docker.Do("top", name).Ok().Stdout.Should().Contain("sleep 1000");
        docker.Do("update", "--memory", "64m", "--memory-swap", "128m", name).Ok();
        docker.Do("stats", "--no-stream", "--format", "{{.MemUsage}} {{.PIDs}}", name).Ok().Stdout
            .Should().EndWith("/ 64MiB 1\n");
        docker.Do("stop", "-t", "1", name).Ok();
        Inspect(name, "{{.State.ExitCode}}").Should().Be("137");
        docker.Do("start", name).Ok();
        docker.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Tells_of_a_kill_by_the_memory_limit()
    {
        string name = docker.NewName();
        docker.Do("run", "--name", name, "-m", "16m", "--memory-swap", "16m", "bb", "tail", "/dev/zero").Exits(137);
        Inspect(name, "{{.State.OOMKilled}} {{.State.ExitCode}}").Should().Be("true 137");
        docker.Do("rm", name).Ok();
    }

    [RootFact]
    public void Restarts_by_policy_and_checks_health()
    {
        string name = docker.NewName();
        docker.Do(
            "run", "-d", "--name", name, "--restart", "on-failure:2", "--health-cmd", "true", "--health-interval", "1s",
            "bb", "sh", "-c",
            "sleep 3; exit 1").Ok();
        Wait.Until(() => Inspect(name, "{{.State.Health.Status}}"), seen => seen == "healthy", seconds: 20);
        Wait.Until(() => Inspect(name, "{{.RestartCount}} {{.State.Status}}"), seen => seen == "2 exited", seconds: 20);
        docker.Do("rm", name).Ok();
    }

    [RootFact]
    public void Containers_outlive_dockerd_and_containerd()
    {
        string lives = Detach("echo before; while [ ! -e /go ]; do sleep 0.1; done; echo after; exec sleep 1000");
        string ends = Detach("sleep 1; exit 6");
        docker.Replace();
        docker.Do("exec", lives, "touch", "/go").Ok();
        Wait.Until(() => docker.Do("logs", lives).Ok().Stdout, seen => seen == "before\nafter\n", seconds: 20);
        Wait.Until(
            () => Inspect(ends, "{{.State.Status}} {{.State.ExitCode}}"), seen => seen == "exited 6", seconds: 20);
        docker.Do("rm", "-f", lives, ends).Ok();
    }

    private RunResult Run(string script)
    {
        return docker.Do("run", "--rm", "bb", "sh", "-c", script);
    }

    private string Detach(string script)
    {
        string name = docker.NewName();
        docker.Do("run", "-d", "--name", name, "bb", "sh", "-c", script).Ok();
        return name;
    }

    private string Inspect(string name, string template)
    {
        return docker.Do("inspect", "-f", template, name).Ok().Stdout.TrimEnd();
    }
}
