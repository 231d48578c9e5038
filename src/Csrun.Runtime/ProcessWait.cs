using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>Waiting for a process that need not be a child.</summary>
internal static class ProcessWait
{
    private const int LimitMilliseconds = 10_000;

    /// <summary>Waits until the process has ended (a pidfd becomes readable then).</summary>
    /// <exception cref="KernelException">It is still there after ten seconds: in uninterruptible sleep.</exception>
    public static void ForEnd(int pidfd)
    {
        if (!ForEnd(pidfd, LimitMilliseconds))
        {
            throw new KernelException(
                "wait for the container's first process", string.Empty, Errno.ETIMEDOUT, null,
                "it was killed but has not ended: it probably waits for a device or a network file system");
        }
    }

    /// <summary>Waits until the process has ended; false where it is still there when the time is over.</summary>
    public static bool ForEnd(int pidfd, int milliseconds)
    {
        Span<pollfd> entry = stackalloc pollfd[1];
        entry[0].fd = pidfd;
        entry[0].events = Kernel.POLLIN;
        return KernelException.Check(Kernel.poll(entry, milliseconds), "poll") != 0;
    }
}
