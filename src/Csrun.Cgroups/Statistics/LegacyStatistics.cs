using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using static Csrun.Cgroups.Statistics.StatisticsFiles;

namespace Csrun.Cgroups.Statistics;

/// <summary>
/// Statistics of the controllers of cgroup v1, from their directories. Numbers and choices agree with runc's.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "for the parent only: the child does not come here")]
internal static class LegacyStatistics
{
    /// <summary>cpuacct.stat counts in ticks of USER_HZ, which is 100 on every architecture of ours.</summary>
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>From cpu's directory.</summary>
    public static CpuStatistics WithThrottling(CpuStatistics cpu, int directory)
    {
        SortedDictionary<string, ulong> values = Keyed(directory, "cpu.stat");
        return cpu with
        {
            Periods = values.GetValueOrDefault("nr_periods"),
            ThrottledPeriods = values.GetValueOrDefault("nr_throttled"),
            ThrottledTime = values.GetValueOrDefault("throttled_time"),
        };
    }

    /// <summary>From cpuacct's directory.</summary>
    public static CpuStatistics WithUsage(CpuStatistics cpu, int directory)
    {
        SortedDictionary<string, ulong> values = Keyed(directory, "cpuacct.stat");
        List<ulong> perCpu = [];
        foreach (string number in (CgroupFile.ReadText(directory, "cpuacct.usage_percpu", out _) ?? "").Split(
            ' ', StringSplitOptions.RemoveEmptyEntries))
        {
            perCpu.Add(Number(number));
        }

        List<ulong> kernel = [];
        List<ulong> user = [];
        foreach (string line in Lines(directory, "cpuacct.usage_all"))
        {
            // The first line is the heading: cpu user system.
            string[] fields = line.Split(' ');
            if (fields.Length == 3 && char.IsAsciiDigit(fields[0][0]))
            {
                user.Add(Number(fields[1]));
                kernel.Add(Number(fields[2]));
            }
        }

        return cpu with
        {
            Total = Number(directory, "cpuacct.usage"),
            User = values.GetValueOrDefault("user") * NanosecondsPerTick,
            Kernel = values.GetValueOrDefault("system") * NanosecondsPerTick,
            PerCpu = perCpu,
            PerCpuKernel = kernel,
            PerCpuUser = user,
        };
    }

    public static CpusetStatistics Cpuset(int directory)
    {
        _ = long.TryParse(
            CgroupFile.ReadText(directory, "cpuset.sched_relax_domain_level", out _),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out long relaxDomainLevel);
        return new CpusetStatistics
        {
            Cpus = Ranges(CgroupFile.ReadText(directory, "cpuset.cpus", out _)),
            Mems = Ranges(CgroupFile.ReadText(directory, "cpuset.mems", out _)),
            CpuExclusive = Number(directory, "cpuset.cpu_exclusive"),
            MemHardwall = Number(directory, "cpuset.mem_hardwall"),
            MemExclusive = Number(directory, "cpuset.mem_exclusive"),
            MemoryMigrate = Number(directory, "cpuset.memory_migrate"),
            MemorySpreadPage = Number(directory, "cpuset.memory_spread_page"),
            MemorySpreadSlab = Number(directory, "cpuset.memory_spread_slab"),
            MemoryPressure = Number(directory, "cpuset.memory_pressure"),
            SchedLoadBalance = Number(directory, "cpuset.sched_load_balance"),
            SchedRelaxDomainLevel = relaxDomainLevel,
        };
    }

    public static MemoryStatistics Memory(int directory)
    {
        SortedDictionary<string, ulong> values = Keyed(directory, "memory.stat");
        return new MemoryStatistics
        {
            Raw = values,
            Events = Keyed(directory, "memory.oom_control"),
            Cache = values.GetValueOrDefault("cache"),
            Usage = MemoryEntryOf(directory, "memory."),
            Swap = MemoryEntryOf(directory, "memory.memsw."),
            Kernel = MemoryEntryOf(directory, "memory.kmem."),
            KernelTcp = MemoryEntryOf(directory, "memory.kmem.tcp."),
        };
    }

    private static MemoryEntry MemoryEntryOf(int directory, string prefix)
    {
        return new MemoryEntry(
            Number(directory, prefix + "limit_in_bytes"),
            Number(directory, prefix + "usage_in_bytes"),
            Number(directory, prefix + "max_usage_in_bytes"),
            Number(directory, prefix + "failcnt"));
    }

    /// <summary>
    /// The I/O scheduler that keeps the books is not known: the files of BFQ are asked first, then those of CFQ, then
    /// those of the throttling layer, and the first with anything in it is taken.
    /// </summary>
    public static BlockIOStatistics BlockIO(int directory)
    {
        if (Entries(directory, "blkio.bfq.sectors_recursive").Count > 0)
        {
            return OfScheduler(directory, "blkio.bfq.");
        }

        List<BlockIOEntry> serviced = Entries(directory, "blkio.bfq.io_serviced_recursive");
        if (serviced.Count > 0)
        {
            return new BlockIOStatistics
            {
                Serviced = serviced,
                ServiceBytes = Entries(directory, "blkio.bfq.io_service_bytes_recursive"),
            };
        }

        if (Entries(directory, "blkio.sectors_recursive").Count > 0)
        {
            return OfScheduler(directory, "blkio.");
        }

        serviced = Entries(directory, "blkio.throttle.io_serviced_recursive");
        string recursive = serviced.Count > 0 ? "_recursive" : "";
        return new BlockIOStatistics
        {
            Serviced = serviced.Count > 0 ? serviced : Entries(directory, "blkio.throttle.io_serviced"),
            ServiceBytes = Entries(directory, "blkio.throttle.io_service_bytes" + recursive),
        };
    }

    private static BlockIOStatistics OfScheduler(int directory, string prefix)
    {
        return new BlockIOStatistics
        {
            Sectors = Entries(directory, prefix + "sectors_recursive"),
            ServiceTime = Entries(directory, prefix + "io_service_time_recursive"),
            WaitTime = Entries(directory, prefix + "io_wait_time_recursive"),
            Merged = Entries(directory, prefix + "io_merged_recursive"),
            Queued = Entries(directory, prefix + "io_queued_recursive"),
            Time = Entries(directory, prefix + "time_recursive"),
            Serviced = Entries(directory, prefix + "io_serviced_recursive"),
            ServiceBytes = Entries(directory, prefix + "io_service_bytes_recursive"),
        };
    }

    /// <summary>Lines such as <c>8:0 Read 4096</c> or <c>8:0 77</c>; the sum behind them is left out.</summary>
    internal static List<BlockIOEntry> Entries(int directory, string file)
    {
        List<BlockIOEntry> entries = [];
        foreach (string line in Lines(directory, file))
        {
            string[] fields = line.Split(' ', ':');
            if (fields.Length is 3 or 4)
            {
                entries.Add(new BlockIOEntry(
                    Number(fields[0]), Number(fields[1]), fields.Length == 4 ? fields[2] : "", Number(fields[^1])));
            }
        }

        return entries;
    }

    /// <summary>One page size; the reserve where the kernel counts it.</summary>
    public static HugetlbStatistics Hugetlb(int directory, string pageSize)
    {
        string prefix = $"hugetlb.{pageSize}.rsvd.";
        if (CgroupFile.ReadText(directory, prefix + "usage_in_bytes", out _) is null)
        {
            prefix = $"hugetlb.{pageSize}.";
        }

        return new HugetlbStatistics(
            Number(directory, prefix + "usage_in_bytes"),
            Number(directory, prefix + "max_usage_in_bytes"),
            Number(directory, prefix + "failcnt"));
    }
}
