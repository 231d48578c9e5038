using System;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>A pipe between csrun and a hook, both ends close-on-exec and numbered 3 or more.</summary>
internal sealed class HookPipe : IDisposable
{
    private const int FirstNumber = 3;

    private HookPipe(int readEnd, int writeEnd)
    {
        ReadEnd = readEnd;
        WriteEnd = writeEnd;
    }

    /// <summary>The end to read from.</summary>
    public int ReadEnd { get; }

    /// <summary>The end to write to; -1 once it is closed.</summary>
    public int WriteEnd { get; private set; }

    /// <summary>Makes the pipe for a hook at this place in config.json.</summary>
    public static HookPipe Open(string place)
    {
        KernelException.Check(
            Kernel.pipe2(out int readEnd, out int writeEnd, Kernel.O_CLOEXEC), "pipe", default, place);
        return new HookPipe(AboveStreams(readEnd), AboveStreams(writeEnd));
    }

    /// <summary>Closes the writing end: the reader finds the end of file.</summary>
    public void CloseWriteEnd()
    {
        if (WriteEnd >= 0)
        {
            Kernel.close(WriteEnd);
            WriteEnd = -1;
        }
    }

    /// <summary>Closes what is open.</summary>
    public void Dispose()
    {
        CloseWriteEnd();
        Kernel.close(ReadEnd);
    }

    /// <summary>Where csrun has no standard streams, a pipe may get a number that the hook's will replace.</summary>
    private static int AboveStreams(int fd)
    {
        if (fd >= FirstNumber)
        {
            return fd;
        }

        int moved = KernelException.Check(Kernel.fcntl(fd, Kernel.F_DUPFD_CLOEXEC, FirstNumber), "fcntl");
        Kernel.close(fd);
        return moved;
    }
}
