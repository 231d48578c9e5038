using System.Collections.Generic;

namespace Csrun.Cgroups.Statistics;

/// <summary>
/// What a container has used, under the names of runc's events; what a layout or kernel does not tell is 0, empty or
/// null. Times are nanoseconds, amounts bytes.
/// </summary>
public sealed record ContainerStatistics
{
    /// <summary>Processor time.</summary>
    public CpuStatistics Cpu { get; init; } = new();

    /// <summary>Placement; told by v1 alone.</summary>
    public CpusetStatistics Cpuset { get; init; } = new();

    /// <summary>Memory.</summary>
    public MemoryStatistics Memory { get; init; } = new();

    /// <summary>Number of tasks.</summary>
    public PidsStatistics Pids { get; init; } = new();

    /// <summary>Block I/O.</summary>
    public BlockIOStatistics BlockIO { get; init; } = new();

    /// <summary>Huge pages by page size.</summary>
    public SortedDictionary<string, HugetlbStatistics> Hugetlb { get; init; } = [];

    /// <summary>RDMA resources in use, by device.</summary>
    public IReadOnlyList<RdmaEntry> RdmaCurrent { get; init; } = [];

    /// <summary>Limits of RDMA resources, by device.</summary>
    public IReadOnlyList<RdmaEntry> RdmaLimit { get; init; } = [];

    /// <summary>Resources of the misc controller (v2).</summary>
    public SortedDictionary<string, MiscStatistics> Misc { get; init; } = [];

    /// <summary>Network traffic of the container's first process, without the loopback device.</summary>
    public IReadOnlyList<InterfaceStatistics> Interfaces { get; init; } = [];
}

/// <summary>Processor time.</summary>
public sealed record CpuStatistics
{
    /// <summary>All time used.</summary>
    public ulong Total { get; init; }

    /// <summary>By processor; v1.</summary>
    public IReadOnlyList<ulong> PerCpu { get; init; } = [];

    /// <summary>In the kernel, by processor; v1.</summary>
    public IReadOnlyList<ulong> PerCpuKernel { get; init; } = [];

    /// <summary>In programs, by processor; v1.</summary>
    public IReadOnlyList<ulong> PerCpuUser { get; init; } = [];

    /// <summary>In the kernel.</summary>
    public ulong Kernel { get; init; }

    /// <summary>In programs.</summary>
    public ulong User { get; init; }

    /// <summary>Periods in which anything ran under a quota.</summary>
    public ulong Periods { get; init; }

    /// <summary>Of these, periods in which the quota ran out.</summary>
    public ulong ThrottledPeriods { get; init; }

    /// <summary>Time waited for the next period.</summary>
    public ulong ThrottledTime { get; init; }

    /// <summary>Time lost waiting for a processor.</summary>
    public PressureStatistics? Pressure { get; init; }
}

/// <summary>Time in which tasks waited for a resource (pressure stall information, psi.rst).</summary>
/// <param name="Some">At least one task waited.</param>
/// <param name="Full">All tasks waited; null where the kernel does not tell.</param>
public sealed record PressureStatistics(PressureLine Some, PressureLine? Full);

/// <summary>One line of a pressure file: shares of time in percent over 10, 60 and 300 seconds, and the total in
/// microseconds.</summary>
public sealed record PressureLine(double Average10, double Average60, double Average300, ulong Total);

/// <summary>Files of cpuset (v1).</summary>
public sealed record CpusetStatistics
{
    /// <summary>cpuset.cpus as numbers.</summary>
    public IReadOnlyList<ushort> Cpus { get; init; } = [];

    /// <summary>cpuset.mems as numbers.</summary>
    public IReadOnlyList<ushort> Mems { get; init; } = [];

    /// <summary>cpuset.cpu_exclusive.</summary>
    public ulong CpuExclusive { get; init; }

    /// <summary>cpuset.mem_hardwall.</summary>
    public ulong MemHardwall { get; init; }

    /// <summary>cpuset.mem_exclusive.</summary>
    public ulong MemExclusive { get; init; }

    /// <summary>cpuset.memory_migrate.</summary>
    public ulong MemoryMigrate { get; init; }

    /// <summary>cpuset.memory_spread_page.</summary>
    public ulong MemorySpreadPage { get; init; }

    /// <summary>cpuset.memory_spread_slab.</summary>
    public ulong MemorySpreadSlab { get; init; }

    /// <summary>cpuset.memory_pressure.</summary>
    public ulong MemoryPressure { get; init; }

    /// <summary>cpuset.sched_load_balance.</summary>
    public ulong SchedLoadBalance { get; init; }

    /// <summary>cpuset.sched_relax_domain_level.</summary>
    public long SchedRelaxDomainLevel { get; init; }
}

/// <summary>One kind of memory.</summary>
/// <param name="Limit">The limit; a huge number without one.</param>
/// <param name="Usage">What is in use.</param>
/// <param name="Max">The most that was in use.</param>
/// <param name="FailCount">How often the limit was met.</param>
public sealed record MemoryEntry(ulong Limit, ulong Usage, ulong Max, ulong FailCount)
{
    /// <summary>Nothing told.</summary>
    public static MemoryEntry None { get; } = new(0, 0, 0, 0);
}

/// <summary>Memory.</summary>
public sealed record MemoryStatistics
{
    /// <summary>Page cache.</summary>
    public ulong Cache { get; init; }

    /// <summary>Memory.</summary>
    public MemoryEntry Usage { get; init; } = MemoryEntry.None;

    /// <summary>Memory and swap together, on v2 too.</summary>
    public MemoryEntry Swap { get; init; } = MemoryEntry.None;

    /// <summary>Of the kernel (v1).</summary>
    public MemoryEntry Kernel { get; init; } = MemoryEntry.None;

    /// <summary>TCP buffers (v1).</summary>
    public MemoryEntry KernelTcp { get; init; } = MemoryEntry.None;

    /// <summary>memory.stat as it is.</summary>
    public SortedDictionary<string, ulong> Raw { get; init; } = [];

    /// <summary>memory.events of v2, memory.oom_control of v1, by their keys; empty where there is none.</summary>
    public SortedDictionary<string, ulong> Events { get; init; } = [];

    /// <summary>Time lost waiting for memory.</summary>
    public PressureStatistics? Pressure { get; init; }
}

/// <summary>Number of tasks.</summary>
/// <param name="Current">Tasks now.</param>
/// <param name="Limit">The limit, 0 without one.</param>
public sealed record PidsStatistics(ulong Current = 0, ulong Limit = 0);

/// <summary>One number of a block device.</summary>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Operation">Read, Write and so on; may be empty.</param>
/// <param name="Value">The number.</param>
public sealed record BlockIOEntry(ulong Major, ulong Minor, string Operation, ulong Value);

/// <summary>Block I/O by device and operation.</summary>
public sealed record BlockIOStatistics
{
    /// <summary>Bytes.</summary>
    public IReadOnlyList<BlockIOEntry> ServiceBytes { get; init; } = [];

    /// <summary>Operations.</summary>
    public IReadOnlyList<BlockIOEntry> Serviced { get; init; } = [];

    /// <summary>Operations that wait.</summary>
    public IReadOnlyList<BlockIOEntry> Queued { get; init; } = [];

    /// <summary>Time in service.</summary>
    public IReadOnlyList<BlockIOEntry> ServiceTime { get; init; } = [];

    /// <summary>Time in queues.</summary>
    public IReadOnlyList<BlockIOEntry> WaitTime { get; init; } = [];

    /// <summary>Operations merged with others.</summary>
    public IReadOnlyList<BlockIOEntry> Merged { get; init; } = [];

    /// <summary>Time of the disk.</summary>
    public IReadOnlyList<BlockIOEntry> Time { get; init; } = [];

    /// <summary>Sectors.</summary>
    public IReadOnlyList<BlockIOEntry> Sectors { get; init; } = [];

    /// <summary>Time lost waiting for block devices.</summary>
    public PressureStatistics? Pressure { get; init; }
}

/// <summary>Huge pages of one size.</summary>
/// <param name="Usage">What is in use or, where the kernel counts that, reserved.</param>
/// <param name="Max">The most that was (v1).</param>
/// <param name="FailCount">How often the limit was met.</param>
public sealed record HugetlbStatistics(ulong Usage, ulong Max, ulong FailCount);

/// <summary>RDMA resources of one device; uint.MaxValue is no limit.</summary>
public sealed record RdmaEntry(string Device, uint HcaHandles, uint HcaObjects);

/// <summary>A resource of the misc controller: in use, and how often the limit was met.</summary>
public sealed record MiscStatistics(ulong Usage, ulong Events);

/// <summary>Traffic of one network interface.</summary>
public sealed record InterfaceStatistics(
    string Name,
    ulong RxBytes,
    ulong RxPackets,
    ulong RxErrors,
    ulong RxDropped,
    ulong TxBytes,
    ulong TxPackets,
    ulong TxErrors,
    ulong TxDropped);
