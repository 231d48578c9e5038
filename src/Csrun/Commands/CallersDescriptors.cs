using Csrun.CommandLine;
using Csrun.Linux;

namespace Csrun.Commands;

/// <summary>The descriptors this process was started with: which of them go on to the container's program.</summary>
internal static class CallersDescriptors
{
    private const int First = 3;

    /// <summary>
    /// How many descriptors from 3 on the program keeps: those of systemd's activation and of --preserve-fds.
    /// </summary>
    private static int Preserved(Invocation invocation)
    {
        return (int)invocation.GetNumber(Flag.PreserveFds, 0) + ListenDescriptors();
    }

    /// <summary>How many sockets systemd's activation handed to this process (sd_listen_fds(3)).</summary>
    public static int ListenDescriptors()
    {
        return CommandContext.EnvironmentValue("LISTEN_FDS="u8) is string count
            && int.TryParse(count, out int number) && number > 0
            && CommandContext.EnvironmentValue("LISTEN_PID="u8) is string pid
            && int.TryParse(pid, out int own) && own == Kernel.getpid()
            ? number
            : 0;
    }

    /// <summary>
    /// Closes all others, before this process opens any of its own: a container waiting for its start would hold the
    /// caller's pipes open, and a directory of the host's would be a way out of the root (CVE-2024-21626).
    /// </summary>
    public static void CloseOthers(Invocation invocation)
    {
        if (invocation.Command is Command.Run or Command.Create or Command.Exec or Command.Restore)
        {
            _ = Kernel.close_range(First + Preserved(invocation));
        }
    }

    /// <summary>Makes sure that what is to be preserved is there.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="KernelException">One of them is not open.</exception>
    public static int Check(Invocation invocation)
    {
        int preserved = Preserved(invocation);
        for (int fd = First; fd < First + preserved; fd++)
        {
            int result = Kernel.fcntl(fd, Kernel.F_GETFD);
            if (result < 0)
            {
                throw new KernelException("pass on descriptor " + fd, string.Empty, (Errno)(-result), "--preserve-fds");
            }
        }

        return preserved;
    }
}
