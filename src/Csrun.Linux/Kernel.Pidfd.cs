using System.Runtime.InteropServices;

namespace Csrun.Linux;

/// <summary>What a pidfd tells of its process (linux/pidfd.h, PIDFD_GET_INFO, since Linux 6.13).</summary>
public static unsafe partial class Kernel
{
    private const ulong PIDFD_GET_INFO = 0xC040FF0B;
    private const ulong PIDFD_INFO_EXIT = 8;

    /// <summary>
    /// How a process ended that somebody else has reaped, as wait(2) encodes it. The kernel keeps it for who holds a
    /// pidfd since Linux 6.15.
    /// </summary>
    /// <param name="pidfd">A pidfd that was opened before the process was reaped.</param>
    /// <param name="info">How it ended.</param>
    /// <returns>Zero; -EAGAIN while it has not been reaped; another negated errno where the kernel does not
    /// tell.</returns>
    public static int pidfd_exit_info(int pidfd, out ExitInfo info)
    {
        info = default;
        pidfd_info answer = default;
        answer.mask = PIDFD_INFO_EXIT;
        int result = ioctl(pidfd, PIDFD_GET_INFO, &answer);
        if (result < 0)
        {
            return result;
        }

        if ((answer.mask & PIDFD_INFO_EXIT) == 0)
        {
            return -(int)Errno.EAGAIN;
        }

        info = ExitInfoOf(answer.pid, answer.exit_code);
        return 0;
    }

    /// <summary>A status as wait(2) encodes it in the form of waitid(2).</summary>
    public static ExitInfo ExitInfoOf(int pid, int status)
    {
        const int CLD_KILLED = 2;
        const int CLD_DUMPED = 3;
        const int Dumped = 0x80;
        int signal = status & 0x7f;
        return signal == 0
            ? new ExitInfo(pid, CLD_EXITED, (status >> 8) & 0xff)
            : new ExitInfo(pid, (status & Dumped) != 0 ? CLD_DUMPED : CLD_KILLED, signal);
    }

    /// <summary>struct pidfd_info, version 0 (64 bytes).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct pidfd_info
    {
        public ulong mask;
        public ulong cgroupid;
        public int pid;
        public int tgid;
        public int ppid;
        public fixed uint ids[8];
        public int exit_code;
    }
}
