using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>Staying with a program that was started: passing on signals and its terminal until it ends.</summary>
internal static class ForegroundWait
{
    /// <summary>Waits for the end of a child.</summary>
    /// <returns>The exit code as a shell reports it: the program's own, or 128 and the signal.</returns>
    public static int ForEnd(
        int pid, int pidfd, SignalReader signals, ConsoleRelay? console, NotifyRelay? notify = null)
    {
        Span<pollfd> entries = stackalloc pollfd[5];
        entries[0].fd = pidfd;
        entries[0].events = Kernel.POLLIN;
        entries[1].fd = signals.Descriptor;
        entries[1].events = Kernel.POLLIN;
        entries[2].fd = -1;
        entries[3].fd = console?.Master ?? -1;
        entries[3].events = Kernel.POLLIN;
        entries[4].fd = notify?.Descriptor ?? -1;
        entries[4].events = Kernel.POLLIN;
        while (true)
        {
            entries[2].fd = console is { HasInput: true } ? 0 : -1;
            entries[2].events = Kernel.POLLIN;
            KernelException.Check(Kernel.poll(entries, -1), "poll");

            // Before what was typed: who changes the size of a terminal and types then, types for the new one.
            if (entries[1].revents != 0)
            {
                PassOn(signals.Next(), pid, pidfd, console);
            }

            console?.PassOn(entries[2], entries[3]);
            if (entries[4].revents != 0 && notify!.Pass(pid))
            {
                entries[4].fd = -1;
            }

            if (entries[0].revents != 0)
            {
                console?.Drain();
                if (entries[4].fd >= 0)
                {
                    notify!.PassRest(pid);
                }

                KernelException.Check(
                    Kernel.waitid(Kernel.P_PIDFD, pidfd, Kernel.WEXITED, out Kernel.ExitInfo info), "waitid");
                return info.ShellStatus;
            }
        }
    }

    /// <summary>All signals go to the container but those about our own children.</summary>
    private static void PassOn(int signal, int pid, int pidfd, ConsoleRelay? console)
    {
        if (signal == Kernel.SIGWINCH && console is not null)
        {
            console.FollowSize();
            return;
        }

        if (signal == Kernel.SIGCHLD)
        {
            ReapOthers(pid);
        }
        else if (signal is not (0 or Kernel.SIGURG))
        {
            _ = Kernel.pidfd_send_signal(pidfd, signal);
        }
    }

    /// <summary>
    /// Processes that the container left to us as their nearest subreaper; its first one is waited for by pidfd.
    /// </summary>
    private static void ReapOthers(int pid)
    {
        const int Look = Kernel.WEXITED | Kernel.WNOHANG | Kernel.WNOWAIT;
        while (Kernel.waitid(Kernel.P_ALL, 0, Look, out Kernel.ExitInfo ended) == 0 && ended.Pid != 0
            && ended.Pid != pid)
        {
            _ = Kernel.waitid(Kernel.P_PID, ended.Pid, Kernel.WEXITED, out _);
        }
    }
}
