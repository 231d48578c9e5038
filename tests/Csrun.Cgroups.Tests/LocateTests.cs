using System;
using System.Collections.Generic;
using System.Linq;
using Csrun.Cgroups.Tests.Support;
using Csrun.Linux;

namespace Csrun.Cgroups.Tests;

/// <summary>Where a container's cgroups are (LNX-CGP).</summary>
public sealed class LocateTests
{
    [Fact]
    public void An_absolute_path_is_below_every_mount_point()
    {
        ContainerCgroups.Locate(Layouts.Hybrid, "/docker/abc", "abc").Paths.Should().Equal(
            new Dictionary<string, string>
            {
                ["devices"] = "/sys/fs/cgroup/devices/docker/abc",
                ["memory"] = "/sys/fs/cgroup/memory/docker/abc",
                ["cpuset"] = "/sys/fs/cgroup/cpuset/docker/abc",
                ["cpu"] = "/sys/fs/cgroup/cpu/docker/abc",
                [""] = "/sys/fs/cgroup/unified/docker/abc",
            });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_path_the_id_is_below_the_own_cgroup(string? path)
    {
        IReadOnlyDictionary<string, string> paths = ContainerCgroups.Locate(Layouts.Hybrid, path, "web").Paths;

        paths["memory"].Should().Be("/sys/fs/cgroup/memory/process_api/bf15daa1/web");
        paths["cpu"].Should().Be("/sys/fs/cgroup/cpu/web");
        paths[""].Should().Be("/sys/fs/cgroup/unified/web");
    }

    [Fact]
    public void A_relative_path_is_below_the_own_cgroup()
    {
        ContainerCgroups.Locate(Layouts.Hybrid, "a/b", "web").Paths["memory"]
            .Should().Be("/sys/fs/cgroup/memory/process_api/bf15daa1/a/b");
    }

    [Fact]
    public void On_pure_v2_a_relative_path_is_beside_the_own_cgroup_which_holds_processes()
    {
        ContainerCgroups.Locate(Layouts.PureV2, null, "web").Paths[""]
            .Should().Be("/sys/fs/cgroup/user.slice/user-1000.slice/web");
    }

    [Theory]
    [InlineData("/../../x", "/sys/fs/cgroup/memory/x")]
    [InlineData("/a/../../b/./c//d/", "/sys/fs/cgroup/memory/b/c/d")]
    [InlineData("../../x", "/sys/fs/cgroup/memory/process_api/bf15daa1/x")]
    [InlineData("a/../b", "/sys/fs/cgroup/memory/process_api/bf15daa1/b")]
    public void Dots_are_taken_away_by_text_and_never_lead_up(string path, string expected)
    {
        ContainerCgroups.Locate(Layouts.Hybrid, path, "web").Paths["memory"].Should().Be(expected);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/..")]
    [InlineData(".")]
    [InlineData("a/..")]
    [InlineData("/a\0b")]
    public void A_path_that_is_no_cgroup_of_its_own_is_refused(string path)
    {
        Action locate = () => ContainerCgroups.Locate(Layouts.Hybrid, path, "web");

        locate.Should().Throw<KernelException>().Which.Place.Should().Be("linux.cgroupsPath");
    }

    [Fact]
    public void Joined_controllers_have_one_directory_and_all_their_names()
    {
        ContainerCgroups cgroups = ContainerCgroups.Locate(Layouts.JoinedV1, "/x", "x");

        cgroups.Paths["cpu"].Should().Be("/sys/fs/cgroup/cpu,cpuacct/x");
        cgroups.Paths["cpuacct"].Should().Be("/sys/fs/cgroup/cpu,cpuacct/x");
        CgroupMount mount = cgroups.Mounts.Single(m => m.Name == "cpu,cpuacct");
        mount.Links.Should().BeEquivalentTo("cpu", "cpuacct");
        Utf8.ToText(mount.Source).Should().Be("/sys/fs/cgroup/cpu,cpuacct/x");
        mount.Source[^1].Should().Be(0);
        cgroups.Mounts.Single(m => m.Name == "systemd").Links.Should().BeEmpty();
    }

    [Fact]
    public void State_keeps_the_paths()
    {
        IReadOnlyDictionary<string, string> paths = ContainerCgroups.Locate(Layouts.JoinedV1, "/x", "x").Paths;

        ContainerCgroups.FromState(paths).Paths.Should().BeEquivalentTo(paths);
        ContainerCgroups.FromState(paths).Mounts.Should().HaveCount(6);
    }

    [Fact]
    public void State_of_pure_v2_has_the_empty_name()
    {
        IReadOnlyDictionary<string, string> paths = ContainerCgroups.Locate(Layouts.PureV2, "/x", "x").Paths;

        paths.Should().ContainSingle();
        ContainerCgroups.FromState(paths).Paths.Should().BeEquivalentTo(paths);
    }
}
