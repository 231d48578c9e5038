using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>Mounts, by the file descriptor calls of Linux 5.2 and mount_setattr of 5.12.</summary>
public static unsafe partial class Kernel
{
    // mount.h
    public const ulong MS_RDONLY = 0x1;
    public const ulong MS_NOSUID = 0x2;
    public const ulong MS_NODEV = 0x4;
    public const ulong MS_NOEXEC = 0x8;
    public const ulong MS_SYNCHRONOUS = 0x10;
    public const ulong MS_REMOUNT = 0x20;
    public const ulong MS_MANDLOCK = 0x40;
    public const ulong MS_DIRSYNC = 0x80;
    public const ulong MS_NOATIME = 0x400;
    public const ulong MS_NODIRATIME = 0x800;
    public const ulong MS_BIND = 0x1000;
    public const ulong MS_REC = 0x4000;
    public const ulong MS_UNBINDABLE = 1 << 17;
    public const ulong MS_PRIVATE = 1 << 18;
    public const ulong MS_SLAVE = 1 << 19;
    public const ulong MS_SHARED = 1 << 20;
    public const ulong MS_RELATIME = 1 << 21;
    public const ulong MS_STRICTATIME = 1 << 24;

    public const uint OPEN_TREE_CLONE = 1;
    public const uint OPEN_TREE_CLOEXEC = 0x80000;

    public const uint MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    public const uint MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    public const uint FSOPEN_CLOEXEC = 1;
    public const uint FSMOUNT_CLOEXEC = 1;
    public const uint FSPICK_CLOEXEC = 1;
    public const uint FSPICK_EMPTY_PATH = 8;

    public const uint FSCONFIG_SET_FLAG = 0;
    public const uint FSCONFIG_SET_STRING = 1;
    public const uint FSCONFIG_CMD_CREATE = 6;
    public const uint FSCONFIG_CMD_RECONFIGURE = 7;

    public const ulong MOUNT_ATTR_RDONLY = 0x1;
    public const ulong MOUNT_ATTR_NOSUID = 0x2;
    public const ulong MOUNT_ATTR_NODEV = 0x4;
    public const ulong MOUNT_ATTR_NOEXEC = 0x8;
    public const ulong MOUNT_ATTR__ATIME = 0x70;
    public const ulong MOUNT_ATTR_RELATIME = 0x0;
    public const ulong MOUNT_ATTR_NOATIME = 0x10;
    public const ulong MOUNT_ATTR_STRICTATIME = 0x20;
    public const ulong MOUNT_ATTR_NODIRATIME = 0x80;
    public const ulong MOUNT_ATTR_IDMAP = 0x100000;
    public const ulong MOUNT_ATTR_NOSYMFOLLOW = 0x200000;

    public const int MNT_DETACH = 2;

    /// <summary>open_tree(2): with OPEN_TREE_CLONE a detached copy of the mount at the path.</summary>
    public static int open_tree(int dirfd, ReadOnlySpan<byte> path, uint flags)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.syscall(Number.OpenTree, dirfd, Terminated(p, path.Length), flags));
        }
    }

    /// <summary>move_mount(2): attaches the mount behind one fd onto the place behind the other.</summary>
    public static int move_mount(int from, int onto)
    {
        fixed (byte* empty = EmptyPath)
        {
            return Result(LibC.syscall(
                Number.MoveMount, from, empty, onto, empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
        }
    }

    /// <summary>fsopen(2): a context in which a new superblock is configured.</summary>
    public static int fsopen(ReadOnlySpan<byte> fileSystem)
    {
        fixed (byte* p = fileSystem)
        {
            return Result(LibC.syscall(Number.Fsopen, Terminated(p, fileSystem.Length), FSOPEN_CLOEXEC));
        }
    }

    /// <summary>fspick(2): a context to reconfigure the superblock of the mount behind an fd.</summary>
    public static int fspick(int fd)
    {
        fixed (byte* empty = EmptyPath)
        {
            return Result(LibC.syscall(Number.Fspick, fd, empty, FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
        }
    }

    /// <summary>fsconfig(2): a flag without value, such as <c>ro</c>.</summary>
    public static int fsconfig_flag(int fd, ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key)
        {
            return Result(LibC.syscall(Number.Fsconfig, fd, FSCONFIG_SET_FLAG, Terminated(k, key.Length), 0, 0));
        }
    }

    /// <summary>fsconfig(2): a key with its value.</summary>
    public static int fsconfig_string(int fd, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* k = key)
        fixed (byte* v = value)
        {
            return Result(LibC.syscall(
                Number.Fsconfig, fd, FSCONFIG_SET_STRING, Terminated(k, key.Length), Terminated(v, value.Length), 0));
        }
    }

    /// <summary>fsconfig(2) FSCONFIG_CMD_CREATE or FSCONFIG_CMD_RECONFIGURE.</summary>
    public static int fsconfig_command(int fd, uint command)
    {
        return Result(LibC.syscall(Number.Fsconfig, fd, command, 0, 0, 0));
    }

    /// <summary>fsmount(2): a detached mount of the configured superblock.</summary>
    public static int fsmount(int fd, ulong attributes)
    {
        return Result(LibC.syscall(Number.Fsmount, fd, FSMOUNT_CLOEXEC, (size_t)attributes));
    }

    /// <summary>
    /// mount_setattr(2) on the mount behind <paramref name="fd"/>; AT_RECURSIVE in <paramref name="flags"/> takes the
    /// mounts below it too. <paramref name="propagation"/> is 0 or one of MS_PRIVATE, MS_SLAVE, MS_SHARED,
    /// MS_UNBINDABLE.
    /// </summary>
    public static int mount_setattr(
        int fd, int flags, ulong set, ulong clear, ulong propagation = 0, ulong userNamespace = 0)
    {
        Span<ulong> attributes = [set, clear, propagation, userNamespace];
        fixed (byte* empty = EmptyPath)
        fixed (ulong* a = attributes)
        {
            return Result(LibC.syscall(
                Number.MountSetattr, fd, empty, flags | AT_EMPTY_PATH, a, sizeof(ulong) * 4));
        }
    }

    /// <summary>mount(2), for propagation and where the newer calls are missing.</summary>
    public static int mount(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, ReadOnlySpan<byte> type, ulong flags,
        ReadOnlySpan<byte> data)
    {
        fixed (byte* s = source)
        fixed (byte* t = target)
        fixed (byte* f = type)
        fixed (byte* d = data)
        {
            return Result(LibC.mount(s, Terminated(t, target.Length), f, (ulong_t)(nuint)flags, d));
        }
    }

    /// <summary>umount2(2).</summary>
    public static int umount2(ReadOnlySpan<byte> target, int flags)
    {
        fixed (byte* t = target)
        {
            return Result(LibC.umount2(Terminated(t, target.Length), flags));
        }
    }

    /// <summary>pivot_root(2).</summary>
    public static int pivot_root(ReadOnlySpan<byte> newRoot, ReadOnlySpan<byte> putOld)
    {
        fixed (byte* n = newRoot)
        fixed (byte* o = putOld)
        {
            return Result(LibC.syscall(
                Number.PivotRoot, Terminated(n, newRoot.Length), Terminated(o, putOld.Length)));
        }
    }

    /// <summary>chroot(2).</summary>
    public static int chroot(ReadOnlySpan<byte> path)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.chroot(Terminated(p, path.Length)));
        }
    }

    /// <summary>chdir(2).</summary>
    public static int chdir(ReadOnlySpan<byte> path)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.chdir(Terminated(p, path.Length)));
        }
    }

    /// <summary>fchdir(2).</summary>
    public static int fchdir(int fd)
    {
        return Result(LibC.fchdir(fd));
    }

    /// <summary>
    /// getcwd(2) itself: the length with NUL; a path outside the root starts with <c>(unreachable)</c>.
    /// </summary>
    public static int getcwd(Span<byte> buffer)
    {
        fixed (byte* b = buffer)
        {
            return Result(LibC.syscall(IsArm64 ? 17 : 79, b, buffer.Length));
        }
    }
}
