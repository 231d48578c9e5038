using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace Csrun.Spec;

/// <summary>
/// Limits on resources; what is null stays as it is. Also the document that <c>update -r</c> reads.
/// Source: config-linux.md, Control groups.
/// </summary>
[JsonRecord]
public sealed record LinuxResources
{
    /// <summary>Device rules, in order. Section Allowed Device list.</summary>
    public LinuxDeviceCgroup[]? Devices { get; init; }

    /// <summary>Memory. Section Memory.</summary>
    public LinuxMemory? Memory { get; init; }

    /// <summary>Processor time and placement. Section CPU.</summary>
    public LinuxCpu? Cpu { get; init; }

    /// <summary>Number of tasks. Section PIDs.</summary>
    public LinuxPids? Pids { get; init; }

    /// <summary>Block device I/O. Section Block IO.</summary>
    public LinuxBlockIO? BlockIO { get; init; }

    /// <summary>Huge pages by page size. Section Huge page limits.</summary>
    public LinuxHugepageLimit[]? HugepageLimits { get; init; }

    /// <summary>Network traffic classes (cgroup v1). Section Network.</summary>
    public LinuxNetwork? Network { get; init; }

    /// <summary>RDMA by device name. Section RDMA.</summary>
    public Dictionary<string, LinuxRdma>? Rdma { get; init; }

    /// <summary>cgroup v2 files by name, written as they are. Section Unified.</summary>
    public Dictionary<string, string>? Unified { get; init; }
}

/// <summary>One device rule. Source: config-linux.md, Allowed Device list.</summary>
[JsonRecord]
public sealed record LinuxDeviceCgroup
{
    /// <summary>Whether the rule allows or denies. REQUIRED.</summary>
    public bool? Allow { get; init; }

    /// <summary>a (all), c or b; null is a.</summary>
    public string? Type { get; init; }

    /// <summary>Major number; null and -1 are any.</summary>
    public long? Major { get; init; }

    /// <summary>Minor number; null and -1 are any.</summary>
    public long? Minor { get; init; }

    /// <summary>Letters r, w, m in any order.</summary>
    public string? Access { get; init; }
}

/// <summary>Memory limits in bytes, -1 is unlimited. Source: config-linux.md, Memory.</summary>
[JsonRecord]
public sealed record LinuxMemory
{
    /// <summary>Limit; engines write 0 for unset.</summary>
    public long? Limit { get; init; }

    /// <summary>Soft limit.</summary>
    public long? Reservation { get; init; }

    /// <summary>Limit of memory and swap together, at least <see cref="Limit"/>.</summary>
    public long? Swap { get; init; }

    /// <summary>Kernel memory (cgroup v1); NOT RECOMMENDED.</summary>
    public long? Kernel { get; init; }

    /// <summary>Kernel memory of TCP buffers (cgroup v1); NOT RECOMMENDED.</summary>
    [JsonPropertyName("kernelTCP")]
    public long? KernelTcp { get; init; }

    /// <summary>Tendency to swap, 0 to 100 (cgroup v1); 0 is a value.</summary>
    public ulong? Swappiness { get; init; }

    /// <summary>Whether tasks wait instead of being killed when memory is out (cgroup v1).</summary>
    [JsonPropertyName("disableOOMKiller")]
    public bool? DisableOomKiller { get; init; }

    /// <summary>Hierarchical accounting (cgroup v1).</summary>
    public bool? UseHierarchy { get; init; }

    /// <summary>Whether a new limit is refused when usage is above it. Since 1.1.</summary>
    public bool? CheckBeforeUpdate { get; init; }
}

/// <summary>Processor time, in microseconds, and placement. Source: config-linux.md, CPU.</summary>
[JsonRecord]
public sealed record LinuxCpu
{
    /// <summary>Relative weight, 2 to 262144; engines write 0 for unset.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Time per period; -1 is no limit, engines write 0 for unset.</summary>
    public long? Quota { get; init; }

    /// <summary>Unused time that may be saved up; 0 is a value. Since 1.1.</summary>
    public ulong? Burst { get; init; }

    /// <summary>Length of the period, 1000 to 1000000; null with a quota is 100000.</summary>
    public ulong? Period { get; init; }

    /// <summary>Realtime time per period (cgroup v1).</summary>
    public long? RealtimeRuntime { get; init; }

    /// <summary>Length of the realtime period (cgroup v1).</summary>
    public ulong? RealtimePeriod { get; init; }

    /// <summary>CPUs to run on, a list like 0-3,7.</summary>
    public string? Cpus { get; init; }

    /// <summary>Memory nodes to use, a list like 0-3,7.</summary>
    public string? Mems { get; init; }

    /// <summary>1 puts the cgroup into SCHED_IDLE, 0 takes it out. Since 1.1.</summary>
    public long? Idle { get; init; }
}

/// <summary>Number of tasks. Source: config-linux.md, PIDs.</summary>
[JsonRecord]
public sealed record LinuxPids
{
    /// <summary>Limit; -1 is none, null untouched, 0 a limit.</summary>
    public long? Limit { get; init; }
}

/// <summary>Limit for one size of huge page. Source: config-linux.md, Huge page limits.</summary>
[JsonRecord]
public sealed record LinuxHugepageLimit
{
    /// <summary>Page size, a number and KB, MB or GB, as in 2MB. REQUIRED.</summary>
    public string? PageSize { get; init; }

    /// <summary>Bytes. REQUIRED.</summary>
    public ulong? Limit { get; init; }
}

/// <summary>Network traffic classes (cgroup v1). Source: config-linux.md, Network.</summary>
[JsonRecord]
public sealed record LinuxNetwork
{
    /// <summary>Class of the packets sent (net_cls).</summary>
    [JsonPropertyName("classID")]
    public uint? ClassId { get; init; }

    /// <summary>Priorities by interface (net_prio).</summary>
    public LinuxInterfacePriority[]? Priorities { get; init; }
}

/// <summary>Priority of one interface's traffic. Source: config-linux.md, Network.</summary>
[JsonRecord]
public sealed record LinuxInterfacePriority
{
    /// <summary>Interface. REQUIRED.</summary>
    public string? Name { get; init; }

    /// <summary>Priority. REQUIRED.</summary>
    public uint? Priority { get; init; }
}

/// <summary>Limits on one RDMA device; one of the two is there. Source: config-linux.md, RDMA.</summary>
[JsonRecord]
public sealed record LinuxRdma
{
    /// <summary>Handles; null is no limit.</summary>
    public uint? HcaHandles { get; init; }

    /// <summary>Objects; null is no limit.</summary>
    public uint? HcaObjects { get; init; }
}
