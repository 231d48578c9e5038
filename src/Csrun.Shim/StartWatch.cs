using System;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Shim;

/// <summary>The moment at which a created container is started: exec.fifo goes away.</summary>
internal sealed class StartWatch
{
    private readonly EventLoop _loop;
    private readonly Container _container;
    private readonly Action _onStart;
    private Fd _inotify;

    /// <summary>Watches a container; calls back at once where it has been started.</summary>
    public StartWatch(EventLoop loop, Container container, Action onStart)
    {
        _loop = loop;
        _container = container;
        _onStart = onStart;
        if (!container.WaitsForStart)
        {
            onStart();
            return;
        }

        _inotify = new Fd(Kernel.inotify_init());
        byte[] path = Utf8.Terminated("/proc/self/fd/" + container.Descriptor);
        if (_inotify.IsOpen
            && Kernel.inotify_add_watch(_inotify.Number, path, Kernel.IN_DELETE | Kernel.IN_ONLYDIR) >= 0)
        {
            loop.Watch(_inotify.Number, Kernel.EPOLLIN, OnChange);
        }

        OnChange(0);
    }

    private void OnChange(uint events)
    {
        Kernel.DrainInotify(_inotify.Number);
        if (_inotify.IsOpen && !_container.WaitsForStart)
        {
            _loop.Unwatch(_inotify.Number);
            _inotify.Dispose();
            _inotify = default;
            _onStart();
        }
    }
}
