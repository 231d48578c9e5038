using System;
using System.IO;
using System.Linq;
using System.Text;
using Csrun.Cgroups.Tests.Support;

namespace Csrun.Cgroups.Tests;

/// <summary>What the lines of /proc/self/cgroup and /proc/self/mountinfo come to.</summary>
public sealed class LayoutTests
{
    private static string Mounted(CgroupHierarchy hierarchy)
    {
        return Encoding.UTF8.GetString(hierarchy.MountPoint).TrimEnd('\0');
    }

    private static CgroupHierarchy Holding(CgroupLayout layout, string controller)
    {
        return layout.Hierarchies.Single(h => h.Has(controller));
    }

    [Fact]
    public void Pure_v2_has_one_hierarchy()
    {
        CgroupLayout layout = Layouts.PureV2;

        layout.IsPureV2.Should().BeTrue();
        layout.Hierarchies.Should().ContainSingle().Which.Should().BeSameAs(layout.Unified);
        Mounted(layout.Unified!).Should().Be("/sys/fs/cgroup");
        layout.Unified!.OwnPath.Should().Be("/user.slice/user-1000.slice/session-3.scope");
        layout.Unified.Controllers.Should().BeEmpty();
    }

    [Fact]
    public void A_named_hierarchy_beside_v2_makes_no_hybrid()
    {
        CgroupLayout layout = Layouts.Parse(
            "1:name=systemd:/\n0::/system.slice",
            """
            28 23 0:25 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate
            99 28 0:44 / /sys/fs/cgroup/systemd rw,relatime shared:9 - cgroup cgroup rw,name=systemd
            """);

        layout.IsPureV2.Should().BeTrue();
        layout.Hierarchies.Should().ContainSingle().Which.Should().BeSameAs(layout.Unified);
    }

    [Fact]
    public void Joined_controllers_share_a_hierarchy()
    {
        CgroupLayout layout = Layouts.JoinedV1;

        layout.IsPureV2.Should().BeFalse();
        layout.Unified.Should().BeNull();
        Holding(layout, "cpu").Should().BeSameAs(Holding(layout, "cpuacct"));
        Mounted(Holding(layout, "cpu")).Should().Be("/sys/fs/cgroup/cpu,cpuacct");
        Holding(layout, "cpu").OwnPath.Should().Be("/user.slice");
        Holding(layout, "name=systemd").DirectoryName.Should().Be("systemd");
    }

    [Fact]
    public void A_controller_is_not_found_by_a_part_of_its_name()
    {
        Holding(Layouts.Hybrid, "cpu").Controllers.Should().Be("cpu");
        Mounted(Holding(Layouts.Hybrid, "cpu")).Should().Be("/sys/fs/cgroup/cpu");
        Mounted(Holding(Layouts.Hybrid, "cpuset")).Should().Be("/sys/fs/cgroup/cpuset");
    }

    [Fact]
    public void Hybrid_lists_the_v2_tree_last()
    {
        CgroupLayout layout = Layouts.Hybrid;

        layout.IsPureV2.Should().BeFalse();
        layout.Hierarchies[^1].Should().BeSameAs(layout.Unified);
        Mounted(layout.Unified!).Should().Be("/sys/fs/cgroup/unified");
        Holding(layout, "memory").OwnPath.Should().Be("/process_api/bf15daa1");
    }

    [Fact]
    public void Docker_in_docker_sees_its_own_cgroup_as_the_top_of_the_mount()
    {
        CgroupLayout layout = Layouts.Parse(
            """
            4:memory:/docker/0123abcd
            3:devices:/docker/0123abcd/inner
            """,
            """
            571 560 0:31 /docker/0123abcd /sys/fs/cgroup/memory ro,relatime master:14 - cgroup cgroup rw,memory
            572 560 0:32 /docker/0123abcd /sys/fs/cgroup/devices ro,relatime master:15 - cgroup cgroup rw,devices
            """);

        Holding(layout, "memory").OwnPath.Should().Be("/");
        Holding(layout, "devices").OwnPath.Should().Be("/inner");
    }

    [Fact]
    public void A_private_cgroup_namespace_begins_at_its_own_top()
    {
        CgroupLayout layout = Layouts.Parse(
            "0::/init",
            "803 802 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate");

        layout.Unified!.OwnPath.Should().Be("/init");
    }

    [Theory]
    [InlineData("/../../docker/other", "/")]
    [InlineData("/", "/../..")]
    public void What_lies_outside_the_cgroup_namespace_counts_as_the_top(string own, string root)
    {
        CgroupLayout layout = Layouts.Parse($"0::{own}", $"803 802 0:26 {root} /sys/fs/cgroup rw - cgroup2 cgroup rw");

        layout.Unified!.OwnPath.Should().Be("/");
    }

    [Fact]
    public void An_own_cgroup_that_the_mount_does_not_show_counts_as_the_top()
    {
        CgroupLayout layout = Layouts.Parse(
            "4:memory:/docker/second", "571 560 0:31 /docker/first /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory");

        Holding(layout, "memory").OwnPath.Should().Be("/");
    }

    [Fact]
    public void Of_several_mounts_the_one_below_sys_fs_cgroup_is_taken()
    {
        CgroupLayout layout = Layouts.Parse(
            "4:memory:/",
            """
            90 80 0:31 /docker/a /var/lib/docker/overlay2/x/merged/sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
            34 30 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            91 80 0:31 /docker/b /var/lib/docker/overlay2/y/merged/sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
            """);

        Mounted(Holding(layout, "memory")).Should().Be("/sys/fs/cgroup/memory");
    }

    [Fact]
    public void A_hierarchy_under_another_mount_is_not_there()
    {
        CgroupLayout layout = Layouts.Parse(
            "0::/",
            """
            28 23 0:25 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            60 28 0:60 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            """);

        layout.Hierarchies.Should().BeEmpty();
        layout.Unified.Should().BeNull();
    }

    [Fact]
    public void Hierarchies_under_a_second_tmpfs_are_not_there()
    {
        CgroupLayout layout = Layouts.Parse(
            "4:memory:/\n0::/",
            """
            30 22 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
            34 30 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            40 30 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            70 30 0:70 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
            71 70 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            """);

        layout.Hierarchies.Should().ContainSingle().Which.IsUnified.Should().BeTrue();
    }

    [Fact]
    public void A_hierarchy_that_is_not_mounted_is_left_out()
    {
        CgroupLayout layout = Layouts.Parse("9:perf_event:/\n0::/", "28 23 0:25 / /sys/fs/cgroup rw - cgroup2 x rw");

        layout.Hierarchies.Should().ContainSingle();
    }

    [Fact]
    public void Escapes_in_mount_points_are_undone()
    {
        CgroupLayout layout = Layouts.Parse("0::/", @"28 23 0:25 / /mnt/a\040b\134c rw - cgroup2 cgroup2 rw");

        Mounted(layout.Unified!).Should().Be(@"/mnt/a b\c");
    }

    [Fact]
    public void An_own_cgroup_that_was_removed_keeps_its_name()
    {
        CgroupLayout layout = Layouts.Parse("0::/gone (deleted)", "28 23 0:25 / /sys/fs/cgroup rw - cgroup2 x rw");

        layout.Unified!.OwnPath.Should().Be("/gone");
    }

    [Fact]
    public void Optional_fields_of_a_mount_do_not_matter()
    {
        CgroupLayout layout = Layouts.Parse(
            "0::/", "28 23 0:25 / /sys/fs/cgroup rw shared:4 master:9 propagate_from:2 - cgroup2 cgroup2 rw");

        layout.Unified.Should().NotBeNull();
    }

    [Fact]
    public void This_machine_is_read_as_the_kernel_shows_it()
    {
        CgroupLayout layout = CgroupLayout.Detect();

        string[] lines = File.ReadAllLines("/proc/self/cgroup");
        foreach (CgroupHierarchy hierarchy in layout.Hierarchies)
        {
            lines.Should().Contain(l => l.Contains($":{hierarchy.Controllers}:", StringComparison.Ordinal));
            Directory.Exists(Mounted(hierarchy)).Should().BeTrue();
        }

        layout.Hierarchies.Should().NotBeEmpty();
    }

    [Fact]
    public void Lines_longer_than_the_buffer_are_passed_over()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "first\n" + new string('x', 100) + "\nsecond\nthird");
            using FileStream stream = File.OpenRead(path);
            FileLines lines = new((int)stream.SafeFileHandle.DangerousGetHandle(), new byte[32]);
            System.Collections.Generic.List<string> read = [];
            while (lines.MoveNext())
            {
                read.Add(Encoding.UTF8.GetString(lines.Current));
            }

            read.Should().Equal("first", "second", "third");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
