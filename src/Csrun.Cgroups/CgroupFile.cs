using System;
using System.Text;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Reads and writes the control files of a cgroup's directory. Names as bytes end with NUL.</summary>
internal static class CgroupFile
{
    /// <summary>Writes <paramref name="value"/> in one write(2), as the kernel wants it; zero or a negated
    /// errno.</summary>
    public static int Write(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int number = Kernel.openat(directory, name, Kernel.O_WRONLY | Kernel.O_CLOEXEC);
        if (number < 0)
        {
            return number;
        }

        using Fd file = new(number);
        return int.Min(Kernel.write(number, value), 0);
    }

    /// <summary>The same for text.</summary>
    public static int Write(int directory, string name, string value)
    {
        return Write(directory, Utf8.Terminated(name), Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Reads as much as the buffer takes; the length, or a negated errno.</summary>
    public static int Read(int directory, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        int number = Kernel.openat(directory, name, Kernel.O_RDONLY | Kernel.O_CLOEXEC);
        if (number < 0)
        {
            return number;
        }

        using Fd file = new(number);
        int length = 0;
        while (length < buffer.Length)
        {
            int read = Kernel.read(number, buffer[length..]);
            if (read <= 0)
            {
                return read < 0 ? read : length;
            }

            length += read;
        }

        return length;
    }

    /// <summary>Reads the whole file as text without its last line end; null and a negated errno where it cannot be
    /// read.</summary>
    public static string? ReadText(int directory, string name, out int error)
    {
        byte[] buffer = new byte[4096];
        byte[] path = Utf8.Terminated(name);
        while (true)
        {
            int length = Read(directory, path, buffer);
            if (length < 0)
            {
                error = length;
                return null;
            }

            if (length < buffer.Length)
            {
                error = 0;
                return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
            }

            buffer = new byte[buffer.Length * 4];
        }
    }
}
