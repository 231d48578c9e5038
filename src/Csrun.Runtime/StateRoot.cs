using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>The directory that holds a directory for each container (--root).</summary>
public sealed class StateRoot
{
    private const string HostDefault = "/run/csrun";
    private const uint RootMode = 0x1C9; // 0711

    /// <summary>Names the directory; nothing is touched yet.</summary>
    public StateRoot(string path)
    {
        Path = path.Length > 1 ? path.TrimEnd('/') : path;
    }

    /// <summary>Its path, absolute or relative to the working directory.</summary>
    public string Path { get; }

    /// <summary>
    /// The default: /run/csrun as root; else $XDG_RUNTIME_DIR/csrun, which must be set. The root of a user namespace,
    /// as rootless podman is, is no root of the host: it uses $XDG_RUNTIME_DIR where that is set.
    /// </summary>
    /// <exception cref="RuntimeException">Not root, and XDG_RUNTIME_DIR is not set.</exception>
    public static string DefaultPath(string? xdgRuntimeDirectory)
    {
        bool isRoot = Kernel.geteuid() == 0;
        if (string.IsNullOrEmpty(xdgRuntimeDirectory))
        {
            return isRoot
                ? HostDefault
                : throw new RuntimeException(
                    "without root the state goes to $XDG_RUNTIME_DIR/csrun, and XDG_RUNTIME_DIR is not set: set it, or "
                        + "give --root");
        }

        return isRoot && UserNamespace.IsHosts() ? HostDefault : xdgRuntimeDirectory + "/csrun";
    }

    /// <summary>Opens the directory, made with its parents where it is missing.</summary>
    /// <exception cref="KernelException">It cannot be made.</exception>
    public Fd OpenOrMake()
    {
        byte[] path = Utf8.Terminated(Path);
        int fd = Open(path);
        if (fd == -(int)Errno.ENOENT)
        {
            for (int i = 1; i < path.Length; i++)
            {
                if (path[i] is (byte)'/' or 0)
                {
                    byte[] prefix = [.. path.AsSpan(0, i), 0];
                    int made = Kernel.mkdirat(Kernel.AT_FDCWD, prefix, RootMode);
                    if (made < 0 && made != -(int)Errno.EEXIST)
                    {
                        throw new KernelException("mkdir", Utf8.ToText(prefix), (Errno)(-made), "--root");
                    }
                }
            }

            fd = Open(path);
        }

        return new Fd(KernelException.Check(fd, "open", path, "--root"));
    }

    /// <summary>Opens the directory, or none where it does not exist.</summary>
    /// <exception cref="KernelException">It is there and cannot be opened.</exception>
    public Fd OpenExisting()
    {
        byte[] path = Utf8.Terminated(Path);
        int fd = Open(path);
        return new Fd(fd == -(int)Errno.ENOENT ? fd : KernelException.Check(fd, "open", path, "--root"));
    }

    /// <summary>The ids of all containers, sorted.</summary>
    public IReadOnlyList<string> ListIds(out bool exists)
    {
        List<string> ids = [];
        using Fd directory = OpenExisting();
        exists = directory.IsOpen;
        if (!exists)
        {
            return ids;
        }

        DirectoryEntries entries = new(directory.Number, new byte[8192]);
        while (entries.MoveNext())
        {
            if (entries.Name[0] != (byte)'.')
            {
                ids.Add(Utf8.ToText(entries.Name));
            }
        }

        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    private static int Open(ReadOnlySpan<byte> path)
    {
        return Kernel.openat(
            Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC);
    }
}
