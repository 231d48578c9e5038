using System;
using System.Text;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Shim.Task;

/// <summary>Small files of a bundle, by their path.</summary>
internal static class Files
{
    private const uint Private = 0x180; // 0600

    /// <summary>The content; null where there is no such file.</summary>
    public static byte[]? Read(string path)
    {
        using Fd file = new(Kernel.openat(Kernel.AT_FDCWD, Utf8.Terminated(path), Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        if (!file.IsOpen
            || FileContent.Read(file.Number, FileContent.MaxDocument, out int length) is not byte[] content)
        {
            return null;
        }

        return content[..length];
    }

    /// <summary>The content as text, without white space around it; null where there is no such file.</summary>
    public static string? ReadText(string path)
    {
        return Read(path) is byte[] content ? Encoding.UTF8.GetString(content).Trim() : null;
    }

    /// <summary>A number in decimal; 0 where there is none.</summary>
    public static int ReadNumber(string path)
    {
        return int.TryParse(ReadText(path), out int number) ? number : 0;
    }

    /// <summary>Writes a file that only its owner reads, in the place of what is there.</summary>
    /// <exception cref="KernelException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        Put(path, Kernel.O_TRUNC, content);
    }

    /// <summary>Adds to a file.</summary>
    /// <exception cref="KernelException">It cannot be written.</exception>
    public static void Append(string path, ReadOnlySpan<byte> content)
    {
        Put(path, Kernel.O_APPEND, content);
    }

    /// <summary>Writes a file that is never seen half.</summary>
    /// <exception cref="KernelException">It cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        int slash = path.LastIndexOf('/');
        string beside = path[..(slash + 1)] + "." + path[(slash + 1)..] + "." + Kernel.getpid();
        Write(beside, content);
        byte[] target = Utf8.Terminated(path);
        KernelException.Check(
            Kernel.renameat2(Kernel.AT_FDCWD, Utf8.Terminated(beside), Kernel.AT_FDCWD, target, 0),
            "rename to",
            target);
    }

    /// <summary>Removes a file; nothing happens where there is none.</summary>
    public static void Remove(string path)
    {
        _ = Kernel.unlinkat(Kernel.AT_FDCWD, Utf8.Terminated(path), 0);
    }

    /// <summary>Removes a directory with the files in it; nothing happens where there is none.</summary>
    public static void RemoveDirectory(string path)
    {
        byte[] name = Utf8.Terminated(path);
        using Fd directory = new(Kernel.openat(
            Kernel.AT_FDCWD, name, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC));
        if (!directory.IsOpen)
        {
            return;
        }

        DirectoryEntries entries = new(directory.Number, new byte[2048]);
        while (entries.MoveNext())
        {
            _ = Kernel.unlinkat(directory.Number, entries.Name, 0);
        }

        _ = Kernel.unlinkat(Kernel.AT_FDCWD, name, Kernel.AT_REMOVEDIR);
    }

    private static void Put(string path, int how, ReadOnlySpan<byte> content)
    {
        byte[] name = Utf8.Terminated(path);
        using Fd file = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, name, Kernel.O_WRONLY | Kernel.O_CREAT | how | Kernel.O_CLOEXEC, Private),
            "open",
            name));
        KernelException.Check(Kernel.WriteAll(file.Number, content), "write", name);
    }
}
