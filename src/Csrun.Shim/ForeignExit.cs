using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Shim;

/// <summary>How a process ended that is somebody else's child.</summary>
internal static class ForeignExit
{
    /// <summary>
    /// Asks /proc while the process is a zombie, and its pidfd once its parent has reaped it (since Linux 6.15).
    /// </summary>
    /// <param name="process">The process, which has ended.</param>
    /// <param name="pidfd">A descriptor of it from before its end.</param>
    /// <returns>Null where the kernel does not tell.</returns>
    public static Kernel.ExitInfo? Of(ProcessIdentity process, int pidfd)
    {
        if (process.StatusAsZombie() is int status)
        {
            return Kernel.ExitInfoOf(process.Pid, status);
        }

        return Kernel.pidfd_exit_info(pidfd, out Kernel.ExitInfo info) == 0 ? info : null;
    }
}
