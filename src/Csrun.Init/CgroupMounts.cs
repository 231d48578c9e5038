using System.Collections.Generic;
using Csrun.Cgroups;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// A mount of type cgroup. Where the host has version 1: a tmpfs with the container's own directory of each hierarchy
/// bound into it; where it has version 2 alone: the container's directory, or cgroup2 itself in a cgroup namespace.
/// </summary>
internal readonly struct CgroupMounts
{
    private const uint DirectoryMode = 0x1ED; // 0755

    private readonly Plan _plan;
    private readonly ContainerCgroups _cgroups;
    private readonly MountContext? _context;
    private readonly ContainerRoot _root;

    /// <summary>Prepares to mount in the attached root.</summary>
    public CgroupMounts(Plan plan, InitHandover handover, ContainerRoot root)
    {
        _plan = plan;
        _cgroups = handover.Cgroups;
        _context = handover.MountContext;
        _root = root;
    }

    /// <summary>Mounts; the container's cgroup directories exist.</summary>
    public void Mount(MountPlan mount)
    {
        byte[] destination = Utf8.Terminated(mount.Destination);
        using Fd place = new(KernelException.Check(
            _root.OpenOrMakeDirectory(destination), "open", destination, mount.Place + ".destination"));
        if (mount.IsSystemdHierarchy)
        {
            MountNew(
                mount with
                {
                    Type = "cgroup",
                    Source = "cgroup",
                    Data = ["none", "name=systemd"],
                    SuperblockFlags = [],
                },
                place.Number);
            return;
        }

        IReadOnlyList<CgroupMount> hierarchies = _cgroups.Mounts;
        if (hierarchies.Count == 0)
        {
            MountUnified(mount, place.Number);
        }
        else
        {
            MountHierarchies(mount, place.Number, hierarchies);
        }
    }

    private void MountHierarchies(MountPlan mount, int place, IReadOnlyList<CgroupMount> hierarchies)
    {
        MountPlan holder = mount with
        {
            Type = "tmpfs",
            Source = "tmpfs",
            Data = ["mode=755"],
            SuperblockFlags = [],
            Propagation = [],
        };
        using Fd tmpfs = new(Mounter.NewFileSystem(
            holder, mount.SetAttributes & ~Kernel.MOUNT_ATTR_RDONLY, _context));
        KernelException.Check(
            Kernel.move_mount(tmpfs.Number, place), "mount on", Utf8.Terminated(mount.Destination), mount.Place);
        foreach (CgroupMount hierarchy in hierarchies)
        {
            Bind(tmpfs.Number, hierarchy, mount);
        }

        // One call for the holder and all that was bound into it.
        KernelException.Check(
            Kernel.mount_setattr(tmpfs.Number, Kernel.AT_RECURSIVE, mount.SetAttributes, mount.ClearAttributes),
            "set the options of", Utf8.Terminated(mount.Destination), mount.Place + ".options");
        Mounter.SetPropagation(tmpfs.Number, mount);
    }

    private static void Bind(int holder, CgroupMount hierarchy, MountPlan mount)
    {
        byte[] name = Utf8.Terminated(hierarchy.Name);
        KernelException.Check(Kernel.mkdirat(holder, name, DirectoryMode), "mkdir", name, mount.Place);
        using Fd directory = new(KernelException.Check(
            Kernel.openat(holder, name, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC),
            "open", name, mount.Place));
        BindTo(hierarchy.Source, directory.Number, mount);
        foreach (string link in hierarchy.Links)
        {
            byte[] linkName = Utf8.Terminated(link);
            KernelException.Check(Kernel.symlinkat(name, holder, linkName), "symlink", linkName, mount.Place);
        }
    }

    private void MountUnified(MountPlan mount, int place)
    {
        if (_plan.Namespaces.Has(NamespaceType.Cgroup) || _cgroups.UnifiedPath is not byte[] source)
        {
            MountNew(mount with { Type = "cgroup2" }, place);
            return;
        }

        BindTo(source, place, mount);
    }

    private static void MountNew(MountPlan mount, int place)
    {
        using Fd tree = new(Mounter.NewFileSystem(mount, mount.SetAttributes, context: null));
        KernelException.Check(
            Kernel.move_mount(tree.Number, place), "mount on", Utf8.Terminated(mount.Destination), mount.Place);
        Mounter.SetPropagation(tree.Number, mount);
    }

    private static void BindTo(byte[] source, int place, MountPlan mount)
    {
        using Fd tree = new(KernelException.Check(
            HostPath.CloneTree(source, recursive: false), "open", source, mount.Place));
        Mounter.SetAttributes(tree.Number, mount, mount.SetAttributes, mount.ClearAttributes);
        KernelException.Check(Kernel.move_mount(tree.Number, place), "bind", source, mount.Place);
    }
}
