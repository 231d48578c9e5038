using System.Collections.Generic;
using Csrun.Cgroups.Statistics;
using Csrun.Shim.Messages.Cgroups2;

namespace Csrun.Shim.Task;

/// <summary>Statistics as <c>io.containerd.cgroups.v2.Metrics</c>.</summary>
internal static class UnifiedMetrics
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    public static Metrics Of(ContainerStatistics statistics)
    {
        PidsStatistics pids = statistics.Pids;
        Metrics metrics = new()
        {
            Pids = new PidsStat { Current = pids.Current, Limit = pids.Limit == 0 ? ulong.MaxValue : pids.Limit },
            Cpu = Cpu(statistics.Cpu),
            Memory = Memory(statistics.Memory),
            Rdma = Rdma(statistics),
            Io = Io(statistics.BlockIO),
            MemoryEvents = Events(statistics.Memory.Events),
        };
        foreach ((string size, HugetlbStatistics use) in statistics.Hugetlb)
        {
            metrics.Hugetlb.Add(
                new HugeTlbStat { Current = use.Usage, Max = use.Max, Pagesize = size, Failcnt = use.FailCount });
        }

        return metrics;
    }

    private static CPUStat Cpu(CpuStatistics cpu)
    {
        return new CPUStat
        {
            UsageUsec = cpu.Total / NanosecondsPerMicrosecond,
            UserUsec = cpu.User / NanosecondsPerMicrosecond,
            SystemUsec = cpu.Kernel / NanosecondsPerMicrosecond,
            NrPeriods = cpu.Periods,
            NrThrottled = cpu.ThrottledPeriods,
            ThrottledUsec = cpu.ThrottledTime / NanosecondsPerMicrosecond,
            Psi = Pressure(cpu.Pressure),
        };
    }

    private static MemoryStat Memory(MemoryStatistics memory)
    {
        SortedDictionary<string, ulong> raw = memory.Raw;
        ulong Value(string key) => raw.GetValueOrDefault(key);
        bool isUnlimited = memory.Swap.Limit == ulong.MaxValue;
        return new MemoryStat
        {
            Anon = Value("anon"),
            File = Value("file"),
            KernelStack = Value("kernel_stack"),
            Slab = Value("slab"),
            Sock = Value("sock"),
            Shmem = Value("shmem"),
            FileMapped = Value("file_mapped"),
            FileDirty = Value("file_dirty"),
            FileWriteback = Value("file_writeback"),
            AnonThp = Value("anon_thp"),
            InactiveAnon = Value("inactive_anon"),
            ActiveAnon = Value("active_anon"),
            InactiveFile = Value("inactive_file"),
            ActiveFile = Value("active_file"),
            Unevictable = Value("unevictable"),
            SlabReclaimable = Value("slab_reclaimable"),
            SlabUnreclaimable = Value("slab_unreclaimable"),
            Pgfault = Value("pgfault"),
            Pgmajfault = Value("pgmajfault"),
            WorkingsetRefault = Value("workingset_refault"),
            WorkingsetActivate = Value("workingset_activate"),
            WorkingsetNodereclaim = Value("workingset_nodereclaim"),
            Pgrefill = Value("pgrefill"),
            Pgscan = Value("pgscan"),
            Pgsteal = Value("pgsteal"),
            Pgactivate = Value("pgactivate"),
            Pgdeactivate = Value("pgdeactivate"),
            Pglazyfree = Value("pglazyfree"),
            Pglazyfreed = Value("pglazyfreed"),
            ThpFaultAlloc = Value("thp_fault_alloc"),
            ThpCollapseAlloc = Value("thp_collapse_alloc"),
            Usage = memory.Usage.Usage,
            UsageLimit = memory.Usage.Limit,

            // The statistics count memory in with swap, as cgroup v1 does.
            SwapUsage = memory.Swap.Usage - memory.Usage.Usage,
            SwapLimit = isUnlimited ? ulong.MaxValue : memory.Swap.Limit - memory.Usage.Limit,
            MaxUsage = memory.Usage.Max,
            SwapMaxUsage = memory.Swap.Max,
            Psi = Pressure(memory.Pressure),
        };
    }

    private static MemoryEvents? Events(SortedDictionary<string, ulong> events)
    {
        return events.Count == 0 ? null : new MemoryEvents
        {
            Low = events.GetValueOrDefault("low"),
            High = events.GetValueOrDefault("high"),
            Max = events.GetValueOrDefault("max"),
            Oom = events.GetValueOrDefault("oom"),
            OomKill = events.GetValueOrDefault("oom_kill"),
            OomGroupKill = events.GetValueOrDefault("oom_group_kill"),
        };
    }

    /// <summary>The statistics have one entry a direction; a message has one a device.</summary>
    private static IOStat Io(BlockIOStatistics io)
    {
        IOStat stat = new() { Psi = Pressure(io.Pressure) };
        Dictionary<(ulong Major, ulong Minor), IOEntry> devices = [];
        void Add(IReadOnlyList<BlockIOEntry> entries, bool isBytes)
        {
            foreach (BlockIOEntry entry in entries)
            {
                if (!devices.TryGetValue((entry.Major, entry.Minor), out IOEntry? device))
                {
                    device = new IOEntry { Major = entry.Major, Minor = entry.Minor };
                    devices.Add((entry.Major, entry.Minor), device);
                    stat.Usage.Add(device);
                }

                bool isRead = entry.Operation == "Read";
                device.Rbytes = isBytes && isRead ? entry.Value : device.Rbytes;
                device.Wbytes = isBytes && !isRead ? entry.Value : device.Wbytes;
                device.Rios = !isBytes && isRead ? entry.Value : device.Rios;
                device.Wios = !isBytes && !isRead ? entry.Value : device.Wios;
            }
        }

        Add(io.ServiceBytes, isBytes: true);
        Add(io.Serviced, isBytes: false);
        return stat;
    }

    private static PSIStats? Pressure(PressureStatistics? pressure)
    {
        return pressure is null ? null : new PSIStats { Some = Line(pressure.Some), Full = Line(pressure.Full) };
    }

    private static PSIData? Line(PressureLine? line)
    {
        return line is null ? null : new PSIData
        {
            Avg10 = line.Average10,
            Avg60 = line.Average60,
            Avg300 = line.Average300,
            Total = line.Total,
        };
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

    private static Messages.Cgroups2.RdmaEntry Rdma(Cgroups.Statistics.RdmaEntry entry)
    {
        return new Messages.Cgroups2.RdmaEntry
        {
            Device = entry.Device,
            HcaHandles = entry.HcaHandles,
            HcaObjects = entry.HcaObjects,
        };
    }
}
