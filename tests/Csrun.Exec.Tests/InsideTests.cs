using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Exec.Tests;

/// <summary>
/// The program is in the container whole: its namespaces, cgroups and keyring, and nothing of the caller's.
/// </summary>
public sealed class InsideTests : ExecTest
{
    private static readonly string[] s_kinds =
        ["cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "user", "uts"];

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Is_in_all_of_the_containers_namespaces(bool hasCgroupNamespace)
    {
        Bundle bundle = NewBundle();
        if (hasCgroupNamespace)
        {
            bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "cgroup" });
        }

        Container container = Running(bundle);

        Links(Sh(container, LinksOf("self"))).Should().Equal(Links(container.Pid));
    }

    [RootTheory]
    [InlineData("network", "net")]
    [InlineData("pid", "pid")]
    public void Shares_with_the_caller_what_the_container_shares(string type, string link)
    {
        Bundle bundle = NewBundle().WithoutNamespace(type);
        if (type == "network")
        {
            bundle.Config["mounts"]!.AsArray().Remove(bundle.MountAt("/sys/fs/cgroup"));
            bundle.Config["mounts"]!.AsArray().Remove(bundle.MountAt("/sys"));
        }

        Container container = Running(bundle);

        Sh(container, $"readlink /proc/self/ns/{link}").Should().Be(new FileInfo($"/proc/self/ns/{link}").LinkTarget);
        container.Kill().Ok();
        container.Await();
    }

    [RootFact]
    public void Sees_the_containers_processes_and_is_seen_by_them()
    {
        Sh(Running(), "cat /proc/1/comm; echo $(($$ > 1))").Should().Be("sleep\n1");
    }

    [RootFact]
    public void Is_in_all_of_the_containers_cgroups()
    {
        Container container = Running();

        Sh(container, "cat /proc/self/cgroup")
            .Should().Be(File.ReadAllText($"/proc/{container.Pid}/cgroup").TrimEnd('\n'));
    }

    [RootFact]
    public void Works_in_a_user_namespace()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        foreach (string map in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[map] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = 100000, ["size"] = 65536 });
        }

        Container container = Running(bundle);

        Links(Sh(container, LinksOf("self"))).Should().Equal(Links(container.Pid));
        Sh(container, "id -u; echo $(cat /proc/self/uid_map); grep CapEff /proc/self/status")
            .Should().Be("0\n0 100000 65536\nCapEff:\t0000000020000420");
        Sh(container, "id -u; id -g", "--user", "1000:1000").Should().Be("1000\n1000");
    }

    [RootFact]
    public void Has_nothing_open_but_its_stdio()
    {
        List<FileStream> held = [.. Enumerable.Range(0, 50).Select(_ => File.OpenRead("/etc/passwd"))];
        RunOptions options =
            new() { ExtraFds = [.. held.Select(file => (int)file.SafeFileHandle.DangerousGetHandle())] };

        Numbers(Exec(options, Running(), [], "/bin/ls", "-l", "/proc/self/fd").Ok().Stdout).Should().Equal(0, 1, 2);

        held.ForEach(file => file.Dispose());
    }

    [RootFact]
    public void Gets_the_descriptors_that_are_to_be_preserved()
    {
        using FileStream held = File.OpenRead("/etc/hostname");
        int fd = (int)held.SafeFileHandle.DangerousGetHandle();
        RunOptions options = new() { ExtraFds = [fd, fd, fd] };

        Numbers(Exec(options, Running(), ["--preserve-fds", "2"], "/bin/ls", "-l", "/proc/self/fd").Ok().Stdout)
            .Should().Equal(0, 1, 2, 3, 4);
    }

    [CsrunFact]
    public void Tells_the_program_of_the_service_managers_sockets()
    {
        using FileStream held = File.OpenRead("/etc/hostname");
        RunOptions options = new() { ExtraFds = [(int)held.SafeFileHandle.DangerousGetHandle()] };
        string exec =
            $"{Runtime.Path} --root {StateRoot} exec {Running().Id} /bin/sh -c 'echo $LISTEN_FDS $(($LISTEN_PID - "
                + "$$))'";

        Programs.Run(options, "sh", "-c", $"LISTEN_FDS=1 LISTEN_PID=$$ exec {exec}").Ok().Stdout.Should().Be("1 0\n");
    }

    [RootFact]
    public void Leads_a_session_of_its_own_with_default_signals()
    {
        Sh(Running(), "test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo leader").Should().Be("leader");

        // 32 and 33 are the C library's own, and come from the test's posix_spawn
        Exec(Running(), [], "/bin/grep", "-E", "SigBlk|SigIgn", "/proc/self/status").Ok().Stdout
            .Should().MatchRegex("^SigBlk:\t0{16}\nSigIgn:\t0{7}[01][08]0{7}\n$");
    }

    [RootFact]
    public void Shares_the_containers_session_keyring()
    {
        Bundle bundle = NewBundle();
        bundle.Linux.Remove("maskedPaths");
        Container container = Running(bundle);

        string count = $"grep -c ' _ses.{container.Id}:' /proc/keys";

        // A second one of that name would be a keyring of its own.
        Sh(container, count).Should().Be("1");
        Sh(container, count).Should().Be("1");
    }

    [RootFact]
    public void Runs_in_a_cgroup_below_the_containers()
    {
        Container container = Running();
        string line = File.ReadAllLines($"/proc/{container.Pid}/cgroup").Single(entry => entry.Contains(":pids:"));
        string below = $"/sys/fs/cgroup/pids{line.Split(':')[2]}/below";
        Directory.CreateDirectory(below);

        Sh(container, "grep :pids: /proc/self/cgroup", "--cgroup", "pids:below").Should().EndWith("/below");
        Sh(container, "grep :memory: /proc/self/cgroup", "--cgroup", "pids:below").Should().NotEndWith("/below");
    }

    [RootTheory]
    [InlineData("..")]
    [InlineData("pids:../..")]
    [InlineData("nonexistent:x")]
    [InlineData("pids:none-such")]
    [InlineData("a:b:c")]
    public void Refuses_a_cgroup_that_is_not_the_containers(string word)
    {
        Exec(Running(), ["--cgroup", word], "/bin/true").Exits(255).Stdout.Should().BeEmpty();
    }

    [CsrunTheory]
    [InlineData("../other", "bad sub cgroup path: ../other")]
    [InlineData("pids:a/../../..", "bad sub cgroup path: a/../../..")]
    [InlineData("nonexistent:x", "unknown controller \"nonexistent\"")]
    public void Says_which_cgroup_it_refuses(string word, string reason)
    {
        Exec(Running(), ["--cgroup", word], "/bin/true").Exits(255).Message.Should().Contain(reason);
    }

    [RootFact]
    public void Refuses_a_paused_container_unless_it_is_to_wait()
    {
        Container container = Running();
        using Pipe output = new();
        Freeze(container, true);
        try
        {
            Exec(container, [], "/bin/true").Exits(255).Message.Should()
                .Contain("cannot exec in a paused container (use --ignore-paused to override)");
            string exec = $"{Runtime.Path} --root {StateRoot} exec --ignore-paused {container.Id} /bin/echo late";
            string freezer = FreezerOf(container);

            Programs.Run(
                "sh", "-c", $"{exec} & sleep 0.3; echo early; echo THAWED > {freezer}/freezer.state; wait").Stdout
                .Should().Be("early\nlate\n");
        }
        finally
        {
            Freeze(container, false);
        }
    }

    [CsrunFact]
    public void Can_be_killed_with_its_container_while_an_exec_waits_in_it()
    {
        Container container = Running();
        Freeze(container, true);
        string exec =
            $"timeout -s INT 1 {Runtime.Path} --root {StateRoot} exec --ignore-paused {container.Id} /bin/true";

        Programs.Run(
            new RunOptions(), "sh", "-c",
            $"{exec} & sleep 0.3; {Runtime.Path} --root {StateRoot} delete --force {container.Id}; wait").Ok();

        Directory.Exists(Path.Combine(StateRoot, container.Id)).Should().BeFalse();
    }

    private static string FreezerOf(Container container)
    {
        string line = File.ReadAllLines($"/proc/{container.Pid}/cgroup").Single(entry => entry.Contains(":freezer:"));
        return "/sys/fs/cgroup/freezer" + line.Split(':')[2];
    }

    private static void Freeze(Container container, bool frozen)
    {
        string file = FreezerOf(container) + "/freezer.state";
        File.WriteAllText(file, frozen ? "FROZEN" : "THAWED");
        for (int i = 0; frozen && i < 200 && File.ReadAllText(file) != "FROZEN\n"; i++)
        {
            System.Threading.Thread.Sleep(10);
        }
    }

    private static string LinksOf(string pid)
    {
        return $"for k in {string.Join(' ', s_kinds)}; do readlink /proc/{pid}/ns/$k; done";
    }

    private static string[] Links(string listing)
    {
        return listing.Split('\n');
    }

    private static string[] Links(int pid)
    {
        return [.. s_kinds.Select(kind => new FileInfo($"/proc/{pid}/ns/{kind}").LinkTarget!)];
    }

    private static int[] Numbers(string listing)
    {
        return [.. listing.Split('\n')
            .Where(line => line.Contains(" -> ", System.StringComparison.Ordinal))
            .Select(line => line.Split(" -> "))
            .Where(entry => !entry[1].StartsWith("/proc/", System.StringComparison.Ordinal)) // the listing's own
            .Select(entry => int.Parse(entry[0].Split(' ')[^1])).Order()];
    }
}
