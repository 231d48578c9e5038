using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Csrun.Testing.Outside;

namespace Csrun.CgroupCommands.Tests;

/// <summary>Limits of config.json as the host's control files have them, and what they do to programs.</summary>
public sealed class LimitTests : RuntimeTest
{
    [RootTheory]
    [InlineData(
        "hugetlb", "hugetlb.2MB.limit_in_bytes", "4194304", "hugepageLimits",
        """[{"pageSize": "2MB", "limit": 4194304}]""")]
    [InlineData(
        "hugetlb", "hugetlb.1GB.limit_in_bytes", "1073741824", "hugepageLimits",
        """[{"pageSize": "1GB", "limit": 1073741824}]""")]
    [InlineData("blkio", "blkio.bfq.weight", "333", "blockIO", """{"weight": 333}""")]
    [InlineData("pids", "pids.max", "max", "pids", """{"limit": -1}""")]
    [InlineData("cpu", "cpu.cfs_quota_us", "-1", "cpu", """{"quota": -1}""")]
    [InlineData("cpuset", "cpuset.mems", "0", "cpu", """{"cpus": "0-1", "mems": "0"}""")]
    [InlineData("memory", "memory.swappiness", "0", "memory", """{"swappiness": 0}""")]
    [InlineData(
        "memory", "memory.oom_control", "oom_kill_disable 1\nunder_oom 0\noom_kill 0", "memory",
        """{"disableOOMKiller": true}""")]
    public void Are_in_the_control_files(string controller, string file, string value, string resource, string json)
    {
        Bundle bundle = NewBundle();
        bundle.Resources[resource] = JsonNode.Parse(json);
        Container container = NewContainer(bundle).Create();

        CgroupFiles.Read(controller, container.Pid, file).Should().Be(value);
    }

    [CsrunTheory]
    [InlineData(
        "hugetlb", "hugetlb.2MB.rsvd.limit_in_bytes", "4194304", "hugepageLimits",
        """[{"pageSize": "2MB", "limit": 4194304}]""")]
    [InlineData("cpu", "cpu.cfs_burst_us", "10000", "cpu", """{"quota": 50000, "period": 100000, "burst": 10000}""")]
    [InlineData("cpu", "cpu.idle", "1", "cpu", """{"idle": 1}""")]
    [InlineData("pids", "pids.max", "1", "pids", """{"limit": 0}""")]
    public void Are_in_the_control_files_that_newer_runtimes_know(
        string controller, string file, string value, string resource, string json)
    {
        Are_in_the_control_files(controller, file, value, resource, json);
    }

    [CsrunTheory]
    [InlineData("network", """{"classID": 1048577}""", "network.classID", "net_cls")]
    [InlineData("rdma", """{"mlx5_1": {"hcaHandles": 3}}""", "rdma", "rdma")]
    [InlineData("unified", """{"memory.high": "1000000"}""", "unified", "cgroup")]
    [InlineData("hugepageLimits", """[{"pageSize": "64KB", "limit": 65536}]""", "hugepageLimits[0]", "hugetlb.64KB")]
    [InlineData("cpu", """{"cpus": "40"}""", "cpu.cpus", "cpuset.cpus")]
    public void Are_refused_by_name_where_this_host_cannot_keep_them(
        string resource, string json, string place, string what)
    {
        Bundle bundle = NewBundle().Save();
        bundle.Resources[resource] = JsonNode.Parse(json);

        Run(bundle.Args("/bin/true")).Exits(1).Stderr.Should().Contain(place).And.Contain(what);
    }

    [RootFact]
    public void Stop_a_fork_bomb()
    {
        // The shell forks no more once the bomb goes off: a shell that cannot fork ends.
        Bundle bundle = NewBundle().Sh("bomb() { bomb | bomb & }; sleep 100 & (bomb) & wait");
        bundle.Resources["pids"] = new JsonObject { ["limit"] = 24 };
        Container container = NewContainer(bundle).Create().Start();

        int most = 0;
        Wait.Until(
            () =>
            {
                most = Math.Max(most, int.Parse(CgroupFiles.Read("pids", container.Pid, "pids.current"), null));
                return CgroupFiles.Read("pids", container.Pid, "pids.events");
            },
            hits => int.Parse(hits.Split(' ')[1], null) > 0);

        most.Should().BeInRange(2, 24);
        container.Do("delete", "--force", container.Id).Ok();
        container.Await().Should().Be(137);
    }

    [RootFact]
    public void Kill_by_memory_and_count_it()
    {
        Bundle bundle = NewBundle().Sh("dd if=/dev/zero of=/dev/null bs=64M count=1; echo code $?; sleep 100");
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 16 << 20, ["swap"] = 16 << 20 };
        Container container = NewContainer(bundle).Create().Start();

        container.Stdout.Await("code 137");
        CgroupFiles.Read("memory", container.Pid, "memory.oom_control").Should().EndWith("oom_kill 1");
    }

    [RootFact]
    public void Give_a_busy_program_its_share_of_a_CPU()
    {
        Bundle bundle = NewBundle().Sh("while :; do :; done");
        bundle.Resources["cpu"] = JsonNode.Parse("""{"quota": 10000, "period": 100000}""");
        Container container = NewContainer(bundle).Create().Start();

        long before = long.Parse(CgroupFiles.Read("cpuacct", container.Pid, "cpuacct.usage"), null);
        long start = Environment.TickCount64;
        System.Threading.Thread.Sleep(1000);
        double used = (long.Parse(CgroupFiles.Read("cpuacct", container.Pid, "cpuacct.usage"), null) - before) / 1e6;

        (used / (Environment.TickCount64 - start)).Should().BeInRange(0.01, 0.2);
        CgroupFiles.Read("cpu", container.Pid, "cpu.stat").Should().NotContain("nr_throttled 0\n");
    }

    [RootTheory]
    [InlineData("rwm", "opened to read\nopened to write")]
    [InlineData("rm", "opened to read\n")]
    [InlineData("wm", "\nopened to write")]
    public void Let_a_device_be_opened_as_its_rule_says(string access, string seen)
    {
        // 10:237 is loop-control, which no default rule allows.
        Bundle bundle = NewBundle().Capabilities("CAP_MKNOD", "CAP_DAC_OVERRIDE")
            .Mount("/mnt", "tmpfs", "tmpfs", "dev");
        bundle.Process["noNewPrivileges"] = false;
        bundle.Resources["devices"] = new JsonArray(
            new JsonObject { ["allow"] = false, ["access"] = "rwm" },
            new JsonObject { ["allow"] = true, ["type"] = "c", ["major"] = 10, ["minor"] = 237, ["access"] = access });
        const string Script =
            "mknod /mnt/d c 10 237; (: < /mnt/d && echo opened to read) 2>&1; (: > /mnt/d && echo opened to write) "
                + "2>&1; true";

        string output = Inside(bundle, Script);

        output.Should().Contain(seen);
        output.Split('\n').Count(line => line.Contains("not permitted", StringComparison.Ordinal))
            .Should().Be(3 - access.Length);
    }

    [RootFact]
    public void Are_shared_below_one_parent()
    {
        string parent = $"/csrun-test-{Path.GetFileName(Work)}";
        Container[] both = [.. new[] { "one", "two" }.Select(name =>
        {
            Bundle bundle = NewBundle().Sh("sleep 100");
            bundle.Linux["cgroupsPath"] = $"{parent}/{name}";
            return NewContainer(bundle).Create().Start();
        })];

        CgroupFiles.Directory("pids", both[0].Pid).Should().Be($"/sys/fs/cgroup/pids{parent}/one");
        CgroupFiles.Directory("pids", both[1].Pid).Should().Be($"/sys/fs/cgroup/pids{parent}/two");
        both[0].Do("pause", both[0].Id).Ok();
        both[1].Status().Should().Be("running");
        both[0].Do("delete", "--force", both[0].Id).Ok();
        both[1].Status().Should().Be("running");
        Directory.Exists($"/sys/fs/cgroup/pids{parent}").Should().BeTrue();
        both[1].Do("delete", "--force", both[1].Id).Ok();
        RemoveEverywhere(parent);
    }

    [RootTheory]
    [InlineData("csrun-test-relative/deep")]
    [InlineData("./csrun-test-relative//./deep/")]
    public void Are_below_the_callers_cgroup_for_a_relative_path(string path)
    {
        Bundle bundle = NewBundle().Sh("sleep 100");
        bundle.Linux["cgroupsPath"] = path;
        Container container = NewContainer(bundle).Create();

        foreach (string controller in new[] { "memory", "pids", "freezer" })
        {
            CgroupFiles.Directory(controller, container.Pid)
                .Should().Be($"/sys/fs/cgroup/{controller}{CgroupFiles.OwnPath(controller)}/csrun-test-relative/deep");
        }

        container.Delete();
        foreach (string mount in Directory.GetDirectories("/sys/fs/cgroup"))
        {
            string own = File.ReadAllLines("/proc/self/cgroup").Select(line => line.Split(':', 3))
                .Where(fields =>
                    Path.GetFileName(mount) == (fields[1].Length == 0 ? "unified" : fields[1].Replace("name=", "")))
                .Select(fields => fields[2].TrimEnd('/')).FirstOrDefault("");
            Remove($"{mount}{own}/csrun-test-relative");
        }
    }

    [CsrunTheory]
    [InlineData("../../csrun-test-above")]
    [InlineData("/csrun-test/../csrun-test-above")]
    public void Are_refused_where_the_path_goes_up(string path)
    {
        Bundle bundle = NewBundle().Args("/bin/true");
        bundle.Linux["cgroupsPath"] = path;

        Run(bundle).Exits(1).Stderr.Should().Contain("linux.cgroupsPath").And.Contain("without ..");
    }

    [CsrunFact]
    public void Leave_no_cgroup_when_csrun_is_killed_in_the_middle()
    {
        Bundle bundle = NewBundle().Sh("sleep 100");
        Container container = NewContainer(bundle).Create();
        int pid = container.Pid;
        string directory = CgroupFiles.Directory("memory", pid);

        // As a killed create leaves it: the record of before the clone, and cgroups with a process that the kernel
        // kills.
        string state = Path.Combine(StateRoot, container.Id, "state.json");
        string record = File.ReadAllText(state);
        JsonObject json = JsonNode.Parse(record)!.AsObject();
        json["init_process_pid"] = 0;
        File.WriteAllText(state, json.ToJsonString());
        Programs.Run("kill", "-KILL", pid.ToString(CultureInfo.InvariantCulture));

        container.Do("delete", "--force", container.Id).Ok();

        container.Await().Should().Be(137);
        Directory.Exists(directory).Should().BeFalse();
        Processes.Find(pid).Should().BeNull();
    }

    private static void RemoveEverywhere(string path)
    {
        foreach (string mount in Directory.GetDirectories("/sys/fs/cgroup"))
        {
            Remove(mount + path);
        }
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path);
        }
    }
}
