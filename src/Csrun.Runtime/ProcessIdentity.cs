using System;
using System.Buffers.Text;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>
/// A process known by its number and its start, so that a later process of the same number is not taken for it.
/// </summary>
/// <param name="Pid">The process number, as this process sees it; 0 is none.</param>
/// <param name="StartTime">Clock ticks from boot to its start (proc_pid_stat(5), field 22).</param>
public readonly record struct ProcessIdentity(int Pid, ulong StartTime)
{
    private const int StatSize = 1024;
    private const int StateField = 3;
    private const int ParentField = 4;
    private const int StartTimeField = 22;
    private const int ExitCodeField = 52;

    /// <summary>What /proc tells of a running process; null when there is none.</summary>
    public static ProcessIdentity? Of(int pid)
    {
        return ReadStat(pid) is Stat stat ? new ProcessIdentity(pid, stat.StartTime) : null;
    }

    /// <summary>A process's parent, 0 where that is not in this pid namespace; null when there is no process.</summary>
    public static int? ParentOf(int pid)
    {
        return ReadStat(pid)?.Parent;
    }

    /// <summary>The same of a child of this process, which is there until this one has waited for it.</summary>
    /// <exception cref="KernelException">/proc does not tell of it.</exception>
    internal static ProcessIdentity OfChild(int pid)
    {
        return Of(pid)
            ?? throw new KernelException(
                "read /proc/" + pid + "/stat", string.Empty, Errno.EIO, null, "is the host's /proc mounted?");
    }

    /// <summary>Whether this very process is there and has not ended; a zombie has.</summary>
    public bool IsAlive()
    {
        return Pid > 0 && ReadStat(Pid) is Stat stat && stat.StartTime == StartTime
            && stat.State is not ((byte)'Z' or (byte)'X');
    }

    /// <summary>A pidfd of this very process, or a negated errno (ESRCH when it is gone).</summary>
    public int OpenPidfd()
    {
        if (Pid <= 0)
        {
            return -(int)Errno.ESRCH;
        }

        int pidfd = Kernel.pidfd_open(Pid);

        // The number was taken before the start was read: from here on the descriptor is the process that was checked.
        if (pidfd >= 0 && !IsAlive())
        {
            Kernel.close(pidfd);
            return -(int)Errno.ESRCH;
        }

        return pidfd;
    }

    /// <summary>
    /// How it ended, while it is there as a zombie, from /proc (proc_pid_stat(5), field 52, for who may trace it).
    /// </summary>
    /// <returns>The status as wait(2) encodes it; null where it is not a zombie, or not any more.</returns>
    public int? StatusAsZombie()
    {
        return ReadStat(Pid) is Stat { State: (byte)'Z' } stat && stat.StartTime == StartTime ? stat.ExitCode : null;
    }

    private static Stat? ReadStat(int pid)
    {
        Span<byte> path = stackalloc byte[32];
        "/proc/"u8.CopyTo(path);
        _ = pid.TryFormat(path[6..], out int digits);
        "/stat\0"u8.CopyTo(path[(6 + digits)..]);
        using Fd file = new(Kernel.openat(
            Kernel.AT_FDCWD, path[..(12 + digits)], Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        if (!file.IsOpen)
        {
            return null;
        }

        Span<byte> stat = stackalloc byte[StatSize];
        int length = Kernel.read(file.Number, stat);
        return length > 0 ? Parse(stat[..length]) : null;
    }

    /// <summary>Fields are counted after the last parenthesis: the name before it may hold anything.</summary>
    private static Stat? Parse(ReadOnlySpan<byte> stat)
    {
        int close = stat.LastIndexOf((byte)')');
        if (close < 0 || close + 2 >= stat.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = stat[(close + 2)..];
        byte state = rest[0];
        rest = Further(rest, ParentField - StateField);
        _ = Utf8Parser.TryParse(rest, out int parent, out _);
        rest = Further(rest, StartTimeField - ParentField);
        bool hasStart = Utf8Parser.TryParse(rest, out ulong start, out _);
        int exitCode = 0;
        if (state == (byte)'Z')
        {
            _ = Utf8Parser.TryParse(Further(rest, ExitCodeField - StartTimeField), out exitCode, out _);
        }

        return hasStart ? new Stat(state, parent, start, exitCode) : null;
    }

    private static ReadOnlySpan<byte> Further(ReadOnlySpan<byte> text, int fields)
    {
        for (int i = 0; i < fields; i++)
        {
            text = text[(text.IndexOf((byte)' ') + 1)..];
        }

        return text;
    }

    /// <summary>What is asked of proc_pid_stat(5).</summary>
    private readonly record struct Stat(byte State, int Parent, ulong StartTime, int ExitCode);
}
