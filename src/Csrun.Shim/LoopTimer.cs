using System;

namespace Csrun.Shim;

/// <summary>A moment an <see cref="EventLoop"/> waits for. Made once and set again as often as needed.</summary>
public sealed class LoopTimer
{
    /// <summary>A timer that is not set.</summary>
    /// <param name="handler">What is done at its moment.</param>
    public LoopTimer(Action handler)
    {
        Handler = handler;
    }

    /// <summary>Whether it is set and its moment has not come.</summary>
    public bool IsSet => Place >= 0;

    internal Action Handler { get; }

    /// <summary>When it is due, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    internal long Deadline { get; set; }

    /// <summary>Its index in the loop's heap; negative while it is not set.</summary>
    internal int Place { get; set; } = -1;
}
