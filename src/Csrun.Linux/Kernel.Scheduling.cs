using System;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>
/// Where and how a process runs: scheduling, I/O priority, processors, memory nodes, execution domain.
/// </summary>
public static unsafe partial class Kernel
{
    // linux/ioprio.h
    public const int IOPRIO_WHO_PROCESS = 1;
    public const int IOPRIO_CLASS_SHIFT = 13;

    /// <summary>The argument of sched_setattr(2), version 0 of the struct (48 bytes; linux/sched/types.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sched_attr
    {
        /// <summary>Size of the struct: 48.</summary>
        public uint size;

        /// <summary>SCHED_*.</summary>
        public uint sched_policy;

        /// <summary>SCHED_FLAG_*.</summary>
        public ulong sched_flags;

        /// <summary>Nice value, for SCHED_OTHER and SCHED_BATCH.</summary>
        public int sched_nice;

        /// <summary>Static priority, for SCHED_FIFO and SCHED_RR.</summary>
        public uint sched_priority;

        /// <summary>SCHED_DEADLINE: nanoseconds.</summary>
        public ulong sched_runtime;

        /// <summary>SCHED_DEADLINE: nanoseconds.</summary>
        public ulong sched_deadline;

        /// <summary>SCHED_DEADLINE: nanoseconds.</summary>
        public ulong sched_period;
    }

    /// <summary>sched_setattr(2) on this process; the size is filled in.</summary>
    public static int sched_setattr(sched_attr attributes)
    {
        attributes.size = (uint)sizeof(sched_attr);
        return Result(LibC.syscall(Number.SchedSetattr, 0, &attributes, 0));
    }

    /// <summary>sched_setaffinity(2) on this process: bit N of the mask is processor N.</summary>
    public static int sched_setaffinity(ReadOnlySpan<ulong> mask)
    {
        fixed (ulong* m = mask)
        {
            return Result(LibC.syscall(Number.SchedSetaffinity, 0, sizeof(ulong) * mask.Length, m));
        }
    }

    /// <summary>ioprio_set(2) on this process.</summary>
    /// <param name="priority">IOPRIO_CLASS_* &lt;&lt; IOPRIO_CLASS_SHIFT | 0 (highest) to 7.</param>
    public static int ioprio_set(int priority)
    {
        return Result(LibC.syscall(Number.IoprioSet, IOPRIO_WHO_PROCESS, 0, priority));
    }

    /// <summary>set_mempolicy(2): bit N of the mask is memory node N; an empty mask is no node.</summary>
    /// <param name="mode">MPOL_* with MPOL_F_*.</param>
    /// <param name="nodes">The nodes.</param>
    public static int set_mempolicy(int mode, ReadOnlySpan<ulong> nodes)
    {
        fixed (ulong* n = nodes)
        {
            // The kernel takes one bit less than it is told of.
            int bits = nodes.IsEmpty ? 0 : (8 * sizeof(ulong) * nodes.Length) + 1;
            return Result(LibC.syscall(Number.SetMempolicy, mode, n, bits));
        }
    }

    /// <summary>personality(2): the domain before.</summary>
    public static int personality(uint domain)
    {
        return Result(LibC.syscall(Number.Personality, domain));
    }
}
