using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// The container's terminal: a pseudo-terminal of its own devpts, whose other end becomes standard input, output, error
/// and /dev/console, while the master goes to the caller over a socket.
/// </summary>
/// <remarks>
/// The other end is opened by TIOCGPTPEER and bound by descriptor: a path in the container's /dev/pts may be anything
/// (CVE-2025-52565).
/// </remarks>
internal static class ContainerTerminal
{
    private const int PtmxMajor = 5;
    private const int PtmxMinor = 2;

    /// <summary>Makes the terminal in the entered root and sends its master.</summary>
    /// <param name="root">The container's root.</param>
    /// <param name="process">The program: owner and size of the terminal.</param>
    /// <param name="socket">A connected socket that takes the master by SCM_RIGHTS.</param>
    /// <param name="bindConsole">Whether /dev/console becomes the terminal; not for exec.</param>
    public static void Open(ContainerRoot root, ProcessPlan process, int socket, bool bindConsole)
    {
        using Fd master = new(OpenMaster(root));
        KernelException.Check(Kernel.pty_unlock(master.Number), "unlock the terminal", default, "process.terminal");
        int peer = KernelException.Check(
            Kernel.pty_open_peer(master.Number), "open the terminal", default, "process.terminal");
        if (process.ConsoleSize is Box size)
        {
            _ = Kernel.tty_set_size(master.Number, (ushort)(size.Height ?? 0), (ushort)(size.Width ?? 0));
        }

        if (bindConsole)
        {
            BindConsole(root, peer);
        }

        Send(master.Number, socket);
        KernelException.Check(
            Kernel.tty_make_controlling(peer), "make the terminal the controlling one", default, "process.terminal");
        for (int fd = 0; fd < 3; fd++)
        {
            KernelException.Check(Kernel.dup2(peer, fd), "dup2", default, "process.terminal");
        }

        Kernel.close(peer);
    }

    /// <summary>Opens the container's ptmx, proven to be one.</summary>
    private static int OpenMaster(ContainerRoot root)
    {
        const string Place = "process.terminal";
        using Fd place = new(KernelException.Check(
            root.Open("/dev/ptmx\0"u8), "open", "/dev/ptmx"u8, Place));
        _ = Kernel.statx(
            place.Number, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        if (((uint)info.stx_mode & Kernel.S_IFMT) != Kernel.S_IFCHR || info.stx_rdev_major != PtmxMajor
            || info.stx_rdev_minor != PtmxMinor)
        {
            throw new KernelException(
                "open", "/dev/ptmx", Errno.ENODEV, Place,
                "the container's /dev/ptmx is not the multiplexer of pseudo-terminals");
        }

        int master = root.OpenForUse("/dev/ptmx\0"u8, Kernel.O_RDWR | Kernel.O_NOCTTY);
        KernelException.Check(master, "open", "/dev/ptmx"u8, Place);
        if (Kernel.pty_number(master) < 0)
        {
            throw new KernelException(
                "open", "/dev/ptmx", Errno.ENOTTY, Place, "the container's /dev/ptmx is no pseudo-terminal");
        }

        return master;
    }

    private static void BindConsole(ContainerRoot root, int peer)
    {
        using Fd place = new(KernelException.Check(
            root.OpenOrMakeFile("/dev/console\0"u8), "open", "/dev/console"u8, "process.terminal"));
        using Fd tree = new(KernelException.Check(
            Kernel.open_tree(
                peer,
                Kernel.EmptyPath,
                Kernel.OPEN_TREE_CLONE | Kernel.OPEN_TREE_CLOEXEC | (uint)Kernel.AT_EMPTY_PATH),
            "bind", "/dev/console"u8, "process.terminal"));
        KernelException.Check(
            Kernel.move_mount(tree.Number, place.Number), "bind", "/dev/console"u8, "process.terminal");
    }

    /// <summary>The master with its name as the bytes, which is what console sockets carry.</summary>
    private static void Send(int master, int socket)
    {
        Span<byte> name = stackalloc byte[32];
        "/dev/pts/"u8.CopyTo(name);
        _ = Kernel.pty_number(master).TryFormat(name["/dev/pts/".Length..], out int digits);
        KernelException.Check(
            Kernel.SendWithDescriptor(socket, name[..("/dev/pts/".Length + digits)], master),
            "send the terminal", default, "--console-socket");
        Kernel.close(socket);
    }
}
