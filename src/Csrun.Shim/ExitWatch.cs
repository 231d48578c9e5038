using System;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Shim;

/// <summary>The end of a container's first process, for a shim that is not its parent: seen on a pidfd.</summary>
internal sealed class ExitWatch
{
    private readonly EventLoop _loop;
    private readonly ProcessIdentity _identity;
    private readonly Action<Kernel.ExitInfo?> _onExit;
    private readonly Fd _process;

    /// <summary>Watches a process.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="process">The process.</param>
    /// <param name="onExit">Takes how it ended; null where nobody can tell.</param>
    /// <exception cref="RuntimeException">It has ended already.</exception>
    public ExitWatch(EventLoop loop, ProcessIdentity process, Action<Kernel.ExitInfo?> onExit)
    {
        _loop = loop;
        _identity = process;
        _onExit = onExit;
        _process = new Fd(process.OpenPidfd());
        if (!_process.IsOpen)
        {
            throw new RuntimeException("the container has stopped: there is nothing left for a shim to hold");
        }

        loop.Watch(_process.Number, Kernel.EPOLLIN, OnEnd);
    }

    private void OnEnd(uint events)
    {
        _loop.Unwatch(_process.Number);
        _onExit(ForeignExit.Of(_identity, _process.Number));
    }
}
