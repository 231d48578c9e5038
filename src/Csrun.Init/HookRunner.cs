using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Init;

/// <summary>
/// Runs one hook to its end, on either side of the clone: state on its standard input, the ends of its output kept for
/// the error, its whole process group killed when its time is over.
/// </summary>
public static unsafe class HookRunner
{
    private const int ProcessEntry = 0;
    private const int OutputEntry = 1;
    private const int ErrorEntry = 2;
    private const int InputEntry = 3;
    private const int InterruptEntry = 4;

    /// <summary>Why a hook was stopped before its end.</summary>
    private enum Stop
    {
        None,
        TimeIsOver,
        Interrupted,
    }

    /// <summary>Runs the hook and waits for it.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="state">The container's state, as JSON.</param>
    /// <param name="environment">The environment of a hook that has none of its own.</param>
    /// <param name="directory">A descriptor of its working directory; negative leaves this process's.</param>
    /// <param name="interrupts">A signalfd whose HUP, INT, QUIT and TERM stop the hook; -1 without one.</param>
    /// <exception cref="KernelException">It could not be executed, failed, was killed, or took too long.</exception>
    public static void Run(HookProgram hook, byte[] state, byte** environment, int directory, int interrupts)
    {
        // A caller that ignores SIGCHLD would let the kernel throw the exit status away.
        Kernel.ResetSignal(Kernel.SIGCHLD);
        using HookPipe input = HookPipe.Open(hook.Place);
        using HookPipe output = HookPipe.Open(hook.Place);
        using HookPipe error = HookPipe.Open(hook.Place);
        int failed = Kernel.posix_spawn(
            hook.File,
            hook.Arguments,
            hook.Environment is null ? environment : hook.Environment,
            directory,
            (input.ReadEnd, output.WriteEnd, error.WriteEnd),
            out int pid);
        if (failed < 0)
        {
            throw new KernelException(hook.Running + "fork/exec", hook.Path, (Errno)(-failed), hook.Place);
        }

        output.CloseWriteEnd();
        error.CloseWriteEnd();
        HookOutput written = new();
        HookOutput complaint = new();
        using Fd process = new(KernelException.Check(Kernel.pidfd_open(pid), "pidfd_open", default, hook.Place));
        Stop stop = Attend(
            process.Number,
            new HookInput(input, state),
            (output.ReadEnd, written),
            (error.ReadEnd, complaint),
            hook.TimeoutSeconds,
            interrupts);
        if (stop != Stop.None)
        {
            _ = Kernel.kill(-pid, Kernel.SIGKILL);
        }

        int waited = Kernel.waitid(Kernel.P_PIDFD, process.Number, Kernel.WEXITED, out Kernel.ExitInfo info);
        KernelException.Check(waited, "waitid", default, hook.Place);
        written.Drain(output.ReadEnd);
        complaint.Drain(error.ReadEnd);
        if (stop != Stop.None || info.Code != Kernel.CLD_EXITED || info.Status != 0)
        {
            string texts = ", stdout: " + written.Text() + ", stderr: " + complaint.Text();
            throw new KernelException(
                hook.Running + Outcome(stop, info, hook) + texts, string.Empty, Errno.None, hook.Place);
        }
    }

    /// <summary>Feeds the hook and hears it until it ends, its time is over, or somebody wants csrun to stop.</summary>
    private static Stop Attend(
        int process,
        HookInput input,
        (int Fd, HookOutput Kept) output,
        (int Fd, HookOutput Kept) error,
        int timeoutSeconds,
        int interrupts)
    {
        long end = timeoutSeconds == 0 ? long.MaxValue : Environment.TickCount64 + (timeoutSeconds * 1000L);
        Span<pollfd> entries = stackalloc pollfd[5];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i].events = i == InputEntry ? Kernel.POLLOUT : Kernel.POLLIN;
        }

        entries[ProcessEntry].fd = process;
        entries[OutputEntry].fd = output.Fd;
        entries[ErrorEntry].fd = error.Fd;
        entries[InterruptEntry].fd = interrupts;
        while (true)
        {
            entries[InputEntry].fd = input.Feed();
            long left = end == long.MaxValue ? -1 : Math.Clamp(end - Environment.TickCount64, 0, int.MaxValue);
            if (KernelException.Check(Kernel.poll(entries, (int)left), "poll") == 0 && Environment.TickCount64 >= end)
            {
                return Stop.TimeIsOver;
            }

            if (entries[ProcessEntry].revents != 0)
            {
                return Stop.None;
            }

            if (entries[InterruptEntry].revents != 0 && IsInterrupt(Kernel.ReadSignal(interrupts)))
            {
                return Stop.Interrupted;
            }

            Hear(ref entries[OutputEntry], output.Kept);
            Hear(ref entries[ErrorEntry], error.Kept);
        }
    }

    private static void Hear(ref pollfd entry, HookOutput kept)
    {
        if (entry.revents != 0 && !kept.Read(entry.fd))
        {
            entry.fd = -1;
        }
    }

    private static bool IsInterrupt(int signal)
    {
        return signal is Kernel.SIGHUP or Kernel.SIGINT or Kernel.SIGQUIT or Kernel.SIGTERM;
    }

    /// <summary>How it ended, in Go's words.</summary>
    private static string Outcome(Stop stop, Kernel.ExitInfo info, HookProgram hook)
    {
        return stop switch
        {
            Stop.TimeIsOver => "hook ran past specified timeout of " + hook.TimeoutSeconds + ".0s",
            Stop.Interrupted => "stopped: csrun was told to end",
            _ => info.Code == Kernel.CLD_EXITED
                ? "exit status " + info.Status
                : "signal: " + SignalTexts.Of(info.Status),
        };
    }
}
