namespace Csrun.Engines.Tests;

/// <summary>podman without root: csrun runs as root of podman's user namespace.</summary>
public sealed class PodmanRootlessTests(PodmanRootless engine) : IClassFixture<PodmanRootless>
{
    private const string Image = "localhost/bb";

    [RootTheory]
    [InlineData("none")]
    [InlineData("host")]
    [InlineData("slirp4netns")]
    public void Runs_a_container(string network)
    {
        RunResult result = engine.Do(
            "run", "--rm", "--network", network, Image, "sh", "-c",
            "id -u; cat /proc/self/uid_map; grep Seccomp: /proc/self/status; exit 7");

        result.Exits(7).Stdout.Should().MatchRegex("^0\n +0 +1000 +1\n +1 +300000 +65536\nSeccomp:\t2\n$");
    }

    [RootFact]
    public void Keeps_the_user_s_id_or_maps_it_away()
    {
        engine.Do("run", "--rm", "--userns", "keep-id", Image, "id", "-u").Ok().Stdout.Should().Be("1000\n");
        engine.Do("run", "--rm", "--userns", "nomap", Image, "id", "-u").Ok().Stdout.Should().Be("0\n");
        engine.Do("run", "--rm", "--user", "user", Image, "id", "-G").Ok().Stdout.Should().Be("1000 2000\n");
    }

    [RootFact]
    public void Gives_a_terminal_and_mounts()
    {
        engine.DoOnTerminal($"run --rm -it {Image} sh -c 'echo tty=$(tty)'").Ok().Stdout
            .Should().Contain("tty=/dev/pts/0");
        engine.Do("run", "--rm", "-v", $"{engine.Work}/canary:/mnt:ro", Image, "cat", "/mnt/file").Ok().Stdout
            .Should().Be("untouched\n");
        engine.Do("run", "--rm", "--read-only", Image, "touch", "/x").Exits(1).Stderr
            .Should().Contain("Read-only file system");
        engine.Do("run", "--rm", "--privileged", Image, "grep", "CapEff", "/proc/self/status").Ok()
            .Stdout.Should().MatchRegex("000001ff(fe|ff)ffffff");
    }

    [RootFact]
    public void Executes_in_a_container_and_stops_it()
    {
        string name = engine.NewName();
        engine.Do(
            "run", "-d", "--name", name, Image, "sh", "-c",
            "trap 'exit 3' TERM; echo started; while :; do sleep 0.05; done").Ok();
        Wait.Until(() => engine.Do("logs", name).Ok().Stdout, seen => seen == "started\n");

        engine.Do("exec", name, "sh", "-c", "echo exechi; exit 5").Exits(5).Stdout.Should().Be("exechi\n");
        engine.Do("exec", "-u", "user", name, "id", "-u").Ok().Stdout.Should().Be("1000\n");
        engine.DoOnTerminal($"exec -it {name} sh -c 'echo x=$(tty)'").Ok().Stdout.Should().Contain("x=/dev/pts/");
        engine.Do("top", name).Ok().Stdout.Should().Contain("sleep 0.05");
        engine.Do("stop", "-t", "10", name).Ok();
        engine.Do("inspect", "-f", "{{.State.ExitCode}}", name).Ok().Stdout.Should().Be("3\n");
        engine.Do("rm", name).Ok();
    }

    [RootFact]
    public void Checks_health()
    {
        string name = Detach("exec sleep 100", "--health-cmd", "test -e /tmp", "--health-interval", "disable");

        engine.Do("healthcheck", "run", name).Ok();
        engine.Do("inspect", "-f", "{{.State.Health.Status}}", name).Ok().Stdout.Should().Be("healthy\n");
        Remove(name);
    }

    [RootFact]
    public void Tells_when_the_program_is_ready()
    {
        string sender = System.IO.Path.Combine(engine.Work, "send");
        NotifySender.Make(sender);
        using NotifyManager manager = new(System.IO.Path.Combine(engine.Work, "manager"));
        engine.Run("chmod", "777", manager.Path).Ok();
        string podman =
            $"{manager.Variable} exec podman --log-level error run -d --sdnotify container -v {sender}:/send:ro";

        string id = engine.DoShell($"{podman} {Image} sh -c '/send READY=1; exec sleep 100'").Ok().Stdout.TrimEnd();

        manager.HearsAll(System.TimeSpan.FromSeconds(10), "MAINPID=", "READY=1");
        Remove(id);
    }

    [RootFact]
    public void Hands_descriptors_on()
    {
        string name = Detach("exec sleep 100");

        engine.DoShell(
            $"exec 3</etc/os-release; exec podman exec --preserve-fds 1 {name} sh -c 'read -r line <&3; echo "
                + $"\"${{line%%=*}}\"'").Ok()
            .Stdout.Should().Be("PRETTY_NAME\n");
        Remove(name);
    }

    /// <summary>podman's own words: without root it has no freezer where the cgroups are of version 1.</summary>
    [LegacyCgroupFact]
    public void Is_not_paused_on_cgroups_of_version_1()
    {
        string name = Detach("exec sleep 100");

        engine.Do("pause", name).Exits(125).Stderr
            .Should().Contain("can not pause containers on rootless containers with cgroup V1");
        Remove(name);
    }

    [RootFact]
    public void Plays_a_file_of_Kubernetes()
    {
        string file = System.IO.Path.Combine(engine.Work, "pod.yaml");
        System.IO.File.WriteAllText(file, """
            apiVersion: v1
            kind: Pod
            metadata: {name: played}
            spec:
              containers:
                - {name: one, image: localhost/bb, command: [sleep, "100"]}
            """);

        engine.Do("kube", "play", "--network", "none", file).Ok();
        engine.Do("exec", "played-one", "hostname").Ok().Stdout.Should().Be("played\n");
        engine.Do("kube", "down", file).Ok();
    }

    [RootFact]
    public void Makes_a_pod()
    {
        string pod = engine.NewName();
        string name = engine.NewName();
        engine.Do("pod", "create", "--name", pod, "--infra-image", Image, "--infra-command", "/bin/sleep 1000").Ok();
        engine.Do("run", "-d", "--pod", pod, "--name", name, Image, "sleep", "100").Ok();

        engine.Do("exec", name, "hostname").Ok().Stdout.Should().Be($"{pod}\n");
        engine.Do("pod", "rm", "-t", "0", "-f", pod).Ok();
    }

    private string Detach(string script, params string[] flags)
    {
        string name = engine.NewName();
        engine.Do(["run", "-d", "--network", "none", "--name", name, .. flags, Image, "sh", "-c", script]).Ok();
        return name;
    }

    private void Remove(string name)
    {
        engine.Do("rm", "-t", "0", "-f", name).Ok();
    }
}
