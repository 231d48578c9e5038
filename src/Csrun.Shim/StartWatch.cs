using System;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Shim;

/// <summary>
/// The moment at which a created container is started: exec.fifo is opened. It goes away later, which may be after the
/// program has ended.
/// </summary>
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
        byte[] path = Utf8.Terminated("/proc/self/fd/" + container.Descriptor + "/exec.fifo");
        if (_inotify.IsOpen
            && Kernel.inotify_add_watch(_inotify.Number, path, Kernel.IN_OPEN | Kernel.IN_ATTRIB) >= 0)
        {
            loop.Watch(_inotify.Number, Kernel.EPOLLIN, _ => Look());
        }

        Look();
    }

    /// <summary>Calls back where it has been started and this was not yet told.</summary>
    public void Look()
    {
        if (_inotify.IsOpen && (Kernel.DrainInotify(_inotify.Number) || !_container.WaitsForStart))
        {
            _loop.Unwatch(_inotify.Number);
            _inotify.Dispose();
            _inotify = default;
            _onStart();
        }
    }
}
