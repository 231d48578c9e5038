using System;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>
/// What a standard stream is open on, by the name that criu knows it by (criu(8), --external and --inherit-fd): what
/// /proc tells, or, for a file or terminal of the outside, a key of numbers.
/// </summary>
public static class StreamName
{
    /// <summary>How a file of the outside begins: mount and inode follow.</summary>
    public const string FileKey = "file[";

    /// <summary>How a terminal of the outside begins: its device and that of its file system follow.</summary>
    public const string TerminalKey = "tty[";

    /// <summary>The names of three descriptors of this process, seen from a container with mounts of its own.</summary>
    public static string[] OfOwn(int input, int output, int error)
    {
        return [Of("/proc/self/fd/" + input, []), Of("/proc/self/fd/" + output, []), Of("/proc/self/fd/" + error, [])];
    }

    /// <summary>The name of one descriptor; empty where there is none.</summary>
    /// <param name="link">Its link in /proc/PID/fd.</param>
    /// <param name="mountinfo">The mounts that are not of the outside, as proc_pid_mountinfo(5) has them.</param>
    public static string Of(string link, ReadOnlySpan<char> mountinfo)
    {
        byte[] path = Utf8.Terminated(link);
        Span<byte> target = stackalloc byte[256]; // of a longer one the beginning is enough
        int length = Kernel.readlinkat(Kernel.AT_FDCWD, path, target);
        string name = length < 0 ? string.Empty : Utf8.ToText(target[..length]);
        if (!name.StartsWith('/')
            || Kernel.statx(
                Kernel.AT_FDCWD, path, 0, Kernel.STATX_BASIC_STATS | Kernel.STATX_MNT_ID,
                out Tmds.Linux.statx info) < 0
            || HasMount(mountinfo, Kernel.MountId(in info)))
        {
            return name;
        }

        bool isTerminal = ((uint)info.stx_mode & Kernel.S_IFMT) == Kernel.S_IFCHR
            && name.StartsWith("/dev/pts/", StringComparison.Ordinal);
        return isTerminal
            ? TerminalKey + Hex(Device(info.stx_rdev_major, info.stx_rdev_minor)) + ":"
                + Hex(Device(info.stx_dev_major, info.stx_dev_minor)) + "]"
            : FileKey + Hex(Kernel.MountId(in info)) + ":" + Hex((ulong)info.stx_ino) + "]";
    }

    /// <summary>Whether a mount is one of those in a mountinfo.</summary>
    internal static bool HasMount(ReadOnlySpan<char> mountinfo, ulong id)
    {
        foreach (Range range in mountinfo.Split('\n'))
        {
            ReadOnlySpan<char> line = mountinfo[range];
            int space = line.IndexOf(' ');
            if (space > 0 && ulong.TryParse(line[..space], out ulong other) && other == id)
            {
                return true;
            }
        }

        return false;
    }

    private static string Hex(ulong number)
    {
        Span<char> digits = stackalloc char[16];
        _ = number.TryFormat(digits, out int length, "x");
        return digits[..length].ToString();
    }

    /// <summary>dev_t as libc has it.</summary>
    private static ulong Device(uint major, uint minor)
    {
        return (minor & 0xff) | ((major & 0xfff) << 8) | ((ulong)(minor & ~0xffu) << 12);
    }
}
