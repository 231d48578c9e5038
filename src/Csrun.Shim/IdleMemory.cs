using System;
using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;

namespace Csrun.Shim;

/// <summary>
/// Gives memory back to the kernel when the work is done: a shim lives for months. Garbage, of which the first
/// generation's budget, made for short commands, allows 64 MiB (docs/decisions/startup.md), and the pages of the
/// executable that were needed once.
/// </summary>
internal sealed class IdleMemory
{
    private const long WorthCollecting = 512 << 10;
    private const int PauseMilliseconds = 1000;

    private readonly EventLoop _loop;
    private readonly LoopTimer _timer;
    private long _collectedAt;

    public IdleMemory(EventLoop loop)
    {
        _loop = loop;
        _timer = new LoopTimer(GiveBack);
    }

    /// <summary>To be called after work: what it needed is given back in a while.</summary>
    public void WorkDone()
    {
        if (!_timer.IsSet)
        {
            _loop.Set(_timer, PauseMilliseconds);
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "this process clones no container")]
    private void GiveBack()
    {
        if (GC.GetAllocatedBytesForCurrentThread() - _collectedAt > WorthCollecting)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _collectedAt = GC.GetAllocatedBytesForCurrentThread();
        }

        _ = ProgramImage.LetGo();
    }
}
