using System.Text;

namespace Csrun.Cgroups.Tests.Support;

/// <summary>Layouts of hosts, from what their kernels show in /proc.</summary>
internal static class Layouts
{
    public static CgroupLayout Parse(string cgroup, string mountinfo)
    {
        LayoutBuilder builder = new();
        foreach (string line in cgroup.Split('\n'))
        {
            builder.AddMembership(Encoding.UTF8.GetBytes(line));
        }

        foreach (string line in mountinfo.Split('\n'))
        {
            builder.AddMount(Encoding.UTF8.GetBytes(line));
        }

        return builder.Build();
    }

    /// <summary>Fedora, Debian 12, Ubuntu 22.04: cgroup v2 alone, a user's session.</summary>
    public static CgroupLayout PureV2 => Parse(
        "0::/user.slice/user-1000.slice/session-3.scope",
        """
        22 96 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw
        23 96 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:2 - sysfs sysfs rw,seclabel
        28 23 0:25 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
        96 1 253:0 / / rw,relatime shared:1 - xfs /dev/mapper/root rw,attr2
        """);

    /// <summary>CentOS 7: v1 alone, joined controllers.</summary>
    public static CgroupLayout JoinedV1 => Parse(
        """
        11:freezer:/
        10:cpuset:/
        9:memory:/user.slice
        8:net_prio,net_cls:/
        4:cpuacct,cpu:/user.slice
        1:name=systemd:/user.slice/user-0.slice/session-1.scope
        """,
        """
        24 17 0:20 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:8 - tmpfs tmpfs ro,mode=755
        25 24 0:21 / /sys/fs/cgroup/systemd rw,relatime shared:9 - cgroup cgroup rw,xattr,release_agent=/usr/lib/systemd/systemd-cgroups-agent,name=systemd
        30 24 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:13 - cgroup cgroup rw,cpuacct,cpu
        31 24 0:27 / /sys/fs/cgroup/memory rw,relatime shared:14 - cgroup cgroup rw,memory
        32 24 0:28 / /sys/fs/cgroup/net_cls,net_prio rw,relatime shared:15 - cgroup cgroup rw,net_prio,net_cls
        33 24 0:29 / /sys/fs/cgroup/cpuset rw,relatime shared:16 - cgroup cgroup rw,cpuset
        34 24 0:30 / /sys/fs/cgroup/freezer rw,relatime shared:17 - cgroup cgroup rw,freezer
        """);

    /// <summary>A machine with every controller in a hierarchy of its own, and the v2 tree beside them.</summary>
    public static CgroupLayout Hybrid => Parse(
        """
        5:devices:/
        4:memory:/process_api/bf15daa1
        3:cpuset:/
        1:cpu:/
        0::/
        """,
        """
        30 22 0:27 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        31 30 0:28 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
        33 30 0:30 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
        34 30 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        35 30 0:32 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
        40 30 0:37 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """);
}
