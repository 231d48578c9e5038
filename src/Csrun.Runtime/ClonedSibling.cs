using System;
using System.Buffers.Text;
using Csrun.Init;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>
/// The container's first process where another one cloned it, after it had joined a user namespace: the parent gets its
/// pidfd, and from that its pid here.
/// </summary>
internal static class ClonedSibling
{
    /// <summary>Waits for it, and for the end of the process that cloned it.</summary>
    /// <param name="channel">The channel that both have.</param>
    /// <param name="signals">Those that end this process while it waits.</param>
    /// <param name="between">The pidfd of the process between; closed here.</param>
    /// <param name="pidfd">The first process.</param>
    /// <returns>Its pid.</returns>
    /// <exception cref="KernelException">It could not be cloned.</exception>
    /// <exception cref="RuntimeException">A signal ended the wait.</exception>
    public static int Await(SyncChannel channel, SignalReader signals, int between, out int pidfd)
    {
        using Fd process = new(between);
        try
        {
            KernelException? failure = null;
            pidfd = -1;
            if (signals.WaitForMessage(channel.Descriptor, process.Number))
            {
                failure = channel.ReceiveDescriptor(out pidfd);
            }

            return pidfd >= 0 ? PidOf(pidfd) : throw failure
                ?? new KernelException(
                    "clone the container's first process", string.Empty, Errno.ESRCH, "linux.namespaces");
        }
        finally
        {
            // It has nothing left to do.
            _ = Kernel.pidfd_send_signal(process.Number, Kernel.SIGKILL);
            _ = Kernel.waitid(Kernel.P_PIDFD, process.Number, Kernel.WEXITED, out _);
        }
    }

    /// <summary>The number that this /proc knows it by (pidfd_open(2), fdinfo).</summary>
    private static int PidOf(int pidfd)
    {
        byte[] path = Utf8.Terminated("/proc/self/fdinfo/" + pidfd);
        using Fd file = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path));
        Span<byte> text = stackalloc byte[512];
        int length = KernelException.Check(Kernel.read(file.Number, text), "read", path);
        ReadOnlySpan<byte> rest = text[..length];
        int line = rest.IndexOf("Pid:\t"u8);
        return line >= 0 && Utf8Parser.TryParse(rest[(line + 5)..], out int pid, out _) && pid > 0
            ? pid
            : throw new KernelException("find the pid in", Utf8.ToText(path), Errno.ESRCH);
    }
}
