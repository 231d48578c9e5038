using System;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>Whole files of modest size.</summary>
public static class FileContent
{
    /// <summary>The most that a JSON document may have, in bytes: parsed, it fits the 256 MiB of the heap.</summary>
    public const int MaxDocument = 16 << 20;

    private const int MaxText = 64 << 20;
    private const int FirstSize = 32768;

    /// <summary>A file as text; empty where it cannot be read.</summary>
    public static string ReadText(string path)
    {
        using Fd file = new(Kernel.openat(
            Kernel.AT_FDCWD, Utf8.Terminated(path), Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        return file.IsOpen && Read(file.Number, MaxText, out int length) is byte[] content
            ? Utf8.ToText(content.AsSpan(0, length))
            : string.Empty;
    }

    /// <summary>Reads to the end; null where a read fails or the file is over <paramref name="limit"/> bytes.</summary>
    public static byte[]? Read(int fd, int limit, out int length)
    {
        // Not cleared: most files fill one or two of its eight pages.
        byte[] content = GC.AllocateUninitializedArray<byte>(FirstSize);
        length = 0;
        while (true)
        {
            int read = Kernel.read(fd, content.AsSpan(length));
            if (read < 0 || length > limit)
            {
                return null;
            }

            if (read == 0)
            {
                return content;
            }

            length += read;
            if (length == content.Length)
            {
                Array.Resize(ref content, content.Length * 2);
            }
        }
    }
}
