using System.Collections.Generic;
using Csrun.Cgroups;
using Csrun.Spec;

namespace Csrun.Checkpoint.Tests;

/// <summary>Which mounts of a container criu leaves to the host.</summary>
public sealed class OutsideMountsTests
{
    private const string Mounts = """
        ,"mounts":[{"destination":"/proc","type":"proc","source":"proc"},
          {"destination":"/data","type":"bind","source":"/srv/a","options":["rbind"]},
          {"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup"},
          {"destination":"/data","type":"bind","source":"/srv/b","options":["bind"]}]
        """;

    private static readonly ContainerCgroups s_cgroups =
        ContainerCgroups.FromState(new Dictionary<string, string> { [""] = "/sys/fs/cgroup/web" });

    [Fact]
    public void Binds_by_their_last_source_and_the_cgroup()
    {
        Plan plan = Plans.With("""{"type":"mount"}""", Mounts);

        OutsideMounts.Of(plan, s_cgroups, null).Should().Equal(
            new OutsideMount("/sys/fs/cgroup", "/sys/fs/cgroup/web"), new OutsideMount("/data", "/srv/b"));
    }

    [Fact]
    public void Not_the_cgroups_of_a_cgroup_namespace()
    {
        Plan plan = Plans.With("""{"type":"mount"},{"type":"cgroup"}""", Mounts);

        OutsideMounts.Of(plan, s_cgroups, "/run/notify-here").Should().Equal(
            new OutsideMount("/data", "/srv/b"), new OutsideMount("/run/notify", "/run/notify-here"));
    }

    /// <summary>They are bound in a cgroup namespace too.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(""",{"type":"cgroup"}""")]
    public void Each_hierarchy_of_version_1(string further)
    {
        Plan plan = Plans.With("""{"type":"mount"}""" + further, Mounts);
        ContainerCgroups legacy = ContainerCgroups.FromState(
            new Dictionary<string, string>
            {
                ["memory"] = "/sys/fs/cgroup/memory/web",
                ["name=systemd"] = "/sys/fs/cgroup/systemd/web",
            });

        OutsideMounts.Of(plan, legacy, null).Should().Equal(
            new OutsideMount("/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/web"),
            new OutsideMount("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/systemd/web"),
            new OutsideMount("/data", "/srv/b"));
    }

    [Theory]
    [InlineData("0::/a/b\n", "|/a/b")]
    [InlineData("12:cpu,cpuacct:/a\n1:name=systemd:/b:c\n0::/\n", "cpu,cpuacct|/a;name=systemd|/b:c;|/")]
    [InlineData("", "")]
    public void Cgroups_of_a_process_are_read(string membership, string roots)
    {
        List<string> read = [];
        foreach ((string controllers, string path) in CgroupRoots.Of(membership))
        {
            read.Add(controllers + "|" + path);
        }

        string.Join(';', read).Should().Be(roots);
    }
}
