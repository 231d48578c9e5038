using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// A user namespace that nobody lives in: a helper is cloned into it, waits until its maps are written and it is
/// opened, and ends. The descriptor keeps it.
/// </summary>
internal static class MappedNamespace
{
    /// <summary>Makes one of these mappings: a descriptor, the caller's to close.</summary>
    /// <param name="map">The mappings.</param>
    /// <param name="place">Where config.json asks for it.</param>
    /// <exception cref="KernelException">The kernel takes no such mappings, or not from this caller.</exception>
    public static int Open(IdMapPlan map, string place)
    {
        KernelException.Check(Kernel.pipe2(out int reading, out int writing, Kernel.O_CLOEXEC), "pipe2");
        int pidfd = -1;
        int pid = Clone(ref pidfd);
        if (pid == 0)
        {
            Wait(reading, writing);
        }

        Kernel.close(reading);
        try
        {
            KernelException.Check(pid, "clone3 with CLONE_NEWUSER", default, place);
            IdMaps.Write(pid, map.Uids, place, map.Gids, place);
            byte[] path = Utf8.Terminated("/proc/" + pid + "/ns/user");
            return KernelException.Check(
                Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path, place);
        }
        finally
        {
            // The helper reads the end of the pipe now.
            Kernel.close(writing);
            if (pid > 0)
            {
                _ = Kernel.waitid(Kernel.P_PIDFD, pidfd, Kernel.WEXITED, out _);
                Kernel.close(pidfd);
            }
        }
    }

    private static unsafe int Clone(ref int pidfd)
    {
        fixed (int* p = &pidfd)
        {
            Kernel.clone_args arguments = new()
            {
                flags = Kernel.CLONE_NEWUSER | Kernel.CLONE_PIDFD,
                pidfd = (ulong)p,
                exit_signal = (ulong)Kernel.SIGCHLD,
            };
            return Kernel.clone3(in arguments);
        }
    }

    /// <summary>The helper: there until csrun has done, or died.</summary>
    private static void Wait(int reading, int writing)
    {
        Kernel.close(writing);
        _ = Kernel.read(reading, [0]);
        Kernel.exit_group(0);
    }
}
