using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>The signals this process gets, blocked from the start and read here; none interrupts anything.</summary>
public sealed class SignalReader : IDisposable
{
    private readonly Fd _fd;

    /// <summary>Blocks all signals but those that report a fault of our own.</summary>
    public SignalReader()
    {
        ulong mask = Kernel.AllSignalsButFaults;
        _ = Kernel.BlockSignals(mask);
        _fd = new Fd(KernelException.Check(Kernel.signalfd(mask), "signalfd"));
    }

    /// <summary>The descriptor, for poll.</summary>
    public int Descriptor => _fd.Number;

    /// <summary>The next signal, or 0.</summary>
    public int Next()
    {
        return Kernel.ReadSignal(_fd.Number);
    }

    /// <summary>Waits until <paramref name="fd"/> can be read, or a process has ended.</summary>
    /// <param name="fd">Where the message comes.</param>
    /// <param name="process">The pidfd of who sends it; -1 where its end closes the other end too.</param>
    /// <returns>Whether there is something to be read.</returns>
    /// <exception cref="RuntimeException">A signal that ends this process came first: what was begun is to be
    /// undone.</exception>
    public bool WaitForMessage(int fd, int process = -1)
    {
        Span<pollfd> entries = stackalloc pollfd[3];
        entries[0].fd = fd;
        entries[0].events = Kernel.POLLIN;
        entries[1].fd = _fd.Number;
        entries[1].events = Kernel.POLLIN;
        entries[2].fd = process;
        entries[2].events = Kernel.POLLIN;
        while (true)
        {
            KernelException.Check(Kernel.poll(entries, -1), "poll");

            // The message first: who saw what it tells of may have sent the signal, which stays for what comes next.
            if (entries[0].revents != 0 || entries[2].revents != 0)
            {
                return entries[0].revents != 0 || Kernel.CanRead(fd);
            }

            ThrowIfEnding();
        }
    }

    /// <summary>Takes the next signal.</summary>
    /// <exception cref="RuntimeException">It ends this process: what was begun is to be undone.</exception>
    public void ThrowIfEnding()
    {
        int signal = Next();
        if (signal is Kernel.SIGTERM or Kernel.SIGINT or Kernel.SIGHUP or Kernel.SIGQUIT)
        {
            throw new RuntimeException("interrupted by signal " + signal);
        }
    }

    /// <summary>Closes the descriptor.</summary>
    public void Dispose()
    {
        _fd.Dispose();
    }
}
