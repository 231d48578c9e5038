using System;
using System.Globalization;
using Csrun.Linux;
using Csrun.Runtime.Shim;

namespace Csrun.Shim.Logs;

/// <summary>Where a log is: a directory, opened, and a name in it.</summary>
public static class LogPlace
{
    /// <summary>
    /// A path that somebody named as the real one, its directory without links. Called before the container exists,
    /// which may be able to change what lies on the way later.
    /// </summary>
    /// <exception cref="KernelException">The directory is not there, or the path cannot be one of a log.</exception>
    public static string Resolve(string absolutePath)
    {
        int slash = absolutePath.LastIndexOf('/');
        string name = absolutePath[(slash + 1)..];
        byte[] directory = Utf8.Terminated(absolutePath[..(slash + 1)]);
        using Fd opened = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, directory, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC),
            "open", directory, "--shim-log"));
        string path = PathOf(opened.Number).TrimEnd('/') + "/" + name;
        return name.Length == 0 || path.Contains('\n', StringComparison.Ordinal)
            ? throw new KernelException("open the log", absolutePath, Errno.EINVAL, "--shim-log")
            : path;
    }

    /// <summary>Opens the directory of a log.</summary>
    /// <param name="options">The place that was named, if one was.</param>
    /// <param name="shim">The place otherwise.</param>
    /// <param name="name">The name in it, with NUL.</param>
    /// <exception cref="KernelException">It is not there any more, or there are links on the way now.</exception>
    public static Fd OpenDirectory(ShimOptions options, ShimDirectory shim, out byte[] name)
    {
        const int Flags = Kernel.O_RDONLY | Kernel.O_CLOEXEC;
        if (options.LogPath is not string path)
        {
            name = ShimDirectory.Log.ToArray();
            return new Fd(KernelException.Check(
                Kernel.openat(shim.Descriptor, ".\0"u8, Flags | Kernel.O_DIRECTORY), "open", "shim"u8));
        }

        int slash = path.LastIndexOf('/');
        name = Utf8.Terminated(path[(slash + 1)..]);
        byte[] directory = Utf8.Terminated(path[..(slash + 1)]);
        return new Fd(KernelException.Check(
            Kernel.openat2(Kernel.AT_FDCWD, directory, Flags | Kernel.O_DIRECTORY, Kernel.RESOLVE_NO_SYMLINKS),
            "open", directory, "--shim-log"));
    }

    /// <summary>The path of the log in the container's own directory.</summary>
    public static string PathInState(ShimDirectory shim)
    {
        return PathOf(shim.Descriptor) + "/log";
    }

    private static string PathOf(int directory)
    {
        byte[] link = Utf8.Terminated("/proc/self/fd/" + directory.ToString(CultureInfo.InvariantCulture));
        byte[] real = new byte[4096];
        int length = KernelException.Check(Kernel.readlinkat(Kernel.AT_FDCWD, link, real), "readlink", link);
        return Utf8.ToText(real.AsSpan(0, length));
    }
}
