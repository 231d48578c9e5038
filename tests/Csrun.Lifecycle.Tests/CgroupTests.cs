using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>Where a container is accounted, and its limits, as the host's files show them.</summary>
public sealed class CgroupTests : RuntimeTest
{
    [RootFact]
    public void Is_in_its_own_cgroup_of_every_hierarchy()
    {
        Container container = NewContainer(NewBundle()).Create();

        string[] paths = [.. File.ReadAllLines($"/proc/{container.Pid}/cgroup").Select(line => line.Split(':', 3)[2])];

        paths.Should().OnlyContain(path => path.EndsWith("/" + container.Id, StringComparison.Ordinal));
    }

    [RootFact]
    public void Lands_below_the_callers_own_cgroup_where_no_path_is_given()
    {
        Container container = NewContainer(NewBundle()).Create();

        CgroupFiles.Directory("memory", container.Pid)
            .Should().Be($"/sys/fs/cgroup/memory{CgroupFiles.OwnPath("memory")}/{container.Id}");
    }

    [RootFact]
    public void Is_where_its_absolute_path_says()
    {
        Bundle bundle = NewBundle();
        string path = $"/csrun-test-{Path.GetFileName(Work)}/deep/one";
        bundle.Linux["cgroupsPath"] = path;
        Container container = NewContainer(bundle).Create();

        foreach (string controller in new[] { "memory", "pids", "cpu", "devices", "freezer" })
        {
            CgroupFiles.Directory(controller, container.Pid).Should().Be($"/sys/fs/cgroup/{controller}{path}");
        }

        container.Delete();
        foreach (string controller in Directory.GetDirectories("/sys/fs/cgroup"))
        {
            RemoveParents(controller, path);
        }
    }

    [RootTheory]
    [InlineData("memory", "memory.limit_in_bytes", "33554432", "memory", "{\"limit\": 33554432}")]
    [InlineData("memory", "memory.soft_limit_in_bytes", "16777216", "memory", "{\"reservation\": 16777216}")]
    [InlineData(
        "memory", "memory.memsw.limit_in_bytes", "50331648", "memory", "{\"limit\": 33554432, \"swap\": 50331648}")]
    [InlineData("memory", "memory.swappiness", "10", "memory", "{\"swappiness\": 10}")]
    [InlineData("cpu", "cpu.shares", "512", "cpu", "{\"shares\": 512}")]
    [InlineData("cpu", "cpu.cfs_quota_us", "50000", "cpu", "{\"quota\": 50000, \"period\": 100000}")]
    [InlineData("cpu", "cpu.cfs_period_us", "200000", "cpu", "{\"quota\": 50000, \"period\": 200000}")]
    [InlineData("cpuset", "cpuset.cpus", "1", "cpu", "{\"cpus\": \"1\"}")]
    [InlineData("pids", "pids.max", "77", "pids", "{\"limit\": 77}")]
    public void Has_its_limit(string controller, string file, string value, string resource, string json)
    {
        Bundle bundle = NewBundle();
        bundle.Resources[resource] = JsonNode.Parse(json);
        Container container = NewContainer(bundle).Create();

        CgroupFiles.Read(controller, container.Pid, file).Should().Be(value);
    }

    [RootFact]
    public void Takes_0_for_unset_as_engines_mean_it()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 0 };
        bundle.Resources["cpu"] = new JsonObject { ["shares"] = 0, ["quota"] = 0, ["period"] = 0 };
        bundle.Resources["pids"] = new JsonObject { ["limit"] = 0 };
        bundle.Resources["blockIO"] = new JsonObject { ["weight"] = 0 };

        Run(bundle.Args("/bin/true")).Ok();
    }

    [RootFact]
    public void Ends_a_program_that_wants_more_memory_than_it_may_have()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 16 << 20, ["swap"] = 16 << 20 };

        Run(bundle.Args("/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1")).Exits(137);
    }

    [CsrunFact]
    public void Says_so_where_a_memory_limit_ends_the_program()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 16 << 20, ["swap"] = 16 << 20 };

        Run(bundle.Args("/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1")).Stderr
            .Should().Contain("killed at the memory limit of its cgroup (linux.resources.memory.limit)");
    }

    /// <summary>On v2 the child is in its cgroup from the clone on: there create says it.</summary>
    [LegacyCgroupFact]
    public void Says_so_where_a_memory_limit_has_no_room_for_the_program_s_start()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 64 << 10 };

        Run(bundle.Args("/bin/true")).Exits(137).Stderr
            .Should().Contain("killed at the memory limit of its cgroup (linux.resources.memory.limit)");
    }

    [RootFact]
    public void Starts_within_a_small_limit()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 8 << 20 };

        Run(bundle.Sh("echo small")).Ok().Stdout.Should().Be("small\n");
    }

    /// <summary>crun 1.8.1 needs 224 KiB, runc 1.1.5 3 MiB (docs/decisions/cgroups.md).</summary>
    [LegacyCgroupFact]
    public void Starts_within_the_limit_that_crun_needs()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 224 << 10 };

        Run(bundle.Args("/bin/true")).Ok();
    }

    [RootFact]
    public void Stops_a_program_that_wants_too_many_processes()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["pids"] = new JsonObject { ["limit"] = 5 };

        RunResult result = Run(bundle.Sh("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done"));

        result.ExitCode.Should().NotBe(0);
        result.Stderr.Should().Contain("can't fork");
    }

    [RootFact]
    public void Shows_the_hierarchies_read_only_inside()
    {
        Inside(
            NewBundle(),
            "ls -d /sys/fs/cgroup/memory /sys/fs/cgroup/pids; mkdir /sys/fs/cgroup/memory/x 2>&1; cat "
                + "/sys/fs/cgroup/pids/pids.max")
            .Should().Contain("/sys/fs/cgroup/memory\n").And.Contain("Read-only file system").And.EndWith("max");
    }

    [RootFact]
    public void Keeps_the_programs_children_in_the_cgroup()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100 & sleep 100 & echo ready; wait")).Create().Start();
        container.Stdout.Await("ready");

        CgroupFiles.Read("pids", container.Pid, "cgroup.procs").Split('\n').Should().HaveCount(3);
    }

    // The parents of an absolute path are the caller's to remove; this test is the caller.
    private static void RemoveParents(string hierarchy, string path)
    {
        for (string? at = hierarchy + Path.GetDirectoryName(path); at is not null && at != hierarchy;
            at = Path.GetDirectoryName(at))
        {
            if (Directory.Exists(at))
            {
                Directory.Delete(at);
            }
        }
    }

    [CsrunFact]
    public void Says_so_where_a_memory_limit_ends_the_container_before_it_is_set_up()
    {
        Bundle bundle = NewBundle();
        bundle.Resources["memory"] = new JsonObject { ["limit"] = 1 };

        Run(bundle).Exits(1).Stderr.Should().Contain("linux.resources.memory.limit");
    }
}
