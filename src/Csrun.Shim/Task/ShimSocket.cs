using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>Where a shim listens: a name made of whom it serves, so that a second start finds it.</summary>
internal static class ShimSocket
{
    /// <summary>Where the reference shim keeps its sockets, whatever containerd's own directories are.</summary>
    public const string DefaultDirectory = "/run/containerd/s";
    private const int Backlog = 128;
    private const uint SocketMode = 0x180; // 0600
    private const uint DirectoryMode = 0x1C0; // 0700
    private const string Scheme = "unix://";

    /// <summary>The address of the shim that serves a container, or a group of them.</summary>
    public static string Address(string directory, string containerd, string containerdNamespace, string group)
    {
        byte[] key = Encoding.UTF8.GetBytes(Clean(containerd + "/" + containerdNamespace + "/" + group));
        return Scheme + directory + "/" + Sha256.Hex(key);
    }

    /// <summary>The path of a socket's file; null for an abstract socket.</summary>
    public static string? PathOf(string address)
    {
        return address.StartsWith(Scheme, StringComparison.Ordinal) ? address[Scheme.Length..] : null;
    }

    /// <summary>
    /// Listens at the address, unless somebody does: not open then. What a dead shim left there is replaced. Two that
    /// come at the same moment take turns, so one of them finds the other.
    /// </summary>
    /// <exception cref="KernelException">The socket cannot be made.</exception>
    public static Fd Listen(string directory, string address)
    {
        MakeDirectory(directory);
        using Fd turn = new(KernelException.Check(
            Kernel.openat(
                Kernel.AT_FDCWD, Utf8.Terminated(directory), Kernel.O_RDONLY | Kernel.O_CLOEXEC | Kernel.O_DIRECTORY),
            "open",
            Utf8.Terminated(directory)));
        _ = Kernel.flock(turn.Number, Kernel.LOCK_EX);
        byte[] path = Utf8.Terminated(PathOf(address)!);
        Fd socket = new(KernelException.Check(Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM), "socket"));
        int bound = Kernel.bind_unix(socket.Number, path);
        if (bound == -(int)Errno.EADDRINUSE)
        {
            if (IsServed(path))
            {
                socket.Dispose();
                return default;
            }

            _ = Kernel.unlinkat(Kernel.AT_FDCWD, path, 0);
            bound = Kernel.bind_unix(socket.Number, path);
        }

        KernelException.Check(bound, "bind", path);
        KernelException.Check(Kernel.fchmodat(Kernel.AT_FDCWD, path, SocketMode), "chmod", path);
        KernelException.Check(Kernel.listen(socket.Number, Backlog), "listen", path);
        return socket;
    }

    /// <summary>Whether somebody listens there.</summary>
    public static bool IsServed(ReadOnlySpan<byte> path)
    {
        using Fd probe = new(Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM));
        return probe.IsOpen && Kernel.connect_unix(probe.Number, path) == 0;
    }

    /// <summary>A path as Go's filepath.Join leaves it: no empty parts, no dots, no parent.</summary>
    private static string Clean(string path)
    {
        List<string> kept = [];
        foreach (string part in path.Split('/'))
        {
            if (part == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                kept.Add(part);
            }
        }

        return (path.StartsWith('/') ? "/" : "") + string.Join('/', kept);
    }

    private static void MakeDirectory(string directory)
    {
        for (int slash = directory.IndexOf('/', 1); ; slash = directory.IndexOf('/', slash + 1))
        {
            byte[] part = Utf8.Terminated(slash < 0 ? directory : directory[..slash]);
            int made = Kernel.mkdirat(Kernel.AT_FDCWD, part, DirectoryMode);
            if (made < 0 && made != -(int)Errno.EEXIST)
            {
                throw new KernelException("mkdir", Utf8.ToText(part), (Errno)(-made));
            }

            if (slash < 0)
            {
                return;
            }
        }
    }
}
