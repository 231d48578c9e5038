using System;
using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// Makes the entries of config.json's mounts, in order, each on a descriptor of its place in the root.
/// </summary>
internal sealed class Mounter
{
    private readonly Plan _plan;
    private readonly ContainerRoot _root;
    private readonly ProcFs _proc;
    private readonly MountPlan? _procMount;
    private readonly Action _makeSureOfCgroups;
    private readonly Action _prepareCgroupMount;
    private readonly InitHandover _handover;

    /// <summary>Prepares to mount.</summary>
    /// <param name="plan">The container.</param>
    /// <param name="handover">The container's cgroups, and what was made for id-mapped mounts.</param>
    /// <param name="root">The attached root.</param>
    /// <param name="proc">The private procfs.</param>
    /// <param name="procMount">The entry that the private procfs serves; null where it stays ours alone.</param>
    /// <param name="makeSureOfCgroups">Waits until the parent has made the container's cgroups.</param>
    /// <param name="prepareCgroupMount">Waits until the container's cgroups exist and its cgroup namespace, where
    /// such a mount depends on it.</param>
    public Mounter(
        Plan plan,
        InitHandover handover,
        ContainerRoot root,
        ProcFs proc,
        MountPlan? procMount,
        Action makeSureOfCgroups,
        Action prepareCgroupMount)
    {
        _plan = plan;
        _handover = handover;
        _root = root;
        _proc = proc;
        _procMount = procMount;
        _makeSureOfCgroups = makeSureOfCgroups;
        _prepareCgroupMount = prepareCgroupMount;
    }

    public void MountAll()
    {
        foreach (MountPlan mount in _plan.Mounts)
        {
            Mount(mount);
        }
    }

    private void Mount(MountPlan mount)
    {
        switch (mount.Kind)
        {
            case MountKind.Bind:
                Bind(mount);
                break;
            case MountKind.Cgroup:
                _prepareCgroupMount();
                new CgroupMounts(_plan, _handover, _root).Mount(mount);
                break;
            case MountKind.Remount:
                Remount(mount);
                break;
            default:
                MountFileSystem(mount);
                break;
        }
    }

    private void Bind(MountPlan mount)
    {
        if ((mount.Links & LinkHandling.CopySource) != 0 && LinkCopy.TryMake(mount, _root))
        {
            return;
        }

        byte[] source = Utf8.Terminated(mount.Source);
        int cloned = mount.IdMap is not null
            ? _handover.IdMapped!.Of(mount)
            : HostPath.CloneTree(source, mount.Recursive, mount.FollowsSource);
        if (cloned == -(int)Errno.EACCES && _plan.Namespaces.Has(NamespaceType.User))
        {
            cloned = AskForSource(mount);
        }

        using Fd tree = new(KernelException.Check(cloned, "open", source, mount.Place + ".source"));
        SetAttributes(tree.Number, mount, mount.SetAttributes, mount.ClearAttributes);
        using Fd place = OpenPlace(mount, IsDirectory(tree.Number), mustBeOrdinary: mount.Type is "sysfs");
        MoveTo(tree.Number, place.Number, mount);
        SetPropagation(tree.Number, mount);
    }

    /// <summary>
    /// The container's root may not go where csrun's caller may. What comes from there has no locked flags of the
    /// host's mount, so that nothing else is opened that way.
    /// </summary>
    private int AskForSource(MountPlan mount)
    {
        // The parent says so before it listens.
        _makeSureOfCgroups();
        int number = 0;
        while (!ReferenceEquals(_plan.Mounts[number], mount))
        {
            number++;
        }

        return new SyncChannel(_handover.Channel).AskForSource(number);
    }

    private void MountFileSystem(MountPlan mount)
    {
        bool isProc = mount.Type is "proc";
        bool mustBeOrdinary = isProc || mount.Type is "sysfs";
        using Fd place = OpenPlace(mount, asDirectory: true, mustBeOrdinary);
        if (ReferenceEquals(mount, _procMount))
        {
            MoveTo(_proc.Mount, place.Number, mount);
            SetPropagation(_proc.Mount, mount);
            return;
        }

        if (mount.NeedsMountCall)
        {
            MountByCall(mount, place.Number);
            return;
        }

        using Fd tree = new(NewFileSystem(mount, mount.SetAttributes, _handover.MountContext));
        if (mount.IdMap is not null)
        {
            IdMappedMounts.Map(tree.Number, mount, _handover.IdMapped!.Of(mount));
        }

        if (mount.CopyUp)
        {
            TmpfsCopyUp.Copy(place.Number, tree.Number, mount.Place);
        }

        Label(tree.Number, mount);
        MoveTo(tree.Number, place.Number, mount);
        SetPropagation(tree.Number, mount);
    }

    private void Label(int tree, MountPlan mount)
    {
        if (_handover.MountContext is MountContext context && MountLabels.AreByAttribute(mount))
        {
            MountLabels.SetAttribute(tree, context, mount);
        }
    }

    /// <summary>A detached mount of a new superblock.</summary>
    internal static int NewFileSystem(MountPlan mount, ulong attributes, MountContext? context)
    {
        byte[] type = Utf8.Terminated(mount.Type);
        using Fd superblock = new(KernelException.Check(
            Kernel.fsopen(type), "mount file system", type, mount.Place + ".type"));
        if (mount.Source.Length != 0)
        {
            Configure(superblock.Number, "source\0"u8, Utf8.Terminated(mount.Source), mount);
        }

        Configure(superblock.Number, mount);
        if (context is not null && MountLabels.AreByOption(mount))
        {
            MountLabels.Configure(superblock.Number, context);
        }

        int created = Kernel.fsconfig_command(superblock.Number, Kernel.FSCONFIG_CMD_CREATE);
        int tree = created < 0 ? created : Kernel.fsmount(superblock.Number, attributes);
        return KernelException.Check(
            tree, "mount " + mount.Type + " on", Utf8.Terminated(mount.Destination), mount.Place);
    }

    private static void Configure(int superblock, MountPlan mount)
    {
        foreach (string flag in mount.SuperblockFlags)
        {
            Configure(superblock, Utf8.Terminated(flag), default, mount);
        }

        foreach (string option in mount.Data)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            byte[] key = Utf8.Terminated(equals < 0 ? option : option[..equals]);
            Configure(superblock, key, equals < 0 ? default : Utf8.Terminated(option[(equals + 1)..]), mount);
        }
    }

    private static void Configure(int context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MountPlan mount)
    {
        int result = value.IsEmpty
            ? Kernel.fsconfig_flag(context, key)
            : Kernel.fsconfig_string(context, key, value);
        if (result < 0)
        {
            bool isOwner = key.SequenceEqual("uid\0"u8) || key.SequenceEqual("gid\0"u8);
            throw new KernelException(
                "mount " + mount.Type + " with option", Utf8.ToText(key), (Errno)(-result), mount.Place + ".options",
                isOwner && result == -(int)Errno.EINVAL ? "in a user namespace the id must be one that it maps" : null);
        }
    }

    /// <summary>
    /// mount(2) on the place's descriptor, for what fsconfig cannot carry: values over 255 bytes, some flags.
    /// </summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "its target is a descriptor's path in a procfs of ours")]
    private void MountByCall(MountPlan mount, int place)
    {
        byte[] target = DescriptorPath(place);
        byte[] data = Utf8.Terminated(MountLabels.Options(mount, _handover.MountContext));
        KernelException.Check(
            Kernel.mount(Utf8.Terminated(mount.Source), target, Utf8.Terminated(mount.Type), mount.CallFlags, data),
            "mount " + mount.Type + " on", Utf8.Terminated(mount.Destination), mount.Place);
        using Fd mounted = new(KernelException.Check(
            _root.Open(Utf8.Terminated(mount.Destination)), "open", Utf8.Terminated(mount.Destination), mount.Place));
        if (mount.CopyUp)
        {
            TmpfsCopyUp.Copy(place, mounted.Number, mount.Place);
        }

        Label(mounted.Number, mount);
        SetAttributes(mounted.Number, mount, mount.SetAttributes, mount.ClearAttributes);
        SetPropagation(mounted.Number, mount);
    }

    /// <summary>
    /// New attributes for the mount that is at the destination, and for its superblock unless it is a bind.
    /// </summary>
    private void Remount(MountPlan mount)
    {
        byte[] destination = Utf8.Terminated(mount.Destination);
        using Fd mounted = new(KernelException.Check(
            _root.Open(destination), "open", destination, mount.Place + ".destination"));
        if (mount.Data.Count != 0 || mount.SuperblockFlags.Count != 0)
        {
            using Fd context = new(KernelException.Check(
                Kernel.fspick(mounted.Number), "remount", destination, mount.Place));
            Configure(context.Number, mount);
            KernelException.Check(
                Kernel.fsconfig_command(context.Number, Kernel.FSCONFIG_CMD_RECONFIGURE),
                "remount", destination, mount.Place);
        }

        SetAttributes(mounted.Number, mount, mount.SetAttributes, mount.ClearAttributes);
        SetPropagation(mounted.Number, mount);
    }

    internal static void SetAttributes(int tree, MountPlan mount, ulong set, ulong clear)
    {
        if ((set | clear) != 0)
        {
            Attribute(tree, 0, set, clear, mount);
        }

        if ((mount.RecursiveSetAttributes | mount.RecursiveClearAttributes) != 0)
        {
            Attribute(tree, Kernel.AT_RECURSIVE, mount.RecursiveSetAttributes, mount.RecursiveClearAttributes, mount);
        }
    }

    private static void Attribute(int tree, int flags, ulong set, ulong clear, MountPlan mount)
    {
        KernelException.Check(
            Kernel.mount_setattr(tree, flags, set, clear), "set the options of", Utf8.Terminated(mount.Destination),
            mount.Place + ".options");
    }

    internal static void SetPropagation(int tree, MountPlan mount)
    {
        foreach (ulong change in mount.Propagation)
        {
            int flags = (change & Kernel.MS_REC) != 0 ? Kernel.AT_RECURSIVE : 0;
            KernelException.Check(
                Kernel.mount_setattr(tree, flags, 0, 0, change & ~Kernel.MS_REC),
                "set the propagation of", Utf8.Terminated(mount.Destination), mount.Place + ".options");
        }
    }

    /// <summary>The place in the root that the mount will cover, made where it is missing.</summary>
    private Fd OpenPlace(MountPlan mount, bool asDirectory, bool mustBeOrdinary = false)
    {
        byte[] destination = Utf8.Terminated(mount.Destination);
        if (mustBeOrdinary)
        {
            return new Fd(OpenOrdinaryDirectory(destination, mount));
        }

        int fd = (mount.Links & LinkHandling.MountOnDestination) != 0
            ? _root.Open(destination, Kernel.O_NOFOLLOW)
            : -(int)Errno.ENOENT;
        if (fd == -(int)Errno.ENOENT)
        {
            fd = asDirectory ? _root.OpenOrMakeDirectory(destination) : _root.OpenOrMakeFile(destination);
        }

        return new Fd(KernelException.Check(fd, "open", destination, mount.Place + ".destination"));
    }

    /// <summary>
    /// proc and sysfs never go through a symbolic link: with one, labels and masks would miss (CVE-2019-19921).
    /// </summary>
    private int OpenOrdinaryDirectory(byte[] destination, MountPlan mount)
    {
        int parent = KernelException.Check(
            _root.OpenParent(destination, out ReadOnlySpan<byte> name),
            "open", destination, mount.Place + ".destination");
        int fd = ContainerRoot.OpenOrMakeDirectoryIn(parent, name);
        Kernel.close(parent);
        if (fd is -(int)Errno.ELOOP or -(int)Errno.ENOTDIR)
        {
            throw new KernelException(
                mount.Type + " must be mounted on ordinary directory, not on", mount.Destination,
                (Errno)(-fd), mount.Place + ".destination");
        }

        return KernelException.Check(fd, "open", destination, mount.Place + ".destination");
    }

    private static void MoveTo(int tree, int place, MountPlan mount)
    {
        KernelException.Check(
            Kernel.move_mount(tree, place), "mount on", Utf8.Terminated(mount.Destination),
            mount.Place + ".destination");
    }

    internal static bool IsDirectory(int fd)
    {
        KernelException.Check(
            Kernel.statx(fd, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_TYPE, out Tmds.Linux.statx info),
            "statx");
        return ((uint)info.stx_mode & Kernel.S_IFMT) == Kernel.S_IFDIR;
    }

    private static byte[] DescriptorPath(int fd)
    {
        Span<byte> number = stackalloc byte[12];
        return Utf8.Terminated("/proc/self/fd/"u8, ProcFs.Decimal(fd, number)[..^1]);
    }
}
