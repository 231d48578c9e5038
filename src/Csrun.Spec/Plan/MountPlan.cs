using System;
using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>What kind of mount an entry of mounts asks for.</summary>
public enum MountKind
{
    /// <summary>A new file system of <see cref="MountPlan.Type"/>.</summary>
    FileSystem,

    /// <summary>A bind of a file or directory of the host.</summary>
    Bind,

    /// <summary>The container's cgroups (type cgroup), a bind for each hierarchy or cgroup2 itself.</summary>
    Cgroup,

    /// <summary>New options for what is mounted there already.</summary>
    Remount,
}

/// <summary>What crun's mount options make of symbolic links; else they are followed.</summary>
[Flags]
public enum LinkHandling
{
    /// <summary>Links are followed: the source's on the host, the destination's inside the root.</summary>
    None,

    /// <summary>
    /// A source that is a link is made anew at the destination, and nothing is mounted (copy-symlink).
    /// </summary>
    CopySource = 1,

    /// <summary>A source that is a link is mounted itself (src-nofollow).</summary>
    MountSource = 2,

    /// <summary>A destination that is a link is covered itself (dest-nofollow).</summary>
    MountOnDestination = 4,
}

/// <summary>One entry of mounts, with its options taken apart.</summary>
public sealed record MountPlan
{
    /// <summary>Where config.json names it, such as <c>mounts[3]</c>.</summary>
    public required string Place { get; init; }

    /// <summary>What is done.</summary>
    public required MountKind Kind { get; init; }

    /// <summary>The path in the container, absolute.</summary>
    public required string Destination { get; init; }

    /// <summary>A bind's source, absolute on the host; else what the file system gets as its source.</summary>
    public required string Source { get; init; }

    /// <summary>The file system's type; empty for a bind.</summary>
    public required string Type { get; init; }

    /// <summary>For a bind: whether the mounts below the source come along (rbind).</summary>
    public required bool Recursive { get; init; }

    /// <summary>MOUNT_ATTR_* to set on the mount.</summary>
    public required ulong SetAttributes { get; init; }

    /// <summary>MOUNT_ATTR_* to clear on the mount.</summary>
    public required ulong ClearAttributes { get; init; }

    /// <summary>MOUNT_ATTR_* to set on the mount and all below it (rro, rnosuid, ...).</summary>
    public required ulong RecursiveSetAttributes { get; init; }

    /// <summary>MOUNT_ATTR_* to clear on the mount and all below it.</summary>
    public required ulong RecursiveClearAttributes { get; init; }

    /// <summary>Changes of propagation, in order: MS_SHARED, MS_SLAVE, ... each with or without MS_REC.</summary>
    public required IReadOnlyList<ulong> Propagation { get; init; }

    /// <summary>Flags of the superblock by fsconfig(2)'s names: ro, sync, dirsync, lazytime, mand.</summary>
    public required IReadOnlyList<string> SuperblockFlags { get; init; }

    /// <summary>Flags of the superblock that fsconfig(2) has no names for: MS_SILENT, MS_I_VERSION.</summary>
    public ulong CallOnlyFlags { get; init; }

    /// <summary>Options for the file system itself: <c>key</c> or <c>key=value</c>.</summary>
    public required IReadOnlyList<string> Data { get; init; }

    /// <summary>Whether a tmpfs starts with what lies under it (tmpcopyup).</summary>
    public required bool CopyUp { get; init; }

    /// <summary>
    /// Whether a mount of type cgroup shows v1's hierarchy named systemd instead of the container's cgroups.
    /// </summary>
    public bool IsSystemdHierarchy { get; init; }

    /// <summary>How the mount translates ids; null where it does not.</summary>
    public IdMapPlan? IdMap { get; init; }

    /// <summary>What becomes of symbolic links.</summary>
    public LinkHandling Links { get; init; }

    /// <summary>Whether a source that is a symbolic link stands for its target.</summary>
    public bool FollowsSource => (Links & LinkHandling.MountSource) == 0;

    /// <summary>
    /// Whether mount(2) has to do it: a flag only it knows, or an option longer than fsconfig(2) takes (255 bytes).
    /// </summary>
    public bool NeedsMountCall
    {
        get
        {
            const int MaxValue = 255;
            if (CallOnlyFlags != 0)
            {
                return true;
            }

            foreach (string option in Data)
            {
                if (option.Length > MaxValue / 2 && System.Text.Encoding.UTF8.GetByteCount(option) > MaxValue)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>All flags of the superblock as mount(2)'s MS_* flags.</summary>
    public ulong CallFlags
    {
        get
        {
            ulong flags = CallOnlyFlags;
            foreach (string flag in SuperblockFlags)
            {
                flags |= flag switch
                {
                    "ro" => 0x1UL,
                    "sync" => 0x10UL,
                    "mand" => 0x40UL,
                    "dirsync" => 0x80UL,
                    "lazytime" => 0x2000000UL,
                    _ => 0UL,
                };
            }

            return flags;
        }
    }

    /// <summary>Whether the mount is to be read-only.</summary>
    public bool IsReadonly => (SetAttributes & 1) != 0;
}
