using System;
using System.Collections.Generic;
using static Csrun.Cgroups.Statistics.StatisticsFiles;

namespace Csrun.Cgroups.Statistics;

/// <summary>
/// Statistics of the controllers of cgroup v2, told as v1 told them. Numbers and choices agree with runc's.
/// </summary>
internal static class UnifiedStatistics
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    /// <summary>cpu.stat is there without the controller too.</summary>
    public static CpuStatistics Cpu(int directory)
    {
        SortedDictionary<string, ulong> values = Keyed(directory, "cpu.stat");
        return new CpuStatistics
        {
            Total = values.GetValueOrDefault("usage_usec") * NanosecondsPerMicrosecond,
            User = values.GetValueOrDefault("user_usec") * NanosecondsPerMicrosecond,
            Kernel = values.GetValueOrDefault("system_usec") * NanosecondsPerMicrosecond,
            Periods = values.GetValueOrDefault("nr_periods"),
            ThrottledPeriods = values.GetValueOrDefault("nr_throttled"),
            ThrottledTime = values.GetValueOrDefault("throttled_usec") * NanosecondsPerMicrosecond,
        };
    }

    /// <summary>Swap is told together with memory, as v1 counts it.</summary>
    public static MemoryStatistics Memory(int directory)
    {
        SortedDictionary<string, ulong> values = Keyed(directory, "memory.stat");
        MemoryEntry usage = new(
            Number(directory, "memory.max"),
            Number(directory, "memory.current"),
            Number(directory, "memory.peak"),
            Keyed(directory, "memory.events", "max"));
        MemoryEntry swap = new(
            Number(directory, "memory.swap.max"),
            Number(directory, "memory.swap.current"),
            Number(directory, "memory.swap.peak"),
            Keyed(directory, "memory.swap.events", "max"));
        bool unlimited = usage.Limit == ulong.MaxValue || swap.Limit == ulong.MaxValue;
        return new MemoryStatistics
        {
            Raw = values,
            Events = Keyed(directory, "memory.events"),
            Cache = values.GetValueOrDefault("file"),
            Usage = usage,
            Swap = swap with
            {
                Usage = swap.Usage + usage.Usage,
                Limit = unlimited ? ulong.MaxValue : swap.Limit + usage.Limit,
            },
        };
    }

    public static PidsStatistics Pids(int directory)
    {
        ulong limit = Number(directory, "pids.max");
        return new PidsStatistics(Number(directory, "pids.current"), limit == ulong.MaxValue ? 0 : limit);
    }

    /// <summary>Lines such as <c>8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0</c>.</summary>
    public static BlockIOStatistics BlockIO(int directory)
    {
        List<BlockIOEntry> bytes = [];
        List<BlockIOEntry> operations = [];
        foreach (string line in Lines(directory, "io.stat"))
        {
            string[] fields = line.Split(' ');
            int colon = fields[0].IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || fields.Length < 2)
            {
                continue;
            }

            ulong major = Number(fields[0].AsSpan(0, colon));
            ulong minor = Number(fields[0].AsSpan(colon + 1));
            bytes.Add(new BlockIOEntry(major, minor, "Read", Named(fields, "rbytes=")));
            bytes.Add(new BlockIOEntry(major, minor, "Write", Named(fields, "wbytes=")));
            operations.Add(new BlockIOEntry(major, minor, "Read", Named(fields, "rios=")));
            operations.Add(new BlockIOEntry(major, minor, "Write", Named(fields, "wios=")));
        }

        return new BlockIOStatistics { ServiceBytes = bytes, Serviced = operations };
    }

    /// <summary>One page size; the reserve where the kernel counts it.</summary>
    public static HugetlbStatistics Hugetlb(int directory, string pageSize)
    {
        string prefix = $"hugetlb.{pageSize}.";
        string reserve = prefix + "rsvd.current";
        bool hasReserve = CgroupFile.ReadText(directory, reserve, out _) is not null;
        return new HugetlbStatistics(
            Number(directory, hasReserve ? reserve : prefix + "current"),
            0,
            Keyed(directory, prefix + "events", "max"));
    }

    public static SortedDictionary<string, MiscStatistics> Misc(int directory)
    {
        SortedDictionary<string, ulong> events = Keyed(directory, "misc.events");
        SortedDictionary<string, MiscStatistics> resources = new(StringComparer.Ordinal);
        foreach ((string resource, ulong usage) in Keyed(directory, "misc.current"))
        {
            resources[resource] = new MiscStatistics(usage, events.GetValueOrDefault(resource + ".max"));
        }

        return resources;
    }
}
