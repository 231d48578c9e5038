using System;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>
/// The container's own /etc/passwd and /etc/group (passwd(5), group(5)): files of its owner's making, so only what is a
/// regular file is opened, and no more of it is read than a megabyte.
/// </summary>
internal static class AccountFile
{
    private const int MaxFile = 1 << 20;

    /// <summary>The file's content; empty where it is missing, a link, or no regular file.</summary>
    /// <param name="root">The entered root.</param>
    /// <param name="path">The file, ended by NUL.</param>
    public static ReadOnlySpan<byte> Read(ContainerRoot root, ReadOnlySpan<byte> path)
    {
        int opened = root.Open(path, Kernel.O_NOFOLLOW);
        if (opened < 0)
        {
            return default;
        }

        using Fd place = new(opened);
        if (Kernel.statx(
                place.Number, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS,
                out Tmds.Linux.statx info) < 0
            || ((uint)info.stx_mode & Kernel.S_IFMT) != Kernel.S_IFREG)
        {
            return default;
        }

        using Fd file = new(root.OpenForUse(path, Kernel.O_RDONLY | Kernel.O_NOFOLLOW | Kernel.O_NONBLOCK));
        byte[] content = new byte[(int)Math.Min((long)info.stx_size + 1, MaxFile)];
        int length = file.IsOpen ? Kernel.read(file.Number, content) : 0;
        return content.AsSpan(0, Math.Max(length, 0));
    }

    /// <summary>Takes the first line off <paramref name="rest"/>; false at the end.</summary>
    public static bool NextLine(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        line = rest;
        if (rest.IsEmpty)
        {
            return false;
        }

        int end = rest.IndexOf((byte)'\n');
        line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return true;
    }

    /// <summary>One of a line's fields, which are divided by colons; empty where there are fewer.</summary>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int index)
    {
        for (int i = 0; i < index; i++)
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                return default;
            }

            line = line[(colon + 1)..];
        }

        int end = line.IndexOf((byte)':');
        return end < 0 ? line : line[..end];
    }
}
