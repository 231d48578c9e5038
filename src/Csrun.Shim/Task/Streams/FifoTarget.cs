using System;
using Csrun.Linux;
using Csrun.Shim.Ttrpc;
using Tmds.Linux;

namespace Csrun.Shim.Task.Streams;

/// <summary>
/// Where a container's output goes: a client's fifo, or a file. Of a fifo a reading end is kept open too, so that a
/// client may go and another come: what is written meanwhile waits in the fifo.
/// </summary>
internal sealed class FifoTarget
{
    private const uint FileMode = 0x1A4; // 0644
    private const uint ParentMode = 0x1ED; // 0755

    private Fd _writer;
    private Fd _keeper;

    private FifoTarget(Fd writer, Fd keeper, bool isPipe)
    {
        _writer = writer;
        _keeper = keeper;
        IsPipe = isPipe;
    }

    /// <summary>The descriptor to write to.</summary>
    public int Number => _writer.Number;

    /// <summary>Whether it is a fifo.</summary>
    public bool IsPipe { get; }

    /// <summary>Opens a client's fifo, or a file that exists, to append.</summary>
    /// <exception cref="TtrpcException">It cannot be opened.</exception>
    public static FifoTarget Open(string path)
    {
        return Open(path, 0);
    }

    /// <summary>
    /// Opens what a <c>file://</c> address names, a file to append that is made with its directories where it is
    /// missing.
    /// </summary>
    /// <exception cref="TtrpcException">It cannot be opened.</exception>
    public static FifoTarget OpenFile(string path)
    {
        for (int slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            _ = Kernel.mkdirat(Kernel.AT_FDCWD, Utf8.Terminated(path[..slash]), ParentMode);
        }

        return Open(path, Kernel.O_CREAT);
    }

    /// <summary>
    /// All is written: the client sees the end. Where no client has the fifo open yet (or any more) it stays open until
    /// <see cref="Close"/>, since what is in it would be gone with its last descriptor.
    /// </summary>
    public void Finish()
    {
        Fd.Close(ref _keeper);
        if (!IsPipe || HasReader())
        {
            Close();
        }
    }

    /// <summary>Closes it.</summary>
    public void Close()
    {
        Fd.Close(ref _keeper);
        Fd.Close(ref _writer);
    }

    /// <summary>Whether a path leads to a fifo.</summary>
    internal static bool IsFifo(ReadOnlySpan<byte> path)
    {
        return Kernel.statx(Kernel.AT_FDCWD, path, 0, Kernel.STATX_TYPE, out statx info) == 0
            && (info.stx_mode & Kernel.S_IFMT) == Kernel.S_IFIFO;
    }

    internal static int Check(int fd, string path)
    {
        return fd >= 0 ? fd : throw new TtrpcException(
            StatusCode.Unknown,
            "failed to start io pipe copy: unable to copy pipes: containerd-shim: opening file \"" + path
            + "\" failed: open " + path + ": " + ((Errno)(-fd)).Message());
    }

    /// <summary>
    /// Whatever is there: no opening waits for somebody else, and no terminal becomes the shim's own.
    /// </summary>
    private static FifoTarget Open(string path, int create)
    {
        const int Flags = Kernel.O_NONBLOCK | Kernel.O_NOCTTY | Kernel.O_CLOEXEC;
        byte[] name = Utf8.Terminated(path);
        if (!IsFifo(name))
        {
            int file = Kernel.openat(
                Kernel.AT_FDCWD, name, Kernel.O_WRONLY | Kernel.O_APPEND | create | Flags, FileMode);
            return new FifoTarget(new Fd(Check(file, path)), default, isPipe: false);
        }

        Fd keeper = new(Check(Kernel.openat(Kernel.AT_FDCWD, name, Kernel.O_RDONLY | Flags), path));
        int writer = Kernel.openat(Kernel.AT_FDCWD, name, Kernel.O_WRONLY | Flags);
        if (writer < 0)
        {
            keeper.Dispose();
        }

        return new FifoTarget(new Fd(Check(writer, path)), keeper, isPipe: true);
    }

    private bool HasReader()
    {
        Span<pollfd> entry = [new pollfd { fd = _writer.Number, events = Kernel.POLLOUT }];
        _ = Kernel.poll(entry, 0);
        return (entry[0].revents & Kernel.POLLERR) == 0;
    }
}
