using System.IO;

namespace Csrun.Engines.Tests;

/// <summary>What docker run's flags mean inside of the container.</summary>
public sealed class DockerFlagTests(Docker engine) : IClassFixture<Docker>
{
    private const ulong KnownToDocker = (1UL << 38) - 1; // up to CAP_AUDIT_READ

    [RootFact]
    public void Limits_a_container()
    {
        Inside(
            "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes "
            + "cpu/cpu.cfs_quota_us cpu/cpu.shares pids/pids.max cpuset/cpuset.cpus",
            "--memory", "64m", "--memory-swap", "64m", "--memory-reservation", "32m", "--cpus", "0.5",
            "--cpu-shares", "256",
            "--pids-limit", "30", "--cpuset-cpus", "0")
            .Should().Be("67108864\n33554432\n50000\n256\n30\n0\n");
    }

    [RootFact]
    public void Enforces_the_limit_of_processes()
    {
        Run("for i in 1 2 3 4 5 6 7; do sleep 1 & done; wait", "--pids-limit", "4").Exits(2)
            .Stderr.Should().Contain("can't fork: Resource temporarily unavailable");
    }

    [RootFact]
    public void Kills_what_takes_too_much_memory_and_says_so()
    {
        string name = engine.NewName();

        Run(
            "head -c 100000000 /dev/zero | tail", "--name", name, "--memory", "16m", "--memory-swap", "16m",
            "--rm=false").Exits(137);
        engine.Inspect(name, "{{.State.OOMKilled}}").Should().Be("true");
        engine.Do("rm", name).Ok();
    }

    [RootFact]
    public void Sets_the_OOM_score()
    {
        Inside("cat /proc/self/oom_score_adj", "--oom-score-adj", "500").Should().Be("500\n");
    }

    [RootFact]
    public void Makes_the_root_read_only_and_mounts_tmpfs()
    {
        Run("touch /x", "--read-only").Exits(1).Stderr.Should().Contain("Read-only file system");
        Inside(
            "touch /tmp/x /run/y && grep -c '^tmpfs /tmp tmpfs rw,.*size=1024k' /proc/mounts",
            "--read-only", "--tmpfs", "/tmp:size=1m,mode=1777", "--tmpfs", "/run").Should().Be("1\n");
        Inside("df -k /dev/shm | tail -1 | awk '{print $2}'", "--shm-size", "8m").Should().Be("8192\n");
    }

    [RootTheory]
    [InlineData("00000000a80425fb")]
    [InlineData("0000000000000401", "--cap-drop", "ALL", "--cap-add", "NET_BIND_SERVICE", "--cap-add", "CHOWN")]
    [InlineData("00000000a82425fb", "--cap-add", "SYS_ADMIN")]
    [InlineData("00000000a80425fa", "--cap-drop", "CHOWN")]
    [InlineData("0000000000000000", "--user", "user")]
    public void Gives_exactly_the_asked_capabilities(string effective, params string[] flags)
    {
        Inside("grep CapEff /proc/self/status", flags).Should().Be($"CapEff:\t{effective}\n");
    }

    /// <summary>docker asks for all that it knows; what this machine itself does not have is left out.</summary>
    [RootTheory]
    [InlineData("--privileged")]
    [InlineData("--cap-add", "ALL")]
    public void Gives_all_capabilities_that_the_machine_has(params string[] flags)
    {
        Inside("grep CapEff /proc/self/status", flags).Should().Be($"CapEff:\t{OfMachine() & KnownToDocker:x16}\n");
    }

    [RootFact]
    public void Gives_a_privileged_container_the_devices_and_lets_it_mount()
    {
        Inside("mount -t tmpfs x /mnt && ls -l /dev/fuse | cut -c1; grep Seccomp: /proc/self/status", "--privileged")
            .Should().Be("c\nSeccomp:\t0\n");
    }

    [RootFact]
    public void Executes_with_privileges()
    {
        string name = engine.Detach("exec sleep 100");

        engine.Do("exec", "--privileged", name, "grep", "CapEff", "/proc/self/status").Ok()
            .Stdout.Should().Be($"CapEff:\t{OfMachine() & KnownToDocker:x16}\n");
        engine.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Sets_seccomp_and_no_new_privileges()
    {
        string profile = Path.Combine(engine.Work, "profile.json");
        File.WriteAllText(profile, """
            {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
             "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]}
            """);

        Inside("grep Seccomp: /proc/self/status", "--security-opt", "seccomp=unconfined").Should().Be("Seccomp:\t0\n");
        Run("mkdir /x", "--security-opt", $"seccomp={profile}").Exits(1).Stderr
            .Should().Contain("Function not implemented");
        Run("unshare -m true").Exits(1).Stderr.Should().Contain("Operation not permitted");
        Inside("grep NoNewPrivs /proc/self/status", "--security-opt", "no-new-privileges")
            .Should().Be("NoNewPrivs:\t1\n");
    }

    [RootFact]
    public void Sets_ulimits_and_kernel_settings()
    {
        Inside("ulimit -Sn; ulimit -Hn; ulimit -c", "--ulimit", "nofile=1234:2345", "--ulimit", "core=0")
            .Should().Be("1234\n2345\n0\n");
        Inside("cat /proc/sys/net/core/somaxconn", "--sysctl", "net.core.somaxconn=1024").Should().Be("1024\n");
    }

    [RootFact]
    public void Makes_devices()
    {
        Inside(
            "ls -l /dev/fuse2 | cut -c1; head -c 0 /dev/fuse2 && echo readable",
            "--device", "/dev/fuse:/dev/fuse2:rw", "--device-cgroup-rule", "c 42:* rmw").Should().Be("c\nreadable\n");
        Run("mknod /dev/vda b 254 0 && head -c 1 /dev/vda").Exits(1).Stderr.Should().Contain("Operation not permitted");
    }

    [RootFact]
    public void Mounts_volumes()
    {
        string file = Path.Combine(engine.Work, "volume-file");
        File.WriteAllText(file, "of the host\n");

        Inside("cat /mnt/volume-file", "-v", $"{engine.Work}:/mnt:ro").Should().Be("of the host\n");
        Run("touch /mnt/x", "-v", $"{engine.Work}:/mnt:ro").Exits(1).Stderr.Should().Contain("Read-only file system");
        Inside("cat /etc/motd", "-v", $"{file}:/etc/motd").Should().Be("of the host\n");
        Inside("touch /named/x", "-v", "/data", "-v", "named:/named").Should().BeEmpty();
        Inside("ls /named", "-v", "named:/named").Should().Be("x\n");
        engine.Do("volume", "rm", "named").Ok();
    }

    [RootFact]
    public void Runs_as_users_and_groups()
    {
        Inside("id", "--user", "user").Should().Be("uid=1000(user) gid=1000(user) groups=1000(user),2000(extra)\n");
        Inside("id", "--user", "1234:5678", "--group-add", "999").Should().Be("uid=1234 gid=5678 groups=999,5678\n");
    }

    [RootFact]
    public void Starts_an_init()
    {
        Inside("tr '\\0' ' ' </proc/1/cmdline", "--init").Should().StartWith("/sbin/docker-init -- sh -c");
    }

    [RootFact]
    public void Names_the_host_and_its_addresses()
    {
        Inside(
            "hostname; grep 1.2.3.4 /etc/hosts; grep 9.9.9.9 /etc/resolv.conf",
            "-h", "myhost", "--add-host", "a:1.2.3.4", "--dns", "9.9.9.9")
            .Should().Be("myhost\n1.2.3.4\ta\nnameserver 9.9.9.9\n");
    }

    [RootFact]
    public void Joins_namespaces_of_the_host_and_of_containers()
    {
        string host = engine.Run(
            "readlink", "/proc/self/ns/pid", "/proc/self/ns/ipc", "/proc/self/ns/uts", "/proc/self/ns/net").Ok().Stdout;
        string name = engine.Detach("exec sleep 100", "--ipc", "shareable");

        Inside(
            "for i in pid ipc uts net; do readlink /proc/self/ns/$i; done",
            "--pid", "host", "--ipc", "host", "--uts", "host", "--network", "host").Should().Be(host);
        Inside(
            "ps | grep -c '[s]leep 100'; for i in 1 self; do readlink /proc/$i/ns/net; done | uniq | wc -l",
            "--network", $"container:{name}", "--ipc", $"container:{name}", "--pid", $"container:{name}")
            .Should().Be("1\n1\n");
        engine.Do("rm", "-f", name).Ok();
    }

    [RootFact]
    public void Shows_its_own_cgroup_or_the_host_s()
    {
        Inside("grep memory /proc/self/cgroup", "--cgroupns", "private").Should().MatchRegex(":memory:/\n$");
        Inside("grep memory /proc/self/cgroup", "--cgroupns", "host", "--cgroup-parent", "/parent")
            .Should().MatchRegex(":memory:/parent/[0-9a-f]{64}\n$");
    }

    [RootFact]
    public void Connects_networks()
    {
        Inside("ls /sys/class/net", "--network", "none").Should().Be("lo\n");
        Inside("ls /sys/class/net", "--network", "bridge").Should().Be("eth0\nlo\n");
        engine.Do("network", "create", "other").Ok();
        string server = engine.Detach(
            "echo served >/tmp/index.html; exec httpd -f -p 80 -h /tmp", "--network", "other", "-p", "18080:80");

        Wait.Until(
            () => Run($"wget -qO- http://{server}/index.html", "--network", "other").Stdout,
            seen => seen == "served\n");
        engine.Run("busybox", "wget", "-qO-", "http://127.0.0.1:18080/index.html").Ok().Stdout.Should().Be("served\n");
        engine.Do("rm", "-f", server).Ok();
        engine.Do("network", "rm", "other").Ok();
    }

    private ulong OfMachine()
    {
        string line = engine.Run("grep", "CapEff", "/proc/self/status").Ok().Stdout;
        return ulong.Parse(
            line.Split('\t')[1], System.Globalization.NumberStyles.HexNumber,
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private string Inside(string script, params string[] flags)
    {
        return Run(script, flags).Ok().Stdout;
    }

    private RunResult Run(string script, params string[] flags)
    {
        return engine.Do(["run", "--rm", .. flags, "bb", "sh", "-c", script]);
    }
}
