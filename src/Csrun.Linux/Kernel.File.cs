using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>Files, directories and descriptors.</summary>
public static unsafe partial class Kernel
{
    // fcntl.h
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_TRUNC = 0x200;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;
    public static int O_DIRECTORY => IsArm64 ? 0x4000 : 0x10000;
    public static int O_NOFOLLOW => IsArm64 ? 0x8000 : 0x20000;

    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const int AT_RECURSIVE = 0x8000;
    public const int AT_EMPTY_PATH = 0x1000;

    public const int F_DUPFD_CLOEXEC = 1030;
    public const int F_GETFD = 1;
    public const int F_GETFL = 3;
    public const int F_SETFD = 2;
    public const int F_SETFL = 4;
    public const int FD_CLOEXEC = 1;

    // openat2.h
    public const ulong RESOLVE_NO_XDEV = 0x01;
    public const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    public const ulong RESOLVE_NO_SYMLINKS = 0x04;
    public const ulong RESOLVE_BENEATH = 0x08;
    public const ulong RESOLVE_IN_ROOT = 0x10;

    // stat.h
    public const uint S_IFMT = 0xF000;
    public const uint S_IFSOCK = 0xC000;
    public const uint S_IFLNK = 0xA000;
    public const uint S_IFREG = 0x8000;
    public const uint S_IFBLK = 0x6000;
    public const uint S_IFDIR = 0x4000;
    public const uint S_IFCHR = 0x2000;
    public const uint S_IFIFO = 0x1000;

    public const uint STATX_TYPE = 0x1;
    public const uint STATX_BASIC_STATS = 0x7ff;
    public const uint STATX_MNT_ID = 0x1000;

    public const int LOCK_SH = 1;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const int LOCK_UN = 8;

    public const uint CLOSE_RANGE_CLOEXEC = 4;
    public const uint RENAME_NOREPLACE = 1;

    // magic.h
    public const long PROC_SUPER_MAGIC = 0x9fa0;
    public const long CGROUP_SUPER_MAGIC = 0x27e0eb;
    public const long CGROUP2_SUPER_MAGIC = 0x63677270;
    public const long TMPFS_MAGIC = 0x01021994;
    public const long DEVPTS_SUPER_MAGIC = 0x1cd1;
    public const long SELINUX_MAGIC = 0xf97cff8c;

    /// <summary>openat(2). Give <paramref name="flags"/> O_CLOEXEC unless the program is to have the fd.</summary>
    public static int openat(int dirfd, ReadOnlySpan<byte> path, int flags, uint mode = 0)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.openat(dirfd, Terminated(p, path.Length), flags, (mode_t)mode));
        }
    }

    /// <summary>openat2(2): a path resolved under rules (RESOLVE_*).</summary>
    public static int openat2(int dirfd, ReadOnlySpan<byte> path, int flags, ulong resolve, uint mode = 0)
    {
        Span<ulong> how = [(ulong)(uint)flags, mode, resolve];
        fixed (byte* p = path)
        fixed (ulong* h = how)
        {
            return Result(LibC.syscall(
                Number.Openat2, dirfd, Terminated(p, path.Length), h, sizeof(ulong) * 3));
        }
    }

    /// <summary>close(2). Its failures have no cure, so none is reported.</summary>
    public static void close(int fd)
    {
        _ = LibC.close(fd);
    }

    /// <summary>close_range(2): all fds from <paramref name="first"/> on.</summary>
    public static int close_range(int first)
    {
        return Result(LibC.syscall(Number.CloseRange, first, -1, 0));
    }

    /// <summary>close_range(2): all fds from <paramref name="first"/> on are marked close-on-exec.</summary>
    public static int close_range_cloexec(int first)
    {
        return Result(LibC.syscall(Number.CloseRange, first, -1, CLOSE_RANGE_CLOEXEC));
    }

    /// <summary>read(2); interrupted calls are made again.</summary>
    public static int read(int fd, Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            int result;
            do
            {
                result = Result(LibC.read(fd, p, (size_t)buffer.Length));
            }
            while (result == -(int)Errno.EINTR);

            return result;
        }
    }

    /// <summary>lseek(2) from the start.</summary>
    public static long lseek(int fd, long offset)
    {
        off_t result = LibC.lseek(fd, (off_t)offset, 0);
        return (long)result == -1 ? -LibC.errno : (long)result;
    }

    /// <summary>write(2); interrupted calls are made again, short writes are returned as they are.</summary>
    public static int write(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            int result;
            do
            {
                result = Result(LibC.write(fd, p, (size_t)buffer.Length));
            }
            while (result == -(int)Errno.EINTR);

            return result;
        }
    }

    /// <summary>Writes all of <paramref name="buffer"/>; zero, or the negated errno of the write that failed.</summary>
    public static int WriteAll(int fd, ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int written = write(fd, buffer);
            if (written < 0)
            {
                return written;
            }

            buffer = buffer[written..];
        }

        return 0;
    }

    /// <summary>dup3(2) with flags 0: <paramref name="to"/> survives execve.</summary>
    public static int dup2(int from, int to)
    {
        return Result(LibC.dup2(from, to));
    }

    /// <summary>fcntl(2) with an integer argument.</summary>
    public static int fcntl(int fd, int command, int argument = 0)
    {
        return Result(LibC.fcntl(fd, command, argument));
    }

    /// <summary>pipe2(2).</summary>
    public static int pipe2(out int readEnd, out int writeEnd, int flags)
    {
        int* ends = stackalloc int[2];
        int result = Result(LibC.pipe2(ends, flags));
        readEnd = ends[0];
        writeEnd = ends[1];
        return result;
    }

    /// <summary>memfd_create(2), close-on-exec: an empty file in memory, reached by /proc/PID/fd/N.</summary>
    public static int memfd_create(ReadOnlySpan<byte> name)
    {
        const int MfdCloexec = 1;
        fixed (byte* n = name)
        {
            return Result(LibC.syscall(Number.MemfdCreate, Terminated(n, name.Length), MfdCloexec));
        }
    }

    /// <summary>eventfd2(2), close-on-exec and non-blocking: a counter that starts at 0.</summary>
    public static int eventfd()
    {
        return Result(LibC.syscall(Number.Eventfd2, 0, O_CLOEXEC | O_NONBLOCK));
    }

    /// <summary>readlinkat(2): the length of the target, which may have been cut to the buffer.</summary>
    public static int readlinkat(int dirfd, ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        fixed (byte* p = path)
        fixed (byte* b = buffer)
        {
            return Result(LibC.readlinkat(dirfd, Terminated(p, path.Length), b, (size_t)buffer.Length));
        }
    }

    /// <summary>mkdirat(2).</summary>
    public static int mkdirat(int dirfd, ReadOnlySpan<byte> path, uint mode)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.mkdirat(dirfd, Terminated(p, path.Length), (mode_t)mode));
        }
    }

    /// <summary>mknodat(2); <paramref name="device"/> as <see cref="MakeDevice"/> makes it.</summary>
    public static int mknodat(int dirfd, ReadOnlySpan<byte> path, uint mode, ulong device)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.syscall(Number.Mknodat, dirfd, Terminated(p, path.Length), mode, (size_t)device));
        }
    }

    /// <summary>symlinkat(2).</summary>
    public static int symlinkat(ReadOnlySpan<byte> target, int dirfd, ReadOnlySpan<byte> path)
    {
        fixed (byte* t = target)
        fixed (byte* p = path)
        {
            return Result(LibC.symlinkat(Terminated(t, target.Length), dirfd, Terminated(p, path.Length)));
        }
    }

    /// <summary>unlinkat(2); AT_REMOVEDIR makes it rmdir(2).</summary>
    public static int unlinkat(int dirfd, ReadOnlySpan<byte> path, int flags)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.unlinkat(dirfd, Terminated(p, path.Length), flags));
        }
    }

    /// <summary>renameat2(2).</summary>
    public static int renameat2(
        int fromDirectory, ReadOnlySpan<byte> from, int toDirectory, ReadOnlySpan<byte> to, uint flags)
    {
        fixed (byte* f = from)
        fixed (byte* t = to)
        {
            return Result(LibC.syscall(
                Number.Renameat2, fromDirectory, Terminated(f, from.Length), toDirectory,
                Terminated(t, to.Length), flags));
        }
    }

    /// <summary>statx(2).</summary>
    public static int statx(int dirfd, ReadOnlySpan<byte> path, int flags, uint mask, out statx result)
    {
        fixed (byte* p = path)
        fixed (statx* r = &result)
        {
            return Result(LibC.statx(dirfd, Terminated(p, path.Length), flags, mask, r));
        }
    }

    /// <summary>
    /// The mount that statx(2) tells when asked for STATX_MNT_ID: Tmds.LibC has no name for the field.
    /// </summary>
    public static ulong MountId(in statx info)
    {
        const int Offset = 0x90;
        fixed (statx* i = &info)
        {
            return *(ulong*)((byte*)i + Offset);
        }
    }

    /// <summary>fstatfs(2): the file system's magic number, or a negated errno.</summary>
    public static long FileSystemMagic(int fd)
    {
        Span<long> buffer = stackalloc long[15];
        fixed (long* b = buffer)
        {
            int result = Result(LibC.syscall(Number.Fstatfs, fd, b));
            return result < 0 ? result : buffer[0];
        }
    }

    /// <summary>fchownat(2); an id of uint.MaxValue leaves it alone.</summary>
    public static int fchownat(int dirfd, ReadOnlySpan<byte> path, uint uid, uint gid, int flags)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.fchownat(dirfd, Terminated(p, path.Length), (uid_t)uid, (gid_t)gid, flags));
        }
    }

    /// <summary>fchmodat(2), which follows a symbolic link at the end of the path.</summary>
    public static int fchmodat(int dirfd, ReadOnlySpan<byte> path, uint mode)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.fchmodat(dirfd, Terminated(p, path.Length), (mode_t)mode, 0));
        }
    }

    /// <summary>fchown(2).</summary>
    public static int fchown(int fd, uint uid, uint gid)
    {
        return Result(LibC.fchown(fd, (uid_t)uid, (gid_t)gid));
    }

    /// <summary>fchmod(2).</summary>
    public static int fchmod(int fd, uint mode)
    {
        return Result(LibC.fchmod(fd, (mode_t)mode));
    }

    /// <summary>fsetxattr(2): an extended attribute, made or replaced.</summary>
    public static int fsetxattr(int fd, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* n = name)
        fixed (byte* v = value)
        {
            return Result(LibC.syscall(Number.Fsetxattr, fd, Terminated(n, name.Length), v, value.Length, 0));
        }
    }

    /// <summary>flock(2); interrupted calls are made again.</summary>
    public static int flock(int fd, int operation)
    {
        int result;
        do
        {
            result = Result(LibC.syscall(Number.Flock, fd, operation));
        }
        while (result == -(int)Errno.EINTR);

        return result;
    }

    /// <summary>getdents64(2): bytes of linux_dirent64 records; <see cref="DirectoryEntries"/> reads them.</summary>
    public static int getdents64(int fd, Span<byte> buffer)
    {
        fixed (byte* b = buffer)
        {
            return Result(LibC.syscall(Number.Getdents64, fd, b, buffer.Length));
        }
    }

    /// <summary>faccessat(2) with the effective ids.</summary>
    public static int faccessat(int dirfd, ReadOnlySpan<byte> path, int mode, int flags)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.faccessat(dirfd, Terminated(p, path.Length), mode, flags));
        }
    }

    /// <summary>ioctl(2) with a pointer argument.</summary>
    public static int ioctl(int fd, ulong request, void* argument)
    {
        return Result(LibC.syscall(IsArm64 ? 29 : 16, fd, (size_t)request, argument));
    }

    /// <summary>ioctl(2) with an integer argument.</summary>
    public static int ioctl(int fd, ulong request, long argument)
    {
        return Result(LibC.syscall(IsArm64 ? 29 : 16, fd, (size_t)request, (size_t)(ulong)argument));
    }

    /// <summary>A device number as the kernel wants it from user space (makedev(3)).</summary>
    public static ulong MakeDevice(uint major, uint minor)
    {
        return ((ulong)(major & 0xfffff000) << 32) | ((ulong)(major & 0xfff) << 8)
            | ((ulong)(minor & 0xffffff00) << 12) | (minor & 0xff);
    }
}
