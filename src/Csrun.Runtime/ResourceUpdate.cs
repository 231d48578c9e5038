using System.Collections.Generic;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// Limits given to <c>update</c>, laid over those that a container has. 0 and an empty text are "not given" where
/// engines write them for that (memory, cpu, block I/O).
/// </summary>
internal static class ResourceUpdate
{
    /// <summary>All limits after the update.</summary>
    public static LinuxResources Merge(LinuxResources? before, LinuxResources changes)
    {
        before ??= new LinuxResources();
        return before with
        {
            Memory = Merge(before.Memory, changes.Memory),
            Cpu = Merge(before.Cpu, changes.Cpu),
            Pids = changes.Pids?.Limit is null ? before.Pids : changes.Pids,
            BlockIO = Merge(before.BlockIO, changes.BlockIO),
            HugepageLimits = changes.HugepageLimits ?? before.HugepageLimits,
            Network = changes.Network ?? before.Network,
            Rdma = Merge(before.Rdma, changes.Rdma),
            Unified = Merge(before.Unified, changes.Unified),
        };
    }

    /// <summary>
    /// The changes with what the kernel or a conversion needs beside them: the swap limit counts memory in, and quota
    /// and period are one file on cgroup v2.
    /// </summary>
    /// <param name="changes">What was given.</param>
    /// <param name="all">What <see cref="Merge(LinuxResources?, LinuxResources)"/> made of it.</param>
    public static LinuxResources Complete(LinuxResources changes, LinuxResources all)
    {
        LinuxMemory? memory = changes.Memory;
        if (memory is not null && (IsGiven(memory.Limit) || IsGiven(memory.Swap)))
        {
            memory = memory with { Limit = all.Memory?.Limit, Swap = all.Memory?.Swap };
        }

        LinuxCpu? cpu = changes.Cpu;
        if (cpu is not null && (IsGiven(cpu.Quota) || cpu.Period is not (null or 0)))
        {
            cpu = cpu with { Quota = all.Cpu?.Quota, Period = all.Cpu?.Period };
        }

        return changes with { Memory = memory, Cpu = cpu };
    }

    private static LinuxMemory? Merge(LinuxMemory? before, LinuxMemory? changes)
    {
        if (before is null || changes is null)
        {
            return changes ?? before;
        }

        // Without a limit of memory, one of memory and swap together can only come with this update.
        long? swapBefore = changes.Limit < 0 ? -1 : before.Swap;
        return before with
        {
            Limit = Given(changes.Limit) ?? before.Limit,
            Reservation = Given(changes.Reservation) ?? before.Reservation,
            Swap = Given(changes.Swap) ?? swapBefore,
            Kernel = Given(changes.Kernel) ?? before.Kernel,
            KernelTcp = Given(changes.KernelTcp) ?? before.KernelTcp,
            Swappiness = changes.Swappiness ?? before.Swappiness,
            DisableOomKiller = changes.DisableOomKiller ?? before.DisableOomKiller,
            UseHierarchy = changes.UseHierarchy ?? before.UseHierarchy,
            CheckBeforeUpdate = changes.CheckBeforeUpdate ?? before.CheckBeforeUpdate,
        };
    }

    private static LinuxCpu? Merge(LinuxCpu? before, LinuxCpu? changes)
    {
        if (before is null || changes is null)
        {
            return changes ?? before;
        }

        return before with
        {
            Shares = Given(changes.Shares) ?? before.Shares,
            Quota = Given(changes.Quota) ?? before.Quota,
            Burst = changes.Burst ?? before.Burst,
            Period = Given(changes.Period) ?? before.Period,
            RealtimeRuntime = Given(changes.RealtimeRuntime) ?? before.RealtimeRuntime,
            RealtimePeriod = Given(changes.RealtimePeriod) ?? before.RealtimePeriod,
            Cpus = string.IsNullOrEmpty(changes.Cpus) ? before.Cpus : changes.Cpus,
            Mems = string.IsNullOrEmpty(changes.Mems) ? before.Mems : changes.Mems,
            Idle = changes.Idle ?? before.Idle,
        };
    }

    private static LinuxBlockIO? Merge(LinuxBlockIO? before, LinuxBlockIO? changes)
    {
        if (before is null || changes is null)
        {
            return changes ?? before;
        }

        return before with
        {
            Weight = changes.Weight is null or 0 ? before.Weight : changes.Weight,
            LeafWeight = changes.LeafWeight is null or 0 ? before.LeafWeight : changes.LeafWeight,
            WeightDevice = changes.WeightDevice ?? before.WeightDevice,
            ThrottleReadBpsDevice = changes.ThrottleReadBpsDevice ?? before.ThrottleReadBpsDevice,
            ThrottleWriteBpsDevice = changes.ThrottleWriteBpsDevice ?? before.ThrottleWriteBpsDevice,
            ThrottleReadIopsDevice = changes.ThrottleReadIopsDevice ?? before.ThrottleReadIopsDevice,
            ThrottleWriteIopsDevice = changes.ThrottleWriteIopsDevice ?? before.ThrottleWriteIopsDevice,
        };
    }

    private static Dictionary<string, T>? Merge<T>(Dictionary<string, T>? before, Dictionary<string, T>? changes)
    {
        if (before is null || changes is null)
        {
            return changes ?? before;
        }

        Dictionary<string, T> all = new(before);
        foreach ((string key, T value) in changes)
        {
            all[key] = value;
        }

        return all;
    }

    private static bool IsGiven(long? value)
    {
        return value is not (null or 0);
    }

    private static long? Given(long? value)
    {
        return IsGiven(value) ? value : null;
    }

    private static ulong? Given(ulong? value)
    {
        return value is null or 0 ? null : value;
    }
}
