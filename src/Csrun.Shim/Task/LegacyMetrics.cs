using System.Collections.Generic;
using Csrun.Cgroups.Statistics;
using Csrun.Shim.Messages.Cgroups1;

namespace Csrun.Shim.Task;

/// <summary>Statistics as <c>io.containerd.cgroups.v1.Metrics</c>.</summary>
internal static class LegacyMetrics
{
    public static Metrics Of(ContainerStatistics statistics)
    {
        Metrics metrics = new()
        {
            Pids = new PidsStat { Current = statistics.Pids.Current, Limit = statistics.Pids.Limit },
            Cpu = Cpu(statistics.Cpu),
            Memory = Memory(statistics.Memory),
            Blkio = BlockIO(statistics.BlockIO),
            Rdma = Rdma(statistics),
            MemoryOomControl = OomControl(statistics.Memory.Events),
        };
        foreach ((string size, HugetlbStatistics use) in statistics.Hugetlb)
        {
            metrics.Hugetlb.Add(
                new HugetlbStat { Usage = use.Usage, Max = use.Max, Failcnt = use.FailCount, Pagesize = size });
        }

        return metrics;
    }

    private static CPUStat Cpu(CpuStatistics cpu)
    {
        CPUStat stat = new()
        {
            Usage = new CPUUsage { Total = cpu.Total, Kernel = cpu.Kernel, User = cpu.User },
            Throttling = new Throttle
            {
                Periods = cpu.Periods,
                ThrottledPeriods = cpu.ThrottledPeriods,
                ThrottledTime = cpu.ThrottledTime,
            },
        };
        stat.Usage.PerCpu.Add(cpu.PerCpu);
        return stat;
    }

    private static MemoryStat Memory(MemoryStatistics memory)
    {
        SortedDictionary<string, ulong> raw = memory.Raw;
        ulong Value(string key) => raw.GetValueOrDefault(key);
        return new MemoryStat
        {
            Cache = Value("cache"),
            Rss = Value("rss"),
            RssHuge = Value("rss_huge"),
            MappedFile = Value("mapped_file"),
            Dirty = Value("dirty"),
            Writeback = Value("writeback"),
            PgPgIn = Value("pgpgin"),
            PgPgOut = Value("pgpgout"),
            PgFault = Value("pgfault"),
            PgMajFault = Value("pgmajfault"),
            InactiveAnon = Value("inactive_anon"),
            ActiveAnon = Value("active_anon"),
            InactiveFile = Value("inactive_file"),
            ActiveFile = Value("active_file"),
            Unevictable = Value("unevictable"),
            HierarchicalMemoryLimit = Value("hierarchical_memory_limit"),
            HierarchicalSwapLimit = Value("hierarchical_memsw_limit"),
            TotalCache = Value("total_cache"),
            TotalRss = Value("total_rss"),
            TotalRssHuge = Value("total_rss_huge"),
            TotalMappedFile = Value("total_mapped_file"),
            TotalDirty = Value("total_dirty"),
            TotalWriteback = Value("total_writeback"),
            TotalPgPgIn = Value("total_pgpgin"),
            TotalPgPgOut = Value("total_pgpgout"),
            TotalPgFault = Value("total_pgfault"),
            TotalPgMajFault = Value("total_pgmajfault"),
            TotalInactiveAnon = Value("total_inactive_anon"),
            TotalActiveAnon = Value("total_active_anon"),
            TotalInactiveFile = Value("total_inactive_file"),
            TotalActiveFile = Value("total_active_file"),
            TotalUnevictable = Value("total_unevictable"),
            Usage = Entry(memory.Usage),
            Swap = Entry(memory.Swap),
            Kernel = Entry(memory.Kernel),
            KernelTcp = Entry(memory.KernelTcp),
        };
    }

    private static Messages.Cgroups1.MemoryEntry Entry(Cgroups.Statistics.MemoryEntry entry)
    {
        return new Messages.Cgroups1.MemoryEntry
        {
            Limit = entry.Limit,
            Usage = entry.Usage,
            Max = entry.Max,
            Failcnt = entry.FailCount,
        };
    }

    private static MemoryOomControl OomControl(SortedDictionary<string, ulong> events)
    {
        return new MemoryOomControl
        {
            OomKillDisable = events.GetValueOrDefault("oom_kill_disable"),
            UnderOom = events.GetValueOrDefault("under_oom"),
            OomKill = events.GetValueOrDefault("oom_kill"),
        };
    }

    private static BlkIOStat BlockIO(BlockIOStatistics io)
    {
        BlkIOStat stat = new();
        stat.IoServiceBytesRecursive.Add(Entries(io.ServiceBytes));
        stat.IoServicedRecursive.Add(Entries(io.Serviced));
        stat.IoQueuedRecursive.Add(Entries(io.Queued));
        stat.IoServiceTimeRecursive.Add(Entries(io.ServiceTime));
        stat.IoWaitTimeRecursive.Add(Entries(io.WaitTime));
        stat.IoMergedRecursive.Add(Entries(io.Merged));
        stat.IoTimeRecursive.Add(Entries(io.Time));
        stat.SectorsRecursive.Add(Entries(io.Sectors));
        return stat;
    }

    private static IEnumerable<BlkIOEntry> Entries(IReadOnlyList<BlockIOEntry> entries)
    {
        foreach (BlockIOEntry entry in entries)
        {
            yield return new BlkIOEntry
            {
                Op = entry.Operation,
                Device = BlockDevices.NameOf(entry.Major, entry.Minor),
                Major = entry.Major,
                Minor = entry.Minor,
                Value = entry.Value,
            };
        }
    }

    private static RdmaStat Rdma(ContainerStatistics statistics)
    {
        RdmaStat stat = new();
        foreach (Cgroups.Statistics.RdmaEntry entry in statistics.RdmaCurrent)
        {
            stat.Current.Add(Rdma(entry));
        }

        foreach (Cgroups.Statistics.RdmaEntry entry in statistics.RdmaLimit)
        {
            stat.Limit.Add(Rdma(entry));
        }

        return stat;
    }

    private static Messages.Cgroups1.RdmaEntry Rdma(Cgroups.Statistics.RdmaEntry entry)
    {
        return new Messages.Cgroups1.RdmaEntry
        {
            Device = entry.Device,
            HcaHandles = entry.HcaHandles,
            HcaObjects = entry.HcaObjects,
        };
    }
}
