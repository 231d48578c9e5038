using System;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Shim;

/// <summary>
/// The end of a container's first process, for a shim that is not its parent: seen on a pidfd. How it ended the kernel
/// tells once the parent has reaped it, since Linux 6.15; before, it stays unknown.
/// </summary>
internal sealed class ExitWatch : IDisposable
{
    private const int ReapMilliseconds = 5000;

    private readonly EventLoop _loop;
    private readonly Action<Kernel.ExitInfo?> _onExit;
    private readonly Fd _process;
    private readonly LoopTimer _limit;
    private bool _isDone;

    /// <summary>Watches a process.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="process">The process.</param>
    /// <param name="onExit">Takes how it ended; null where nobody can tell.</param>
    /// <exception cref="RuntimeException">It has ended already.</exception>
    public ExitWatch(EventLoop loop, ProcessIdentity process, Action<Kernel.ExitInfo?> onExit)
    {
        _loop = loop;
        _onExit = onExit;
        _limit = new LoopTimer(Tell);
        _process = new Fd(process.OpenPidfd());
        if (!_process.IsOpen)
        {
            throw new RuntimeException("the container has stopped: there is nothing left for a shim to hold");
        }

        loop.Watch(_process.Number, Kernel.EPOLLIN, OnEnd);
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        _loop.Unwatch(_process.Number);
        _loop.Cancel(_limit);
        _process.Dispose();
    }

    private void OnEnd(uint events)
    {
        if ((events & Kernel.EPOLLHUP) != 0 || Kernel.pidfd_exit_info(_process.Number, out _) != -(int)Errno.EAGAIN)
        {
            Tell();
        }
        else
        {
            // A zombie: from here on only its being reaped is of interest, which the kernel shows as a hang-up.
            _loop.Change(_process.Number, 0);
            _loop.Set(_limit, ReapMilliseconds);
        }
    }

    private void Tell()
    {
        if (!_isDone)
        {
            _isDone = true;
            _loop.Unwatch(_process.Number);
            _loop.Cancel(_limit);
            _onExit(Kernel.pidfd_exit_info(_process.Number, out Kernel.ExitInfo info) == 0 ? info : null);
        }
    }
}
