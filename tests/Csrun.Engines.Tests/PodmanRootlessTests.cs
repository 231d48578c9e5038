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
            "run", "--rm", "--network", network, Image, "sh", "-c", "id -u; cat /proc/self/uid_map; grep Seccomp: /proc/self/status; exit 7");

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
        engine.DoOnTerminal($"run --rm -it {Image} sh -c 'echo tty=$(tty)'").Ok().Stdout.Should().Contain("tty=/dev/pts/0");
        engine.Do("run", "--rm", "-v", $"{engine.Work}/canary:/mnt:ro", Image, "cat", "/mnt/file").Ok().Stdout.Should().Be("untouched\n");
        engine.Do("run", "--rm", "--read-only", Image, "touch", "/x").Exits(1).Stderr.Should().Contain("Read-only file system");
        engine.Do("run", "--rm", "--privileged", Image, "grep", "CapEff", "/proc/self/status").Ok()
            .Stdout.Should().MatchRegex("000001ff(fe|ff)ffffff");
    }

    [RootFact]
    public void Executes_in_a_container_and_stops_it()
    {
        string name = engine.NewName();
        engine.Do("run", "-d", "--name", name, Image, "sh", "-c", "trap 'exit 3' TERM; echo started; while :; do sleep 0.05; done").Ok();
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
    public void Makes_a_pod()
    {
        string pod = engine.NewName();
        string name = engine.NewName();
        engine.Do("pod", "create", "--name", pod, "--infra-image", Image, "--infra-command", "/bin/sleep 1000").Ok();
        engine.Do("run", "-d", "--pod", pod, "--name", name, Image, "sleep", "100").Ok();

        engine.Do("exec", name, "hostname").Ok().Stdout.Should().Be($"{pod}\n");
        engine.Do("pod", "rm", "-t", "0", "-f", pod).Ok();
    }
}
