using System;
using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>
/// The container's root file system, and the only code that resolves a path inside it. A path is resolved by the kernel
/// below the root (openat2 RESOLVE_IN_ROOT), once, to a descriptor; all further work is done on descriptors. Missing
/// components are made one at a time, each in the directory that was just opened.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "the one type that resolves a path inside the container")]
public readonly struct ContainerRoot
{
    private const int MaxLinks = 40;
    private const int PathSize = 4096;
    private const int Retries = 1000;

    private readonly int _root;

    /// <summary>Takes the descriptor of the root directory.</summary>
    public ContainerRoot(int root)
    {
        _root = root;
    }

    /// <summary>The root directory itself.</summary>
    public int Descriptor => _root;

    /// <summary>
    /// Opens what is at <paramref name="path"/>, links followed inside the root, as an O_PATH descriptor.
    /// </summary>
    /// <param name="path">The path in the container, ended by NUL.</param>
    /// <param name="flags">O_DIRECTORY, O_NOFOLLOW or none.</param>
    /// <returns>The descriptor or a negated errno.</returns>
    public int Open(ReadOnlySpan<byte> path, int flags = 0)
    {
        return Open(path, Kernel.O_PATH | flags, Kernel.RESOLVE_IN_ROOT | Kernel.RESOLVE_NO_MAGICLINKS);
    }

    /// <summary>
    /// Opens what is at <paramref name="path"/> for reading or writing, links followed inside the root.
    /// </summary>
    /// <returns>The descriptor or a negated errno.</returns>
    public int OpenForUse(ReadOnlySpan<byte> path, int flags)
    {
        return Open(path, flags, Kernel.RESOLVE_IN_ROOT | Kernel.RESOLVE_NO_MAGICLINKS);
    }

    /// <summary>Opens a directory at <paramref name="path"/>, making what is missing with mode 0755.</summary>
    /// <returns>An O_PATH descriptor or a negated errno.</returns>
    public int OpenOrMakeDirectory(ReadOnlySpan<byte> path)
    {
        int fd = Open(path, Kernel.O_DIRECTORY);
        return fd == -(int)Errno.ENOENT ? Make(path, asFile: false) : fd;
    }

    /// <summary>
    /// Opens what is at <paramref name="path"/>, making an empty file and its directories if nothing is.
    /// </summary>
    /// <returns>An O_PATH descriptor or a negated errno.</returns>
    public int OpenOrMakeFile(ReadOnlySpan<byte> path)
    {
        int fd = Open(path);
        return fd == -(int)Errno.ENOENT ? Make(path, asFile: true) : fd;
    }

    /// <summary>
    /// Opens the directory that holds <paramref name="path"/>'s last component, made where it is missing.
    /// </summary>
    /// <param name="path">The path in the container, ended by NUL.</param>
    /// <param name="name">The last component, ended by NUL.</param>
    /// <returns>An O_PATH descriptor or a negated errno.</returns>
    public int OpenParent(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> trimmed = path[..^1].TrimEnd((byte)'/');
        int slash = trimmed.LastIndexOf((byte)'/');
        name = path.Slice(slash + 1, trimmed.Length - slash);
        if (trimmed.Length + 1 != path.Length)
        {
            // A trailing slash stands where the NUL has to: only a copy can end there.
            byte[] copy = new byte[name.Length];
            name[..^1].CopyTo(copy);
            name = copy;
        }

        Span<byte> parent = stackalloc byte[PathSize];
        if (slash + 2 > parent.Length)
        {
            return -(int)Errno.ENAMETOOLONG;
        }

        int length = slash < 0 ? 0 : slash + 1;
        path[..length].CopyTo(parent);
        if (length == 0)
        {
            parent[length++] = (byte)'.';
        }

        parent[length] = 0;
        return OpenOrMakeDirectory(parent[..(length + 1)]);
    }

    /// <summary>
    /// Opens a directory by its name in another, made where it is missing; a symbolic link is refused.
    /// </summary>
    /// <returns>An O_PATH descriptor or a negated errno: ELOOP for a link, ENOTDIR for what is no directory.</returns>
    public static int OpenOrMakeDirectoryIn(int directory, ReadOnlySpan<byte> name)
    {
        return MakeComponent(directory, name, asFile: false);
    }

    private int Open(ReadOnlySpan<byte> path, int flags, ulong resolve)
    {
        // A rename of a directory on the way makes a lookup with ".." fail with EAGAIN.
        for (int i = 0; i < Retries; i++)
        {
            int fd = Kernel.openat2(_root, path, flags | Kernel.O_CLOEXEC, resolve);
            if (fd != -(int)Errno.EAGAIN)
            {
                return fd;
            }
        }

        return -(int)Errno.EAGAIN;
    }

    /// <summary>
    /// Walks <paramref name="path"/> and makes what is missing. The kernel resolves the part walked so far; a component
    /// is only ever made, or found not to be makeable, in a directory already open. A dangling link is followed by
    /// starting again with its target in its place.
    /// </summary>
    private int Make(ReadOnlySpan<byte> path, bool asFile)
    {
        Span<byte> buffer = stackalloc byte[PathSize];
        if (path.Length > buffer.Length)
        {
            return -(int)Errno.ENAMETOOLONG;
        }

        path.CopyTo(buffer);
        int length = path.Length - 1;
        for (int links = 0; links < MaxLinks; links++)
        {
            int result = MakeOnce(buffer[..length], asFile, out int linkEnd, out int directory);
            if (result != -(int)Errno.ELOOP || linkEnd == 0)
            {
                return result;
            }

            length = ReplaceLink(buffer, length, linkEnd, directory);
            if (length < 0)
            {
                return length;
            }
        }

        return -(int)Errno.ELOOP;
    }

    /// <summary>
    /// ELOOP with a <paramref name="linkEnd"/>: a dangling link ends there, in <paramref name="directory"/>.
    /// </summary>
    private int MakeOnce(Span<byte> path, bool asFile, out int linkEnd, out int directory)
    {
        linkEnd = 0;
        directory = Kernel.fcntl(_root, Kernel.F_DUPFD_CLOEXEC);
        Span<byte> prefix = stackalloc byte[PathSize + 1];
        int start = 0;
        while (true)
        {
            while (start < path.Length && path[start] == (byte)'/')
            {
                start++;
            }

            if (start == path.Length)
            {
                return directory;
            }

            int next = path[start..].IndexOf((byte)'/');
            int end = next < 0 ? path.Length : start + next;
            bool last = path[end..].TrimStart((byte)'/').IsEmpty;
            path[..end].CopyTo(prefix);
            prefix[end] = 0;
            int found = Open(prefix[..(end + 1)], last && asFile ? 0 : Kernel.O_DIRECTORY);
            if (found == -(int)Errno.ENOENT)
            {
                found = MakeComponent(directory, prefix[start..(end + 1)], last && asFile);
                if (found == -(int)Errno.ELOOP)
                {
                    linkEnd = end;
                    return found;
                }
            }

            Kernel.close(directory);
            if (found < 0)
            {
                return found;
            }

            directory = found;
            start = end;
        }
    }

    private static int MakeComponent(int directory, ReadOnlySpan<byte> name, bool asFile)
    {
        int made = asFile
            ? Kernel.mknodat(directory, name, Kernel.S_IFREG | 0x1ED, 0)
            : Kernel.mkdirat(directory, name, 0x1ED);
        if (made < 0 && made != -(int)Errno.EEXIST)
        {
            return made;
        }

        return Kernel.openat2(
            directory,
            name,
            Kernel.O_PATH | Kernel.O_CLOEXEC | (asFile ? 0 : Kernel.O_DIRECTORY),
            Kernel.RESOLVE_BENEATH | Kernel.RESOLVE_NO_SYMLINKS);
    }

    /// <summary>Puts a link's target where the link stood in the path; the new length or a negated errno.</summary>
    private static int ReplaceLink(Span<byte> path, int length, int linkEnd, int directory)
    {
        Span<byte> target = stackalloc byte[PathSize];
        int start = path[..linkEnd].LastIndexOf((byte)'/') + 1;
        Span<byte> name = stackalloc byte[256];
        path[start..linkEnd].CopyTo(name);
        name[linkEnd - start] = 0;
        int targetLength = Kernel.readlinkat(directory, name[..(linkEnd - start + 1)], target);
        Kernel.close(directory);
        if (targetLength < 0)
        {
            return targetLength;
        }

        int kept = targetLength > 0 && target[0] == (byte)'/' ? 0 : start;
        int rest = length - linkEnd;
        if (kept + targetLength + rest >= path.Length)
        {
            return -(int)Errno.ENAMETOOLONG;
        }

        Span<byte> tail = stackalloc byte[PathSize];
        path[linkEnd..length].CopyTo(tail);
        target[..targetLength].CopyTo(path[kept..]);
        tail[..rest].CopyTo(path[(kept + targetLength)..]);
        return kept + targetLength + rest;
    }
}
