using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;

namespace Csrun.Cgroups;

/// <summary>
/// Works out the layout from the lines of /proc/self/cgroup, which must come first, and of /proc/self/mountinfo.
/// Pure. Sources: cgroups(7), proc_pid_mountinfo(5).
/// </summary>
internal sealed class LayoutBuilder
{
    private readonly List<Membership> _memberships = new(16);

    private sealed class Membership
    {
        public required byte[] Controllers;
        public required byte[] Path;
        public byte[]? MountPoint;
        public byte[]? MountRoot;
        public int MountId;
        public int ParentId;
    }

    /// <summary>Takes a line of /proc/self/cgroup: <c>4:cpu,cpuacct:/path</c>; v2 is <c>0::/path</c>.</summary>
    public void AddMembership(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)':');
        int length = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)':');
        if (length < 0)
        {
            return;
        }

        ReadOnlySpan<byte> path = line[(first + length + 2)..];
        ReadOnlySpan<byte> deleted = " (deleted)"u8;
        if (path.EndsWith(deleted))
        {
            path = path[..^deleted.Length];
        }

        _memberships.Add(new Membership
        {
            Controllers = line.Slice(first + 1, length).ToArray(),
            Path = path.ToArray(),
        });
    }

    /// <summary>
    /// Takes a line of /proc/self/mountinfo: <c>31 30 0:28 /root /mount/point rw,relatime shared:9 - cgroup cgroup
    /// rw,cpu</c>.
    /// </summary>
    public void AddMount(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line;
        _ = Utf8Parser.TryParse(NextField(ref rest), out int id, out _);
        _ = Utf8Parser.TryParse(NextField(ref rest), out int parentId, out _);
        NextField(ref rest);
        ReadOnlySpan<byte> root = NextField(ref rest);
        ReadOnlySpan<byte> mountPoint = NextField(ref rest);
        Uncover(parentId, mountPoint);
        int separator = rest.IndexOf(" - "u8);
        if (separator < 0)
        {
            return;
        }

        rest = rest[(separator + 3)..];
        ReadOnlySpan<byte> type = NextField(ref rest);
        bool unified = type.SequenceEqual("cgroup2"u8);
        if (!unified && !type.SequenceEqual("cgroup"u8))
        {
            return;
        }

        NextField(ref rest);
        foreach (Membership membership in _memberships)
        {
            if (unified ? membership.Controllers.Length == 0 : IsMountOf(rest, membership.Controllers))
            {
                Prefer(membership, id, parentId, Unescape(root), Unescape(mountPoint));
                return;
            }
        }
    }

    /// <summary>The layout of what was added.</summary>
    public CgroupLayout Build()
    {
        List<CgroupHierarchy> hierarchies = new(_memberships.Count);
        CgroupHierarchy? unified = null;
        bool isV2 = IsV2AtUsualPlace();
        foreach (Membership membership in _memberships)
        {
            if (membership.MountPoint is null || membership.MountRoot is null
                || (isV2 && membership.Controllers.AsSpan().StartsWith("name="u8)))
            {
                continue;
            }

            bool isUnified = membership.Controllers.Length == 0;
            byte[] mountPoint = new byte[membership.MountPoint.Length + 1];
            membership.MountPoint.CopyTo(mountPoint, 0);
            CgroupHierarchy hierarchy = new(
                isUnified,
                Encoding.UTF8.GetString(membership.Controllers),
                mountPoint,
                Below(membership.MountRoot, membership.Path));
            if (isUnified)
            {
                unified = hierarchy;
            }
            else
            {
                hierarchies.Add(hierarchy);
            }
        }

        if (unified is not null)
        {
            hierarchies.Add(unified);
        }

        return new CgroupLayout(hierarchies, unified);
    }

    /// <summary>
    /// Whether /sys/fs/cgroup itself is version 2. Then a hierarchy of version 1 that only has a name belongs to
    /// somebody who mounted it for an old systemd in a container, and makes no hybrid of the host.
    /// </summary>
    private bool IsV2AtUsualPlace()
    {
        foreach (Membership membership in _memberships)
        {
            if (membership.Controllers.Length == 0)
            {
                return membership.MountPoint.AsSpan().SequenceEqual("/sys/fs/cgroup"u8);
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> NextField(ref ReadOnlySpan<byte> rest)
    {
        int space = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> field = space < 0 ? rest : rest[..space];
        rest = space < 0 ? default : rest[(space + 1)..];
        return field;
    }

    /// <summary>A v1 mount shows its controllers and its name among the options of its superblock.</summary>
    private static bool IsMountOf(ReadOnlySpan<byte> superOptions, ReadOnlySpan<byte> controllers)
    {
        while (!controllers.IsEmpty)
        {
            int comma = controllers.IndexOf((byte)',');
            ReadOnlySpan<byte> controller = comma < 0 ? controllers : controllers[..comma];
            if (!ControllerList.Contains(superOptions, controller, (byte)','))
            {
                return false;
            }

            controllers = comma < 0 ? default : controllers[(comma + 1)..];
        }

        return true;
    }

    /// <summary>
    /// Forgets hierarchies that this mount hides: it lies on top of them, or on top of the file system (mostly the
    /// tmpfs at /sys/fs/cgroup) that holds their mount points.
    /// </summary>
    private void Uncover(int parentId, ReadOnlySpan<byte> mountPoint)
    {
        foreach (Membership membership in _memberships)
        {
            ReadOnlySpan<byte> covered = membership.MountPoint;
            bool onTop = membership.MountId == parentId && covered.SequenceEqual(mountPoint);
            bool onHolder = membership.ParentId == parentId
                && covered.Length > mountPoint.Length
                && covered.StartsWith(mountPoint)
                && covered[mountPoint.Length] == (byte)'/';
            if (membership.MountPoint is not null && (onTop || onHolder))
            {
                membership.MountPoint = null;
                membership.MountRoot = null;
            }
        }
    }

    /// <summary>
    /// Of several mounts of one hierarchy the one below /sys/fs/cgroup is taken, then the one that shows this process's
    /// own cgroup, then the first: the others belong to root file systems of containers.
    /// </summary>
    private static void Prefer(Membership membership, int id, int parentId, byte[] root, byte[] mountPoint)
    {
        if (membership.MountPoint is not null && membership.MountRoot is not null
            && Rank(membership, membership.MountRoot, membership.MountPoint) >= Rank(membership, root, mountPoint))
        {
            return;
        }

        membership.MountId = id;
        membership.ParentId = parentId;
        membership.MountRoot = root;
        membership.MountPoint = mountPoint;
    }

    private static int Rank(Membership membership, ReadOnlySpan<byte> root, ReadOnlySpan<byte> mountPoint)
    {
        ReadOnlySpan<byte> usual = "/sys/fs/cgroup"u8;
        bool isUsual = mountPoint.StartsWith(usual)
            && (mountPoint.Length == usual.Length || mountPoint[usual.Length] == (byte)'/');
        return (isUsual ? 2 : 0) + (IsWithin(root, membership.Path) ? 1 : 0);
    }

    private static bool IsWithin(ReadOnlySpan<byte> root, ReadOnlySpan<byte> path)
    {
        return root.SequenceEqual("/"u8)
            || (path.StartsWith(root) && (path.Length == root.Length || path[root.Length] == (byte)'/'));
    }

    /// <summary>
    /// The own path as seen below the mount point. The kernel tells it from the cgroup namespace's root, while the
    /// mount may show a part only (a container without a cgroup namespace) or more than the namespace (its root then
    /// begins with /..). What cannot be seen below the mount point counts as its top.
    /// </summary>
    private static byte[] Below(ReadOnlySpan<byte> root, ReadOnlySpan<byte> path)
    {
        if (path.StartsWith("/.."u8) && (path.Length == 3 || path[3] == (byte)'/'))
        {
            return [(byte)'/'];
        }

        if (root.SequenceEqual("/"u8) || root.StartsWith("/.."u8))
        {
            return path.IsEmpty ? [(byte)'/'] : path.ToArray();
        }

        return IsWithin(root, path) && path.Length > root.Length ? path[root.Length..].ToArray() : [(byte)'/'];
    }

    /// <summary>Undoes the kernel's escapes: a blank, tab, newline or backslash is written as \ and three octal
    /// digits.</summary>
    private static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        byte[] result = text.ToArray();
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'\\' && i + 3 < text.Length)
            {
                result[length++] =
                    (byte)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0'));
                i += 3;
            }
            else
            {
                result[length++] = text[i];
            }
        }

        return length == result.Length ? result : result[..length];
    }
}
