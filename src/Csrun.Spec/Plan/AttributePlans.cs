using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>How a process is scheduled, in sched_setattr(2)'s numbers.</summary>
public sealed record SchedulerPlan
{
    /// <summary>The policy.</summary>
    public required SchedulerPolicy Policy { get; init; }

    /// <summary>SCHED_FLAG_*.</summary>
    public required SchedulerFlag Flags { get; init; }

    /// <summary>Nice value; counts for SCHED_OTHER and SCHED_BATCH.</summary>
    public required int Nice { get; init; }

    /// <summary>Static priority; counts for SCHED_FIFO and SCHED_RR.</summary>
    public required uint Priority { get; init; }

    /// <summary>SCHED_DEADLINE, nanoseconds.</summary>
    public required ulong Runtime { get; init; }

    /// <summary>SCHED_DEADLINE, nanoseconds.</summary>
    public required ulong Deadline { get; init; }

    /// <summary>SCHED_DEADLINE, nanoseconds.</summary>
    public required ulong Period { get; init; }
}

/// <summary>From which nodes memory comes, in set_mempolicy(2)'s numbers.</summary>
/// <param name="Mode">MPOL_* with MPOL_F_*.</param>
/// <param name="Name">The mode's name, for messages.</param>
/// <param name="Nodes">Bit N % 64 of word N / 64 is node N; empty where there are none.</param>
public sealed record MemoryPolicyPlan(int Mode, string Name, IReadOnlyList<ulong> Nodes);

/// <summary>How far a clock of a new time namespace is from the caller's.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Seconds">Whole seconds, may be negative.</param>
/// <param name="Nanoseconds">Added to them, below 10^9.</param>
public sealed record TimeOffsetPlan(TimeClock Clock, long Seconds, uint Nanoseconds);
