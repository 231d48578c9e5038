#pragma warning disable CS1591 // the names say it, sched(7) says the rest

using System;

namespace Csrun.Spec;

/// <summary>
/// Scheduling policies by their number. SCHED_ISO is not in the mainline kernel. Source: linux/sched.h.
/// </summary>
[Words]
public enum SchedulerPolicy
{
    SCHED_OTHER = 0,
    SCHED_FIFO = 1,
    SCHED_RR = 2,
    SCHED_BATCH = 3,
    SCHED_ISO = 4,
    SCHED_IDLE = 5,
    SCHED_DEADLINE = 6,
}

/// <summary>Flags of sched_setattr(2). Source: linux/sched.h.</summary>
[Flags]
[Words]
public enum SchedulerFlag : ulong
{
    SCHED_FLAG_RESET_ON_FORK = 0x1,
    SCHED_FLAG_RECLAIM = 0x2,
    SCHED_FLAG_DL_OVERRUN = 0x4,
    SCHED_FLAG_KEEP_POLICY = 0x8,
    SCHED_FLAG_KEEP_PARAMS = 0x10,
    SCHED_FLAG_UTIL_CLAMP_MIN = 0x20,
    SCHED_FLAG_UTIL_CLAMP_MAX = 0x40,
}

/// <summary>I/O scheduling classes; ioprio_set(2) takes class &lt;&lt; 13 | priority. Source: linux/ioprio.h.</summary>
[Words]
public enum IOPriorityClass
{
    IOPRIO_CLASS_RT = 1,
    IOPRIO_CLASS_BE = 2,
    IOPRIO_CLASS_IDLE = 3,
}
