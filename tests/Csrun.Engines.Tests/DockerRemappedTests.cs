namespace Csrun.Engines.Tests;

/// <summary>dockerd --userns-remap: root in the container is nobody outside.</summary>
public sealed class DockerRemappedTests(DockerRemapped engine) : IClassFixture<DockerRemapped>
{
    [RootFact]
    public void Maps_the_container_s_root()
    {
        engine.Do("run", "--rm", "bb", "sh", "-c", "id -u; cat /proc/self/uid_map; touch /x; stat -c %u /x").Ok()
            .Stdout.Should().MatchRegex("^0\n +0 +400000 +65536\n0\n$");
        engine.Do("run", "--rm", "--user", "user", "bb", "id", "-u").Ok().Stdout.Should().Be("1000\n");
    }

    [RootFact]
    public void Leaves_it_out_for_userns_host()
    {
        engine.Do("run", "--rm", "--userns", "host", "bb", "cat", "/proc/self/uid_map").Ok()
            .Stdout.Should().MatchRegex("^ +0 +0 +4294967295\n$");
    }

    [RootFact]
    public void Executes_as_the_mapped_user()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("exec", name, "id", "-u").Ok().Stdout.Should().Be("0\n");
        engine.Run("grep", "^Uid", $"/proc/{engine.Inspect(name, "{{.State.Pid}}")}/status").Ok()
            .Stdout.Should().Be("Uid:\t400000\t400000\t400000\t400000\n");
        engine.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Gives_a_terminal()
    {
        engine.RunOnTerminal("/usr/bin/docker run --rm -it bb sh -c 'echo tty=$(tty); echo written >/dev/console'").Ok()
            .Stdout.Should().Contain("tty=/dev/pts/0").And.Contain("written");
    }
}

/// <summary>dockerd --live-restore: the daemon dies, the containers do not.</summary>
public sealed class DockerLiveRestoreTests(DockerLiveRestore engine) : IClassFixture<DockerLiveRestore>
{
    [RootFact]
    public void Finds_its_containers_again()
    {
        string name = engine.Detach("exec sleep 100");
        string pid = engine.Inspect(name, "{{.State.Pid}}");

        engine.Replace();

        engine.Inspect(name, "{{.State.Status}} {{.State.Pid}}").Should().Be($"running {pid}");
        engine.Do("exec", name, "echo", "still here").Ok().Stdout.Should().Be("still here\n");
        engine.Do("stop", "-t", "0", name).Ok();
        engine.Inspect(name, "{{.State.Status}} {{.State.ExitCode}}").Should().Be("exited 137");
        engine.Do("rm", name).Ok();
    }
}
