using System;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>
/// Hands a program's READY=1 (sd_notify(3)) on to the manager that waits at the caller's $NOTIFY_SOCKET. Nothing else
/// that the program sends goes there: to the manager, csrun speaks for the container.
/// </summary>
internal sealed class NotifyRelay : IDisposable
{
    private const int MaxMessage = 4096;
    private const int BarrierLimitMilliseconds = 5000;

    private readonly Fd _program;
    private readonly Fd _manager;

    private NotifyRelay(Fd program, Fd manager)
    {
        _program = program;
        _manager = manager;
    }

    /// <summary>The socket that the program sends to, for poll.</summary>
    public int Descriptor => _program.Number;

    /// <summary>
    /// Opens both sides; null where the caller has no such socket, or had none when the container was created. Before
    /// the program starts, so that nothing it says is lost.
    /// </summary>
    /// <param name="directory">The container's.</param>
    /// <param name="socket">The caller's $NOTIFY_SOCKET.</param>
    /// <exception cref="KernelException">One of the sockets cannot be had.</exception>
    public static NotifyRelay? Open(ContainerDirectory directory, string? socket)
    {
        if (socket is null)
        {
            return null;
        }

        using Fd place = directory.OpenNotifyDirectory();
        return place.IsOpen ? new NotifyRelay(Bind(place), Connect(socket)) : null;
    }

    /// <summary>
    /// Waits until the program says that it is ready, and then until the manager has read that; or until the program
    /// has ended.
    /// </summary>
    /// <param name="pidfd">The program's process.</param>
    /// <param name="pid">Its number.</param>
    /// <param name="signals">Whose signals end the wait; null where they end this process.</param>
    public void WaitForReady(int pidfd, int pid, SignalReader? signals)
    {
        Span<pollfd> entries = stackalloc pollfd[3];
        entries[0].fd = Descriptor;
        entries[0].events = Kernel.POLLIN;
        entries[1].fd = pidfd;
        entries[1].events = Kernel.POLLIN;
        entries[2].fd = signals?.Descriptor ?? -1;
        entries[2].events = Kernel.POLLIN;
        while (true)
        {
            KernelException.Check(Kernel.poll(entries, -1), "poll");
            if (entries[2].revents != 0)
            {
                signals!.ThrowIfEnding();
            }

            if (entries[0].revents != 0 || (entries[1].revents != 0 && Kernel.CanRead(Descriptor)))
            {
                if (Pass(pid))
                {
                    WaitForManager();
                    return;
                }
            }
            else if (entries[1].revents != 0)
            {
                return;
            }
        }
    }

    /// <summary>Takes one message.</summary>
    /// <param name="pid">The program's process, for the manager to know.</param>
    /// <returns>Whether it said READY=1; the manager was told then.</returns>
    public bool Pass(int pid)
    {
        Span<byte> message = stackalloc byte[MaxMessage];
        int length = Kernel.read(Descriptor, message); // descriptors that came along are dropped by the kernel
        if (length <= 0 || !SaysReady(message[..length]))
        {
            return false;
        }

        byte[] ready = Encoding.UTF8.GetBytes("MAINPID=" + pid + "\nREADY=1\n");
        _ = Kernel.SendWithDescriptor(_manager.Number, ready, -1); // a manager that is gone waits for nothing
        return true;
    }

    /// <summary>Takes what is left of a program that has ended.</summary>
    /// <param name="pid">Its process.</param>
    public void PassRest(int pid)
    {
        while (Kernel.CanRead(Descriptor) && !Pass(pid))
        {
        }
    }

    /// <summary>Closes both sockets.</summary>
    public void Dispose()
    {
        _program.Dispose();
        _manager.Dispose();
    }

    /// <summary>
    /// The manager closes the barrier's descriptor when it has read all before it: were csrun gone by then, it would
    /// not know whose message that was (sd_notify_barrier(3)).
    /// </summary>
    private void WaitForManager()
    {
        KernelException.Check(Kernel.pipe2(out int reading, out int writing, Kernel.O_CLOEXEC), "pipe");
        using Fd ours = new(reading);
        int sent = Kernel.SendWithDescriptor(_manager.Number, "BARRIER=1"u8, writing);
        Kernel.close(writing);
        if (sent > 0)
        {
            Span<pollfd> entry = stackalloc pollfd[1];
            entry[0].fd = reading;
            _ = Kernel.poll(entry, BarrierLimitMilliseconds);
        }
    }

    private static bool SaysReady(ReadOnlySpan<byte> message)
    {
        foreach (Range line in message.Split((byte)'\n'))
        {
            if (message[line].SequenceEqual("READY=1"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>By the directory's descriptor: a path may be longer than an address.</summary>
    private static Fd Bind(Fd place)
    {
        byte[] name = Utf8.Terminated(NotifyMount.SocketName);
        Fd socket = new(KernelException.Check(Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_DGRAM), "socket"));
        _ = Kernel.unlinkat(place.Number, name, 0); // of a start that was killed
        byte[] path = Utf8.Terminated("/proc/self/fd/" + place.Number + "/" + NotifyMount.SocketName);

        // For everybody, since the program may be anybody; made so, since a container that can reach it could put a
        // link in the place of what is changed afterwards.
        uint umask = Kernel.umask(0);
        int bound = Kernel.bind_unix(socket.Number, path);
        _ = Kernel.umask(umask);
        KernelException.Check(bound, "bind", name, "NOTIFY_SOCKET");
        return socket;
    }

    private static Fd Connect(string socket)
    {
        byte[] address = Utf8.Terminated(socket);
        ReadOnlySpan<byte> whole = address;
        if (address[0] == (byte)'@')
        {
            address[0] = 0; // a name of the abstract kind, which has no end mark
            whole = whole[..^1];
        }

        Fd manager = new(KernelException.Check(Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_DGRAM), "socket"));
        int connected = Kernel.connect_unix(manager.Number, whole);
        if (connected < 0)
        {
            manager.Dispose();
            throw new KernelException("connect", socket, (Errno)(-connected), "NOTIFY_SOCKET");
        }

        return manager;
    }
}
