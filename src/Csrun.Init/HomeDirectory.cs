using System;
using System.Buffers.Text;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>The home directory that the container's own /etc/passwd gives a user (passwd(5)).</summary>
internal static class HomeDirectory
{
    private const int MaxFile = 1 << 20;

    /// <summary>The directory of <paramref name="uid"/>, or / where the file does not tell.</summary>
    public static string Find(ContainerRoot root, uint uid)
    {
        int opened = root.Open("/etc/passwd\0"u8, Kernel.O_NOFOLLOW);
        if (opened < 0)
        {
            return "/";
        }

        using Fd place = new(opened);
        if (Kernel.statx(
                place.Number, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info) < 0
            || ((uint)info.stx_mode & Kernel.S_IFMT) != Kernel.S_IFREG)
        {
            return "/";
        }

        using Fd file = new(Kernel.openat(
            Kernel.AT_FDCWD, "/etc/passwd\0"u8, Kernel.O_RDONLY | Kernel.O_NOFOLLOW | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC));
        byte[] content = new byte[(int)Math.Min((long)info.stx_size + 1, MaxFile)];
        int length = file.IsOpen ? Kernel.read(file.Number, content) : 0;
        return Find(content.AsSpan(0, Math.Max(length, 0)), uid);
    }

    private static string Find(ReadOnlySpan<byte> passwd, uint uid)
    {
        const int UidField = 2;
        const int HomeField = 5;
        while (!passwd.IsEmpty)
        {
            int end = passwd.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? passwd : passwd[..end];
            passwd = end < 0 ? default : passwd[(end + 1)..];
            ReadOnlySpan<byte> number = Field(line, UidField);
            if (Utf8Parser.TryParse(number, out uint found, out int used) && used == number.Length && found == uid)
            {
                ReadOnlySpan<byte> home = Field(line, HomeField);
                return home.IsEmpty ? "/" : Utf8.ToText(home);
            }
        }

        return "/";
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int index)
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
