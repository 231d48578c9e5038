using System;
using Csrun.Linux;

namespace Csrun.Shim;

/// <summary>Takes the exit status of every child, those left to this process as a subreaper among them.</summary>
public sealed class ChildReaper : IDisposable
{
    private readonly EventLoop _loop;
    private readonly Action<Kernel.ExitInfo> _onExit;
    private readonly Fd _signals;

    /// <summary>Blocks SIGCHLD and reads it from a signalfd in the loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="onExit">Takes what waitid(2) tells of each child that ended; it is reaped by then.</param>
    /// <exception cref="KernelException">The kernel has no descriptor left.</exception>
    public ChildReaper(EventLoop loop, Action<Kernel.ExitInfo> onExit)
    {
        _loop = loop;
        _onExit = onExit;
        ulong mask = Kernel.Bit(Kernel.SIGCHLD);
        _ = Kernel.BlockSignals(mask);
        _signals = new Fd(KernelException.Check(Kernel.signalfd(mask), "signalfd"));
        loop.Watch(_signals.Number, Kernel.EPOLLIN, OnSignal);
    }

    /// <summary>
    /// Reaps all children that have ended by now: those that ended before the reaper was made among them.
    /// </summary>
    public void Reap()
    {
        while (Kernel.waitid(Kernel.P_ALL, 0, Kernel.WEXITED | Kernel.WNOHANG, out Kernel.ExitInfo info) == 0
            && info.Pid != 0)
        {
            _onExit(info);
        }
    }

    /// <summary>Stops reaping; SIGCHLD stays blocked.</summary>
    public void Dispose()
    {
        _loop.Unwatch(_signals.Number);
        _signals.Dispose();
    }

    private void OnSignal(uint events)
    {
        // One signal may stand for several children.
        while (Kernel.ReadSignal(_signals.Number) != 0)
        {
        }

        Reap();
    }
}
