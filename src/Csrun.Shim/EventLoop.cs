using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Shim;

/// <summary>
/// One thread that waits for descriptors and moments and calls what was asked for. Nothing wakes it between: with no
/// timer set it sleeps in the kernel without a limit. Running it allocates nothing.
/// </summary>
/// <remarks>
/// Handlers may watch, unwatch and close descriptors, their own included: an event that was fetched for a watch that
/// has ended since is dropped, even where the descriptor's number is in use again. What a handler throws ends
/// <see cref="Run"/>.
/// </remarks>
public sealed class EventLoop : IDisposable
{
    private const int FirstSize = 32;
    private const int BatchSize = 32;

    private readonly Fd _epoll;
    private readonly epoll_event[] _batch = new epoll_event[BatchSize];
    private readonly TimerHeap _timers = new();
    private Watcher[] _watchers = new Watcher[FirstSize];
    private uint _generation;
    private bool _isStopped;

    /// <summary>A loop that watches nothing yet.</summary>
    /// <exception cref="KernelException">The kernel has no descriptor left.</exception>
    public EventLoop()
    {
        _epoll = new Fd(KernelException.Check(Kernel.epoll_create(), "epoll_create1"));
    }

    /// <summary>Calls a handler whenever a descriptor is ready, level-triggered unless EPOLLET is given.</summary>
    /// <param name="fd">
    /// The descriptor; it stays its owner's, who calls <see cref="Unwatch"/> before closing it.
    /// </param>
    /// <param name="events">Kernel.EPOLL* bits; EPOLLERR and EPOLLHUP are always told.</param>
    /// <param name="handler">Takes the bits that are true.</param>
    /// <exception cref="KernelException">EEXIST: it is watched; EPERM: it is a regular file.</exception>
    public void Watch(int fd, uint events, Action<uint> handler)
    {
        if (fd >= _watchers.Length)
        {
            Array.Resize(ref _watchers, Math.Max(_watchers.Length * 2, fd + 1));
        }

        uint generation = ++_generation;
        KernelException.Check(
            Kernel.epoll_ctl(_epoll.Number, Kernel.EPOLL_CTL_ADD, fd, events, Key(fd, generation)), "epoll_ctl");
        _watchers[fd] = new Watcher(handler, generation);
    }

    /// <summary>Changes what a watched descriptor is watched for; 0 leaves EPOLLERR and EPOLLHUP.</summary>
    /// <exception cref="KernelException">It is not watched.</exception>
    public void Change(int fd, uint events)
    {
        uint generation = fd < _watchers.Length ? _watchers[fd].Generation : 0;
        KernelException.Check(
            Kernel.epoll_ctl(_epoll.Number, Kernel.EPOLL_CTL_MOD, fd, events, Key(fd, generation)), "epoll_ctl");
    }

    /// <summary>Ends a watch; nothing happens where there is none.</summary>
    public void Unwatch(int fd)
    {
        if (IsWatched(fd))
        {
            _watchers[fd] = default;
            _ = Kernel.epoll_ctl(_epoll.Number, Kernel.EPOLL_CTL_DEL, fd, 0, 0);
        }
    }

    /// <summary>Whether a descriptor is watched.</summary>
    public bool IsWatched(int fd)
    {
        return fd >= 0 && fd < _watchers.Length && _watchers[fd].Handler is not null;
    }

    /// <summary>Sets a timer, or sets it anew: its handler is called once, not before the time is over.</summary>
    public void Set(LoopTimer timer, int milliseconds)
    {
        _timers.Set(timer, Environment.TickCount64 + milliseconds);
    }

    /// <summary>Takes a timer back; nothing happens where it is not set.</summary>
    public void Cancel(LoopTimer timer)
    {
        _timers.Remove(timer);
    }

    /// <summary>Waits and calls handlers until <see cref="Stop"/> is called, or was since the last run.</summary>
    /// <exception cref="KernelException">epoll_wait failed.</exception>
    public void Run()
    {
        while (!_isStopped)
        {
            int count = KernelException.Check(Kernel.epoll_wait(_epoll.Number, _batch, WaitTime()), "epoll_wait");
            for (int i = 0; i < count && !_isStopped; i++)
            {
                Call(_batch[i].data.u64, (uint)_batch[i].events);
            }

            CallTimers();
        }

        // Only here: a run that a handler ends by throwing leaves its stop to the next.
        _isStopped = false;
    }

    /// <summary>
    /// Lets <see cref="Run"/> return after the handler that calls this; outside of any, the next one at once.
    /// </summary>
    public void Stop()
    {
        _isStopped = true;
    }

    /// <summary>Closes the loop's own descriptor; those it watched stay open.</summary>
    public void Dispose()
    {
        _epoll.Dispose();
    }

    private static ulong Key(int fd, uint generation)
    {
        return ((ulong)generation << 32) | (uint)fd;
    }

    private int WaitTime()
    {
        return _timers.First is not LoopTimer next
            ? -1
            : (int)Math.Clamp(next.Deadline - Environment.TickCount64, 0, int.MaxValue);
    }

    private void Call(ulong key, uint events)
    {
        int fd = (int)(uint)key;
        Watcher watcher = _watchers[fd];
        if (watcher.Generation == (uint)(key >> 32))
        {
            watcher.Handler?.Invoke(events);
        }
    }

    private void CallTimers()
    {
        while (!_isStopped && _timers.First is LoopTimer next && next.Deadline <= Environment.TickCount64)
        {
            _timers.Remove(next);
            next.Handler();
        }
    }

    private readonly record struct Watcher(Action<uint>? Handler, uint Generation);
}
