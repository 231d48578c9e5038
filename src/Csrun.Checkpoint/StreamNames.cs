using System;
using System.Collections.Generic;
using System.Text.Json;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Checkpoint;

/// <summary>
/// What standard input, output and error of a container's first process were, as descriptors.json beside the images has
/// it (runc's name): what /proc tells, or, for a file or terminal of the outside, the name that criu knows it by.
/// </summary>
internal static class StreamNames
{
    private const string FileName = "descriptors.json";
    private const int Count = 3;
    private const int MaxSize = 65536;
    private const uint PrivateFile = 0x180; // 0600
    private const string FileKey = "file[";
    private const string TerminalKey = "tty[";

    /// <summary>Looks at a process.</summary>
    public static string[] Of(int pid)
    {
        string process = "/proc/" + pid;
        string mounts = FileContent.ReadText(process + "/mountinfo");
        string[] names = new string[Count];
        for (int i = 0; i < Count; i++)
        {
            names[i] = Name(process, i, mounts);
        }

        return names;
    }

    /// <summary>Whether a restore puts a stream of its own in the place of what has this name.</summary>
    public static bool IsHandedOver(string name)
    {
        return IsExternal(name)
            || name.StartsWith("pipe:[", StringComparison.Ordinal)
            || name.StartsWith("socket:[", StringComparison.Ordinal);
    }

    /// <summary>Whether criu must be told that this is not for it to save.</summary>
    public static bool IsExternal(string name)
    {
        return name.StartsWith(FileKey, StringComparison.Ordinal)
            || name.StartsWith(TerminalKey, StringComparison.Ordinal);
    }

    /// <summary>Writes descriptors.json.</summary>
    public static void Write(int images, string[] names)
    {
        JsonBytes json = new(MaxSize);
        json.BeginArray();
        foreach (string name in names)
        {
            json.Value(name);
        }

        json.EndArray();
        int flags = Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_TRUNC | Kernel.O_NOFOLLOW | Kernel.O_NONBLOCK
            | Kernel.O_CLOEXEC;
        byte[] path = Utf8.Terminated(FileName);
        using Fd file = new(KernelException.Check(
            Kernel.openat(images, path, flags, PrivateFile), "create", path, "--image-path"));
        KernelException.Check(Kernel.WriteAll(file.Number, json.Written), "write", path, "--image-path");
    }

    /// <summary>Reads descriptors.json.</summary>
    /// <exception cref="KernelException">It is not there: these are no images of a container.</exception>
    public static string[] Read(int images)
    {
        byte[] path = Utf8.Terminated(FileName);
        using Fd file = new(KernelException.Check(
            Kernel.openat(images, path, Kernel.O_RDONLY | Kernel.O_NONBLOCK | Kernel.O_NOCTTY | Kernel.O_CLOEXEC),
            "open", path, "--image-path"));
        byte[]? content = FileContent.Read(file.Number, MaxSize, out int length);
        return content is null || Parse(content.AsSpan(0, length)) is not string[] names
            ? throw new KernelException("read", FileName, Errno.EINVAL, "--image-path", "it is no array of three names")
            : names;
    }

    /// <summary>The names; null where it is something else.</summary>
    internal static string[]? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            List<string> names = [];
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                names.Add(reader.GetString()!);
            }

            return reader.TokenType == JsonTokenType.EndArray && names.Count == Count ? [.. names] : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // the latter: a string that is no text
        }
    }

    /// <summary>The id of the mount that a descriptor is open on, from its fdinfo; null where that has none.</summary>
    internal static int? MountOf(ReadOnlySpan<char> fdinfo)
    {
        const string Field = "mnt_id:";
        int at = fdinfo.IndexOf(Field, StringComparison.Ordinal);
        ReadOnlySpan<char> rest = at < 0 ? default : fdinfo[(at + Field.Length)..];
        int end = rest.IndexOf('\n');
        return int.TryParse((end < 0 ? rest : rest[..end]).Trim(), out int id) ? id : null;
    }

    /// <summary>Whether a mount is one of those in a mountinfo.</summary>
    internal static bool HasMount(ReadOnlySpan<char> mountinfo, int id)
    {
        foreach (Range range in mountinfo.Split('\n'))
        {
            ReadOnlySpan<char> line = mountinfo[range];
            int space = line.IndexOf(' ');
            if (space > 0 && int.TryParse(line[..space], out int other) && other == id)
            {
                return true;
            }
        }

        return false;
    }

    private static string Name(string process, int number, string mounts)
    {
        string link = process + "/fd/" + number;
        Span<byte> target = new byte[4096];
        int length = Kernel.readlinkat(Kernel.AT_FDCWD, Utf8.Terminated(link), target);
        string name = length < 0 ? string.Empty : Utf8.ToText(target[..length]);
        if (!name.StartsWith('/')
            || MountOf(FileContent.ReadText(process + "/fdinfo/" + number)) is not int mount
            || HasMount(mounts, mount)
            || Kernel.statx(
                Kernel.AT_FDCWD, Utf8.Terminated(link), 0, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info) < 0)
        {
            return name;
        }

        bool isTerminal = ((uint)info.stx_mode & Kernel.S_IFMT) == Kernel.S_IFCHR
            && name.StartsWith("/dev/pts/", StringComparison.Ordinal);
        return isTerminal
            ? TerminalKey + Hex(Device(info.stx_rdev_major, info.stx_rdev_minor)) + ":"
                + Hex(Device(info.stx_dev_major, info.stx_dev_minor)) + "]"
            : FileKey + Hex((ulong)mount) + ":" + Hex((ulong)info.stx_ino) + "]";
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
