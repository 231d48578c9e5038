using System.IO;

namespace Csrun.Engines.Tests;

/// <summary>What podman run's flags mean inside of the container, and what podman makes of Kubernetes' files.</summary>
public sealed class PodmanFlagTests(Podman engine) : IClassFixture<Podman>
{
    [RootTheory]
    [InlineData("0077\nUTC\n", "umask; date +%Z", "--umask", "0077", "--tz=UTC")]
    [InlineData("i686\n", "uname -m", "--personality", "LINUX32")]
    [InlineData("1024\n", "cat /proc/sys/net/core/somaxconn", "--sysctl", "net.core.somaxconn=1024")]
    [InlineData("lo\n", "ls /sys/class/net", "--network", "none")]
    [InlineData("eth0\nlo\n", "ls /sys/class/net", "--network", "bridge")]
    [InlineData("myhost\n1.2.3.4\ta\n", "hostname; grep 1.2.3.4 /etc/hosts", "-h", "myhost", "--add-host", "a:1.2.3.4")]
    [InlineData("1000\n1000 2000\n", "id -u; id -G", "--user", "user")]
    [InlineData("/run/podman-init -- sh -c ", "tr '\\0' ' ' </proc/1/cmdline | cut -c1-26", "--init")]
    [InlineData("Seccomp:\t0\n", "grep Seccomp: /proc/self/status", "--security-opt", "seccomp=unconfined")]
    [InlineData("NoNewPrivs:\t1\n", "grep NoNewPrivs /proc/self/status", "--security-opt", "no-new-privileges")]
    [InlineData("0\n", "wc -c </etc/group", "--security-opt", "mask=/etc/group")]
    [InlineData(
        "CapEff:\t0000000000000400\n", "grep CapEff /proc/self/status", "--cap-drop", "ALL",
        "--cap-add", "NET_BIND_SERVICE")]
    [InlineData("CapEff:\t000001fffeffffff\n", "grep CapEff /proc/self/status", "--privileged")]
    [InlineData(
        "1234\n2345\n", "ulimit -Sn; ulimit -Hn", "--ulimit", "nofile=1234:2345", "--ulimit", "nproc=4096:4096")]
    [InlineData("c\n", "ls -l /dev/fuse2 | cut -c1", "--device", "/dev/fuse:/dev/fuse2:rw")]
    [InlineData("0 500000 2000\n", "echo $(cat /proc/self/uid_map)", "--userns", "auto:size=2000")]
    [InlineData("0\n", "grep -c 'libpod' /proc/self/cgroup; true", "--cgroups", "disabled")]
    public void Sets_what_is_asked_for(string seen, string script, params string[] flags)
    {
        string stdout = Run(script, flags).Ok().Stdout;

        stdout.TrimEnd('\n').Should().Be(seen.TrimEnd('\n'));
    }

    [RootFact]
    public void Leaves_the_cgroups_alone_where_they_are_disabled()
    {
        string own = engine.Run("cat", "/proc/self/cgroup").Ok().Stdout;
        string name = engine.Detach("exec sleep 100", "--cgroups", "disabled", "--cgroupns", "host");

        engine.Do("exec", name, "cat", "/proc/1/cgroup").Ok().Stdout.Should().Be(own);
        engine.Do("stop", "-t", "0", name).Ok();
        engine.Inspect(name, "{{.State.Status}} {{.State.ExitCode}}").Should().Be("exited 137");
        engine.Do("rm", name).Ok();
    }

    [RootFact]
    public void Mounts_volumes()
    {
        string directory = Directory.CreateDirectory(Path.Combine(engine.Work, engine.NewName())).FullName;
        File.WriteAllText(Path.Combine(directory, "f"), "of the host\n");

        Run("cat /mnt/f", "-v", $"{directory}:/mnt:ro").Ok().Stdout.Should().Be("of the host\n");
        Run("touch /mnt/x", "-v", $"{directory}:/mnt:ro").Exits(1).Stderr.Should().Contain("Read-only file system");
        Run("touch /mnt/x && ls /mnt", "-v", $"{directory}:/mnt:O").Ok().Stdout.Should().Be("f\nx\n");
        File.Exists(Path.Combine(directory, "x")).Should().BeFalse();
        Run("touch /tmp/x && touch /y", "--read-only", "--tmpfs", "/tmp:size=1m").Exits(1)
            .Stderr.Should().Contain("/y: Read-only file system");
    }

    [RootFact]
    public void Gives_secrets()
    {
        engine.RunWithInput("of one's own", "podman", "secret", "create", "secret", "-").Ok();

        Run("cat /run/secrets/secret", "--secret", "secret").Ok().Stdout.Should().Be("of one's own");
        engine.Do("secret", "rm", "secret").Ok();
    }

    [RootFact]
    public void Plays_a_file_of_Kubernetes()
    {
        string file = Path.Combine(engine.Work, "pod.yaml");
        File.WriteAllText(file, """
            apiVersion: v1
            kind: Pod
            metadata: {name: played}
            spec:
              containers:
                - {name: one, image: localhost/bb, command: [sleep, "100"]}
                - {name: two, image: localhost/bb, command: [sleep, "200"]}
            """);

        engine.Do("kube", "play", file).Ok();
        engine.Inspect("played-one", "{{.State.Status}}").Should().Be("running");
        engine.Do("exec", "played-two", "hostname").Ok().Stdout.Should().Be("played\n");
        engine.Do("kube", "down", file).Ok();
    }

    private RunResult Run(string script, params string[] flags)
    {
        return engine.Do(["run", "--rm", .. flags, "localhost/bb", "sh", "-c", script]);
    }
}
