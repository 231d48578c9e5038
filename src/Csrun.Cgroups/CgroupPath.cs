using System;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Paths of cgroups: cleaning them, and opening them without ever following a symbolic link.</summary>
internal static class CgroupPath
{
    private const ulong NoLinks = Kernel.RESOLVE_NO_SYMLINKS | Kernel.RESOLVE_NO_MAGICLINKS;

    /// <summary>
    /// The path without empty and <c>.</c> parts, with <c>..</c> taken away by text and never above the top, as runc
    /// cleans it; without a slash at either end. Empty when it names the top.
    /// </summary>
    public static byte[] Clean(ReadOnlySpan<byte> path)
    {
        byte[] result = new byte[path.Length];
        int length = 0;
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> part = slash < 0 ? path : path[..slash];
            path = slash < 0 ? default : path[(slash + 1)..];
            if (part.IsEmpty || part.SequenceEqual("."u8))
            {
                continue;
            }

            if (part.SequenceEqual(".."u8))
            {
                length = int.Max(0, result.AsSpan(0, length).LastIndexOf((byte)'/'));
                continue;
            }

            if (length > 0)
            {
                result[length++] = (byte)'/';
            }

            part.CopyTo(result.AsSpan(length));
            length += part.Length;
        }

        return result[..length];
    }

    /// <summary>
    /// Opens a directory whose path (with NUL) holds no link; relative paths do not leave <paramref name="dirfd"/>.
    /// Kernels without openat2(2) are walked part by part.
    /// </summary>
    /// <returns>The fd, or a negated errno.</returns>
    public static int OpenDirectory(int dirfd, ReadOnlySpan<byte> path, int flags = Kernel.O_RDONLY)
    {
        flags |= Kernel.O_DIRECTORY | Kernel.O_CLOEXEC;
        ulong beneath = dirfd == Kernel.AT_FDCWD ? 0 : Kernel.RESOLVE_BENEATH | Kernel.RESOLVE_NO_XDEV;
        int fd = Kernel.openat2(dirfd, path, flags, NoLinks | beneath);
        return fd == -(int)Errno.ENOSYS ? Walk(dirfd, path, flags) : fd;
    }

    /// <summary>Opens a file below a directory by the same rules.</summary>
    /// <returns>The fd, or a negated errno.</returns>
    public static int OpenFile(int dirfd, ReadOnlySpan<byte> path, int flags)
    {
        int fd = Kernel.openat2(dirfd, path, flags | Kernel.O_CLOEXEC, NoLinks);
        return fd == -(int)Errno.ENOSYS
            ? Kernel.openat(dirfd, path, flags | Kernel.O_CLOEXEC | Kernel.O_NOFOLLOW)
            : fd;
    }

    /// <summary>mkdir -p: the directories of <paramref name="path"/> (with NUL) below <paramref name="root"/>, one at a
    /// time; the fd (O_PATH) of the last, or a negated errno.</summary>
    public static int MakeDirectories(int root, ReadOnlySpan<byte> path)
    {
        Span<byte> part = stackalloc byte[256];
        int current = root;
        while (true)
        {
            int next = NextPart(ref path, part);
            if (next <= 0)
            {
                return next < 0 ? CloseUnless(current, root, next) : current;
            }

            ReadOnlySpan<byte> name = part[..next];
            int result = Kernel.mkdirat(current, name, 0x1ed);
            if (result is 0 or -(int)Errno.EEXIST)
            {
                result = Kernel.openat(
                    current, name, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC);
            }

            CloseUnless(current, root, 0);
            if (result < 0)
            {
                return result;
            }

            current = result;
        }
    }

    private static int Walk(int dirfd, ReadOnlySpan<byte> path, int flags)
    {
        Span<byte> part = stackalloc byte[256];
        int start = dirfd;
        if (path[0] == (byte)'/')
        {
            start = Kernel.openat(dirfd, "/\0"u8, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC);
        }

        int current = start;
        while (current >= 0)
        {
            int next = NextPart(ref path, part);
            if (next < 0)
            {
                return CloseUnless(current, dirfd, next);
            }

            bool last = next == 0;
            int fd = Kernel.openat(
                current,
                last ? ".\0"u8 : part[..next],
                last ? flags : Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC);
            CloseUnless(current, dirfd, 0);
            if (last)
            {
                return fd;
            }

            current = fd;
        }

        return current;
    }

    /// <summary>Takes the next part off the path into the buffer, with NUL; its length, 0 at the end.</summary>
    private static int NextPart(ref ReadOnlySpan<byte> path, scoped Span<byte> part)
    {
        while (path[0] == (byte)'/')
        {
            path = path[1..];
        }

        int length = path.IndexOfAny((byte)'/', (byte)0);
        if (length == 0)
        {
            return 0;
        }

        if (length >= part.Length)
        {
            return -(int)Errno.ENAMETOOLONG;
        }

        path[..length].CopyTo(part);
        part[length] = 0;
        path = path[length..];
        return length + 1;
    }

    private static int CloseUnless(int fd, int kept, int result)
    {
        if (fd != kept)
        {
            Kernel.close(fd);
        }

        return result;
    }
}
