using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>Signals: blocked and read from a descriptor, never handled.</summary>
public static unsafe partial class Kernel
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGILL = 4;
    public const int SIGTRAP = 5;
    public const int SIGABRT = 6;
    public const int SIGBUS = 7;
    public const int SIGFPE = 8;
    public const int SIGKILL = 9;
    public const int SIGSEGV = 11;
    public const int SIGPIPE = 13;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGURG = 23;
    public const int SIGWINCH = 28;

    /// <summary>The highest signal number.</summary>
    public const int SignalCount = 64;

    private const int SIG_BLOCK = 0;
    private const int SIG_SETMASK = 2;
    private const int SignalSetSize = 8;

    /// <summary>
    /// Every signal but those by which the processor reports a fault: with these blocked, a null dereference would kill
    /// the process where the runtime turns it into an exception.
    /// </summary>
    public static ulong AllSignalsButFaults =>
        ~(Bit(SIGSEGV) | Bit(SIGBUS) | Bit(SIGFPE) | Bit(SIGILL) | Bit(SIGTRAP) | Bit(SIGABRT));

    /// <summary>The bit of a signal in a mask.</summary>
    public static ulong Bit(int signal)
    {
        return 1UL << (signal - 1);
    }

    /// <summary>rt_sigprocmask(2) SIG_BLOCK: the mask before.</summary>
    public static ulong BlockSignals(ulong mask)
    {
        ulong before;
        _ = LibC.syscall(Number.RtSigprocmask, SIG_BLOCK, &mask, &before, SignalSetSize);
        return before;
    }

    /// <summary>rt_sigprocmask(2) SIG_SETMASK.</summary>
    public static void SetSignalMask(ulong mask)
    {
        _ = LibC.syscall(Number.RtSigprocmask, SIG_SETMASK, &mask, null, SignalSetSize);
    }

    /// <summary>rt_sigaction(2): the signal's default action. execve keeps ignored signals ignored.</summary>
    public static void ResetSignal(int signal)
    {
        ulong* action = stackalloc ulong[4];
        new Span<ulong>(action, 4).Clear();
        _ = LibC.syscall(Number.RtSigaction, signal, action, null, SignalSetSize);
    }

    /// <summary>signalfd4(2), close-on-exec and non-blocking.</summary>
    public static int signalfd(ulong mask)
    {
        return Result(LibC.syscall(Number.Signalfd4, -1, &mask, SignalSetSize, O_CLOEXEC | O_NONBLOCK));
    }

    /// <summary>Reads one signal number from a signalfd; 0 when none is waiting.</summary>
    public static int ReadSignal(int signalfd)
    {
        Span<byte> info = stackalloc byte[128];
        int length = read(signalfd, info);
        return length == info.Length ? BitConverter.ToInt32(info) : 0;
    }
}
