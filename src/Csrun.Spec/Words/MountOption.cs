namespace Csrun.Spec;

/// <summary>What a mount option does.</summary>
public enum MountOptionKind
{
    /// <summary>Nothing (defaults).</summary>
    None,

    /// <summary>Sets <see cref="MountOption.Set"/>, flags of mount(2).</summary>
    SetFlags,

    /// <summary>Takes <see cref="MountOption.Clear"/> off the flags of mount(2) collected so far.</summary>
    ClearFlags,

    /// <summary>Sets the propagation <see cref="MountOption.Set"/>, in a call of its own.</summary>
    Propagation,

    /// <summary>
    /// Sets and clears attributes of the whole tree, as attr_set and attr_clr of mount_setattr(2) with AT_RECURSIVE.
    /// </summary>
    RecursiveAttributes,

    /// <summary>Copies what the destination held into the new tmpfs.</summary>
    TmpCopyUp,

    /// <summary>Maps the ids of this mount (MOUNT_ATTR_IDMAP).</summary>
    IdMap,

    /// <summary>Maps the ids of the whole tree.</summary>
    RecursiveIdMap,

    /// <summary>crun's: a source that is a symbolic link is made anew at the destination instead of mounted.</summary>
    CopySymlink,

    /// <summary>crun's: a source that is a symbolic link is mounted itself.</summary>
    SourceNoFollow,

    /// <summary>crun's: a destination that is a symbolic link is mounted over itself, not over its target.</summary>
    DestinationNoFollow,
}

/// <summary>
/// The mount options that are the runtime's business; all others are data for the file system. Source: config.md, Linux
/// mount options, with rnodev (missing there, listed in the features example) and those only crun knows.
/// </summary>
[Words]
public readonly partial struct MountOption
{
    private const uint MS_RDONLY = 0x1;
    private const uint MS_NOSUID = 0x2;
    private const uint MS_NODEV = 0x4;
    private const uint MS_NOEXEC = 0x8;
    private const uint MS_SYNCHRONOUS = 0x10;
    private const uint MS_REMOUNT = 0x20;
    private const uint MS_MANDLOCK = 0x40;
    private const uint MS_DIRSYNC = 0x80;
    private const uint MS_NOSYMFOLLOW = 0x100; // 5.10
    private const uint MS_NOATIME = 0x400;
    private const uint MS_NODIRATIME = 0x800;
    private const uint MS_BIND = 0x1000;
    private const uint MS_REC = 0x4000;
    private const uint MS_SILENT = 0x8000;
    private const uint MS_RELATIME = 0x20_0000;
    private const uint MS_I_VERSION = 0x80_0000;
    private const uint MS_STRICTATIME = 0x100_0000;
    private const uint MS_LAZYTIME = 0x200_0000;

    private const uint MOUNT_ATTR_RDONLY = 0x1;
    private const uint MOUNT_ATTR_NOSUID = 0x2;
    private const uint MOUNT_ATTR_NODEV = 0x4;
    private const uint MOUNT_ATTR_NOEXEC = 0x8;
    private const uint MOUNT_ATTR__ATIME = 0x70; // a field of its own: any change clears all of it
    private const uint MOUNT_ATTR_RELATIME = 0x0;
    private const uint MOUNT_ATTR_NOATIME = 0x10;
    private const uint MOUNT_ATTR_STRICTATIME = 0x20;
    private const uint MOUNT_ATTR_NODIRATIME = 0x80;
    private const uint MOUNT_ATTR_NOSYMFOLLOW = 0x20_0000; // 5.14

    private MountOption(MountOptionKind kind, uint set = 0, uint clear = 0)
    {
        Kind = kind;
        Set = set;
        Clear = clear;
    }

    /// <summary>What the option does.</summary>
    public MountOptionKind Kind { get; }

    /// <summary>
    /// Bits to set: MS_* of mount(2), or MOUNT_ATTR_* for <see cref="MountOptionKind.RecursiveAttributes"/>.
    /// </summary>
    public uint Set { get; }

    /// <summary>Bits to clear, of the same kind.</summary>
    public uint Clear { get; }

    [Word("async")] private static MountOption Async => ClearFlags(MS_SYNCHRONOUS);
    [Word("atime")] private static MountOption Atime => ClearFlags(MS_NOATIME);
    [Word("bind")] private static MountOption Bind => SetFlags(MS_BIND);
    [Word("defaults")] private static MountOption Defaults => new(MountOptionKind.None);
    [Word("dev")] private static MountOption Dev => ClearFlags(MS_NODEV);
    [Word("diratime")] private static MountOption Diratime => ClearFlags(MS_NODIRATIME);
    [Word("dirsync")] private static MountOption Dirsync => SetFlags(MS_DIRSYNC);
    [Word("exec")] private static MountOption Exec => ClearFlags(MS_NOEXEC);
    [Word("iversion")] private static MountOption Iversion => SetFlags(MS_I_VERSION);
    [Word("lazytime")] private static MountOption Lazytime => SetFlags(MS_LAZYTIME);
    [Word("loud")] private static MountOption Loud => ClearFlags(MS_SILENT);
    [Word("mand")] private static MountOption Mand => SetFlags(MS_MANDLOCK);
    [Word("noatime")] private static MountOption Noatime => SetFlags(MS_NOATIME);
    [Word("nodev")] private static MountOption Nodev => SetFlags(MS_NODEV);
    [Word("nodiratime")] private static MountOption Nodiratime => SetFlags(MS_NODIRATIME);
    [Word("noexec")] private static MountOption Noexec => SetFlags(MS_NOEXEC);
    [Word("noiversion")] private static MountOption Noiversion => ClearFlags(MS_I_VERSION);
    [Word("nolazytime")] private static MountOption Nolazytime => ClearFlags(MS_LAZYTIME);
    [Word("nomand")] private static MountOption Nomand => ClearFlags(MS_MANDLOCK);
    [Word("norelatime")] private static MountOption Norelatime => ClearFlags(MS_RELATIME);
    [Word("nostrictatime")] private static MountOption Nostrictatime => ClearFlags(MS_STRICTATIME);
    [Word("nosuid")] private static MountOption Nosuid => SetFlags(MS_NOSUID);
    [Word("nosymfollow")] private static MountOption Nosymfollow => SetFlags(MS_NOSYMFOLLOW);
    [Word("private")] private static MountOption Private => Propagate(Propagation.Private);
    [Word("ratime")] private static MountOption Ratime => Attributes(0, MOUNT_ATTR__ATIME);
    [Word("rbind")] private static MountOption Rbind => SetFlags(MS_BIND | MS_REC);
    [Word("rdev")] private static MountOption Rdev => Attributes(0, MOUNT_ATTR_NODEV);
    [Word("rdiratime")] private static MountOption Rdiratime => Attributes(0, MOUNT_ATTR_NODIRATIME);
    [Word("relatime")] private static MountOption Relatime => SetFlags(MS_RELATIME);
    [Word("remount")] private static MountOption Remount => SetFlags(MS_REMOUNT);
    [Word("rexec")] private static MountOption Rexec => Attributes(0, MOUNT_ATTR_NOEXEC);
    [Word("rnoatime")] private static MountOption Rnoatime => Attributes(MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME);
    [Word("rnodev")] private static MountOption Rnodev => Attributes(MOUNT_ATTR_NODEV, 0);
    [Word("rnodiratime")] private static MountOption Rnodiratime => Attributes(MOUNT_ATTR_NODIRATIME, 0);
    [Word("rnoexec")] private static MountOption Rnoexec => Attributes(MOUNT_ATTR_NOEXEC, 0);
    [Word("rnorelatime")] private static MountOption Rnorelatime => Attributes(0, MOUNT_ATTR__ATIME);
    [Word("rnostrictatime")] private static MountOption Rnostrictatime => Attributes(0, MOUNT_ATTR__ATIME);
    [Word("rnosuid")] private static MountOption Rnosuid => Attributes(MOUNT_ATTR_NOSUID, 0);
    [Word("rnosymfollow")] private static MountOption Rnosymfollow => Attributes(MOUNT_ATTR_NOSYMFOLLOW, 0);
    [Word("ro")] private static MountOption Ro => SetFlags(MS_RDONLY);
    [Word("rprivate")] private static MountOption Rprivate => Propagate(Propagation.RecursivePrivate);
    [Word("rrelatime")] private static MountOption Rrelatime => Attributes(MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME);
    [Word("rro")] private static MountOption Rro => Attributes(MOUNT_ATTR_RDONLY, 0);
    [Word("rrw")] private static MountOption Rrw => Attributes(0, MOUNT_ATTR_RDONLY);
    [Word("rshared")] private static MountOption Rshared => Propagate(Propagation.RecursiveShared);
    [Word("rslave")] private static MountOption Rslave => Propagate(Propagation.RecursiveSlave);
    [Word("rstrictatime")]
    private static MountOption Rstrictatime => Attributes(MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME);

    [Word("rsuid")] private static MountOption Rsuid => Attributes(0, MOUNT_ATTR_NOSUID);
    [Word("rsymfollow")] private static MountOption Rsymfollow => Attributes(0, MOUNT_ATTR_NOSYMFOLLOW);
    [Word("runbindable")] private static MountOption Runbindable => Propagate(Propagation.RecursiveUnbindable);
    [Word("rw")] private static MountOption Rw => ClearFlags(MS_RDONLY);
    [Word("shared")] private static MountOption Shared => Propagate(Propagation.Shared);
    [Word("silent")] private static MountOption Silent => SetFlags(MS_SILENT);
    [Word("slave")] private static MountOption Slave => Propagate(Propagation.Slave);
    [Word("strictatime")] private static MountOption Strictatime => SetFlags(MS_STRICTATIME);
    [Word("suid")] private static MountOption Suid => ClearFlags(MS_NOSUID);
    [Word("symfollow")] private static MountOption Symfollow => ClearFlags(MS_NOSYMFOLLOW);
    [Word("sync")] private static MountOption Sync => SetFlags(MS_SYNCHRONOUS);
    [Word("tmpcopyup")] private static MountOption TmpCopyUp => new(MountOptionKind.TmpCopyUp);
    [Word("unbindable")] private static MountOption Unbindable => Propagate(Propagation.Unbindable);
    [Word("idmap")] private static MountOption IdMap => new(MountOptionKind.IdMap);
    [Word("ridmap")] private static MountOption RecursiveIdMap => new(MountOptionKind.RecursiveIdMap);
    [Word("copy-symlink")] private static MountOption CopySymlink => new(MountOptionKind.CopySymlink);
    [Word("src-nofollow")] private static MountOption SourceNoFollow => new(MountOptionKind.SourceNoFollow);
    [Word("dest-nofollow")] private static MountOption DestinationNoFollow => new(MountOptionKind.DestinationNoFollow);

    private static MountOption SetFlags(uint flags) => new(MountOptionKind.SetFlags, set: flags);

    private static MountOption ClearFlags(uint flags) => new(MountOptionKind.ClearFlags, clear: flags);

    private static MountOption Propagate(Propagation flags) => new(MountOptionKind.Propagation, set: (uint)flags);

    private static MountOption Attributes(uint set, uint clear) =>
        new(MountOptionKind.RecursiveAttributes, set, clear);
}
