using System;
using Csrun.Init;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>
/// The start of a created container: its first process waits to open exec.fifo for writing. Reading it lets it go on;
/// end of file is its successful execve (the writing end is close-on-exec), bytes are the error.
/// </summary>
internal static class StartFifo
{
    public static void Open(ContainerDirectory directory, ProcessIdentity init)
    {
        using Fd process = new(init.OpenPidfd());
        using Fd fifo = new(KernelException.Check(directory.OpenFifoForReading(), "open", "exec.fifo"u8));
        byte[] packet = SyncChannel.NewPacket();
        int length = ReadToEnd(fifo.Number, process.Number, packet);
        if (length > 0 && process.IsOpen)
        {
            // It has said its last word: whoever is told of the error finds the container stopped.
            ProcessWait.ForEnd(process.Number);
        }

        End(directory, packet.AsSpan(0, length));
    }

    /// <summary>The fifo's end was reached, after these bytes.</summary>
    /// <exception cref="KernelException">They tell that the program could not be executed.</exception>
    public static void End(ContainerDirectory directory, ReadOnlySpan<byte> packet)
    {
        directory.RemoveFifo();
        if (packet.Length > 0 && packet[0] == (byte)SyncMessage.Failed)
        {
            throw SyncChannel.ReadFailure(packet);
        }
    }

    private static int ReadToEnd(int fifo, int process, byte[] packet)
    {
        Span<pollfd> entries = stackalloc pollfd[2];
        entries[0].fd = fifo;
        entries[0].events = Kernel.POLLIN;
        entries[1].fd = process;
        entries[1].events = Kernel.POLLIN;
        int length = 0;
        while (true)
        {
            KernelException.Check(Kernel.poll(entries, -1), "poll");
            if (entries[0].revents == 0 && !Kernel.CanRead(fifo))
            {
                throw new RuntimeException("cannot start a container that has stopped");
            }

            int read = Kernel.read(fifo, packet.AsSpan(length));
            if (read == 0)
            {
                return length;
            }

            length += Math.Max(read, 0);
        }
    }
}
