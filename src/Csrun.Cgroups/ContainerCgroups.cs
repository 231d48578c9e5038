using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>
/// The cgroups of one container: one directory in every mounted v1 hierarchy and one in the v2 tree. The same object
/// finds, makes, fills, enters, freezes, empties and removes them. Sources: config-linux.md, Control groups;
/// cgroups(7).
/// </summary>
public sealed partial class ContainerCgroups
{
    private const string PathPlace = "linux.cgroupsPath";

    private CgroupDirectory[] _legacy;
    private CgroupDirectory? _unified;
    private readonly bool _isFromState;

    private ContainerCgroups(CgroupDirectory[] legacy, CgroupDirectory? unified, bool isFromState)
    {
        _legacy = legacy;
        _unified = unified;
        _isFromState = isFromState;
    }

    /// <summary>Works out where a container's cgroups are. Touches nothing.</summary>
    /// <param name="layout">The host's hierarchies.</param>
    /// <param name="cgroupsPath">
    /// From config.json. Absolute: below each mount point. Relative, or null or empty, which stands for the id: below
    /// the caller's own cgroup; on a host with v2 alone beside it, since v2 limits no cgroup whose parent holds
    /// processes. <c>..</c> is taken away by text and never leads above the start, as in runc.
    /// </param>
    /// <param name="id">The container's id.</param>
    /// <exception cref="KernelException">The path names the top of the hierarchies or the caller's own
    /// cgroup.</exception>
    public static ContainerCgroups Locate(CgroupLayout layout, string? cgroupsPath, string id)
    {
        bool isUnset = string.IsNullOrEmpty(cgroupsPath);
        string asked = isUnset ? id : cgroupsPath!;
        byte[] clean = CgroupPath.Clean(Encoding.UTF8.GetBytes(asked));
        if (clean.Length == 0 || clean.AsSpan().Contains((byte)0))
        {
            throw new KernelException(
                "use cgroup", asked, Errno.EINVAL, isUnset ? null : PathPlace, "name a cgroup of the container's own");
        }

        bool isAbsolute = asked[0] == '/';
        List<CgroupDirectory> legacy = new(layout.Hierarchies.Count);
        CgroupDirectory? unified = null;
        foreach (CgroupHierarchy hierarchy in layout.Hierarchies)
        {
            ReadOnlySpan<byte> start = isAbsolute ? default : hierarchy.OwnPathBytes;
            if (layout.IsPureV2)
            {
                start = start[..int.Max(0, start.LastIndexOf((byte)'/'))];
            }

            CgroupDirectory directory = new(hierarchy, Join(start, clean));
            if (hierarchy.IsUnified)
            {
                unified = directory;
            }
            else
            {
                legacy.Add(directory);
            }
        }

        return new ContainerCgroups([.. legacy], unified, isFromState: false);
    }

    /// <summary>
    /// The cgroups of a systemd unit that has yet to be started. systemd makes some of them, csrun the others, and all
    /// of them are the container's.
    /// </summary>
    /// <param name="layout">The host's hierarchies.</param>
    /// <param name="controlGroup">The unit's path below each mount point.</param>
    public static ContainerCgroups OfUnit(CgroupLayout layout, string controlGroup)
    {
        ContainerCgroups located = Locate(layout, controlGroup, "");
        return new ContainerCgroups(located._legacy, located._unified, isFromState: true);
    }

    /// <summary>The cgroups of a container that exists.</summary>
    /// <param name="paths">
    /// As <see cref="Paths"/> gives them and runc's state.json has them in cgroup_paths: controller to absolute path,
    /// the empty name for cgroup v2. Controllers of one path are joined.
    /// </param>
    public static ContainerCgroups FromState(IReadOnlyDictionary<string, string> paths)
    {
        Dictionary<string, string> controllersOf = new(paths.Count, StringComparer.Ordinal);
        CgroupDirectory? unified = null;
        foreach ((string controller, string path) in paths)
        {
            if (controller.Length == 0)
            {
                unified = new CgroupDirectory("", isUnified: true, Utf8.Terminated(path));
                continue;
            }

            controllersOf[path] = controllersOf.TryGetValue(path, out string? others)
                ? others + "," + controller
                : controller;
        }

        CgroupDirectory[] legacy = new CgroupDirectory[controllersOf.Count];
        int count = 0;
        foreach ((string path, string controllers) in controllersOf)
        {
            legacy[count++] = new CgroupDirectory(controllers, isUnified: false, Utf8.Terminated(path));
        }

        return new ContainerCgroups(legacy, unified, isFromState: true);
    }

    /// <summary>The directories as runc's state.json has them: controller to absolute path, the empty name for cgroup
    /// v2.</summary>
    public IReadOnlyDictionary<string, string> Paths
    {
        get
        {
            Dictionary<string, string> paths = new(16, StringComparer.Ordinal);
            foreach (CgroupDirectory directory in _legacy)
            {
                foreach (string controller in directory.Controllers.Split(','))
                {
                    paths[controller] = Utf8.ToText(directory.Path);
                }
            }

            if (_unified is not null)
            {
                paths[""] = Utf8.ToText(_unified.Path);
            }

            return paths;
        }
    }

    /// <summary>What a mount of type cgroup shows in the container on a host with v1 hierarchies, one entry for
    /// each.</summary>
    public IReadOnlyList<CgroupMount> Mounts
    {
        get
        {
            List<CgroupMount> mounts = new(_legacy.Length + _shared.Length);
            foreach (CgroupDirectory directory in _legacy)
            {
                mounts.Add(new CgroupMount(directory.MountName, LinksOf(directory), directory.Path));
            }

            foreach (CgroupDirectory directory in _shared)
            {
                if (!directory.IsUnified)
                {
                    mounts.Add(new CgroupMount(directory.MountName, LinksOf(directory), directory.CallersPath));
                }
            }

            return mounts;
        }
    }

    /// <summary>Whether cgroup v2 is all there is.</summary>
    public bool IsPureV2
    {
        get
        {
            // The child asks too, between clone3 and execve: no delegate is made.
            foreach (CgroupDirectory directory in _shared)
            {
                if (!directory.IsUnified)
                {
                    return false;
                }
            }

            return _legacy.Length == 0;
        }
    }

    /// <summary>The directory in the v2 tree, ending with NUL; null where there is no such tree.</summary>
    public byte[]? UnifiedPath =>
        _unified?.Path ?? Array.Find(_shared, directory => directory.IsUnified)?.CallersPath;

    private static string[] LinksOf(CgroupDirectory directory)
    {
        string[] controllers = directory.Controllers.Split(',');
        return controllers.Length == 1 ? [] : Array.FindAll(
            controllers,
            c => c != directory.MountName && !c.StartsWith("name=", StringComparison.Ordinal));
    }

    private static byte[] Join(ReadOnlySpan<byte> start, ReadOnlySpan<byte> below)
    {
        start = start.Trim((byte)'/');
        return start.IsEmpty ? below.ToArray() : [.. start, (byte)'/', .. below];
    }

    private CgroupDirectory? Find(string controller)
    {
        foreach (CgroupDirectory directory in _legacy)
        {
            if (directory.Has(controller))
            {
                return directory;
            }
        }

        return null;
    }
}
