using Csrun.Linux;

namespace Csrun.Shim.Task.Streams;

/// <summary>
/// Where a container's input comes from: a client's fifo, of which a writing end is kept open too. So a client that
/// goes is not the end of the input; that is <see cref="End"/> and the client's going together.
/// </summary>
internal sealed class FifoSource
{
    private Fd _reader;
    private Fd _keeper;

    private FifoSource(Fd reader, Fd keeper)
    {
        _reader = reader;
        _keeper = keeper;
    }

    /// <summary>The descriptor to read from.</summary>
    public int Number => _reader.Number;

    /// <summary>Opens a client's fifo.</summary>
    public static FifoSource Open(string path)
    {
        byte[] name = Utf8.Terminated(path);
        Fd reader = new(FifoTarget.Check(
            Kernel.openat(Kernel.AT_FDCWD, name, Kernel.O_RDONLY | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC), path));
        int keeper = FifoTarget.IsFifo(name)
            ? Kernel.openat(Kernel.AT_FDCWD, name, Kernel.O_WRONLY | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC)
            : -1;
        return new FifoSource(reader, new Fd(keeper));
    }

    /// <summary>No more than what clients write that have it open.</summary>
    public void End()
    {
        Fd.Close(ref _keeper);
    }

    /// <summary>Closes it.</summary>
    public void Close()
    {
        End();
        Fd.Close(ref _reader);
    }
}
