using System;
using System.Diagnostics.CodeAnalysis;

namespace Csrun.Shim.Task;

/// <summary>
/// Collects garbage when the work is done: the first generation's budget is made for short commands (64 MiB, see
/// docs/decisions/startup.md), and a shim lives for months. Collecting gives the memory back to the kernel.
/// </summary>
internal sealed class IdleCollection
{
    private const long WorthIt = 512 << 10;
    private const int PauseMilliseconds = 1000;

    private readonly EventLoop _loop;
    private readonly LoopTimer _timer;
    private long _collectedAt;

    public IdleCollection(EventLoop loop)
    {
        _loop = loop;
        _timer = new LoopTimer(Collect);
    }

    /// <summary>To be called after work: where it left much, it is collected in a while.</summary>
    public void WorkDone()
    {
        if (!_timer.IsSet && GC.GetAllocatedBytesForCurrentThread() - _collectedAt > WorthIt)
        {
            _loop.Set(_timer, PauseMilliseconds);
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "this process clones no container")]
    private void Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _collectedAt = GC.GetAllocatedBytesForCurrentThread();
    }
}
