using System;
using System.Collections.Generic;
using Csrun.Cgroups.Statistics;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>What the container has used.</summary>
public sealed partial class ContainerCgroups
{
    /// <summary>
    /// Reads every controller's files where it is: v1 before v2. What is missing, a whole hierarchy or one file of an
    /// older kernel, is left 0 or empty.
    /// </summary>
    /// <param name="pid">The container's first process, for its network interfaces; 0 for none.</param>
    public ContainerStatistics ReadStatistics(int pid = 0)
    {
        using Fd unifiedFd = new(_unified?.TryOpen() ?? -1);
        int unified = unifiedFd.Number;
        using Fd memory = OpenFor("memory");
        using Fd pids = OpenFor("pids");
        using Fd blkio = OpenFor("blkio");
        using Fd cpuset = OpenFor("cpuset");
        using Fd rdmaFd = OpenFor("rdma");
        int rdma = rdmaFd.IsOpen ? rdmaFd.Number : unified;
        BlockIOStatistics blockIO = blkio.IsOpen
            ? LegacyStatistics.BlockIO(blkio.Number)
            : UnifiedStatistics.BlockIO(unified);
        MemoryStatistics memoryStatistics = memory.IsOpen
            ? LegacyStatistics.Memory(memory.Number)
            : UnifiedStatistics.Memory(unified);
        return new ContainerStatistics
        {
            Cpu = ReadCpu(unified),
            Cpuset = cpuset.IsOpen ? LegacyStatistics.Cpuset(cpuset.Number) : new CpusetStatistics(),
            Memory = memoryStatistics with { Pressure = StatisticsFiles.Pressure(unified, "memory.pressure") },
            Pids = UnifiedStatistics.Pids(pids.IsOpen ? pids.Number : unified),
            BlockIO = blockIO with { Pressure = StatisticsFiles.Pressure(unified, "io.pressure") },
            Hugetlb = ReadHugetlb(unified),
            RdmaCurrent = StatisticsFiles.Rdma(rdma, "rdma.current"),
            RdmaLimit = StatisticsFiles.Rdma(rdma, "rdma.max"),
            Misc = UnifiedStatistics.Misc(unified),
            Interfaces = pid > 0 ? InterfaceFile.Read(pid) : [],
        };
    }

    /// <summary>
    /// Whether the memory limit has killed a process of the container (oom_kill; v1 since Linux 4.13).
    /// </summary>
    public bool HasKilledForMemory()
    {
        using Fd legacy = OpenFor("memory");
        if (legacy.IsOpen)
        {
            return StatisticsFiles.Keyed(legacy.Number, "memory.oom_control", "oom_kill") > 0;
        }

        using Fd unified = new(_unified?.TryOpen() ?? -1);
        return unified.IsOpen && StatisticsFiles.Keyed(unified.Number, "memory.events", "oom_kill") > 0;
    }

    /// <summary>Begins to watch for kills by the memory limit.</summary>
    /// <exception cref="KernelException">There is no memory controller, or the kernel does not tell.</exception>
    public OutOfMemoryWatch WatchOutOfMemory()
    {
        return OutOfMemoryWatch.Open(
            Find("memory") ?? _unified ?? throw new KernelException("find cgroup controller", "memory", Errno.ENOENT));
    }

    private Fd OpenFor(string controller)
    {
        return new Fd(Find(controller)?.TryOpen() ?? -1);
    }

    private CpuStatistics ReadCpu(int unified)
    {
        using Fd cpu = OpenFor("cpu");
        using Fd cpuacct = OpenFor("cpuacct");
        CpuStatistics statistics = cpuacct.IsOpen
            ? LegacyStatistics.WithUsage(new CpuStatistics(), cpuacct.Number)
            : UnifiedStatistics.Cpu(unified);
        if (cpu.IsOpen)
        {
            statistics = LegacyStatistics.WithThrottling(statistics, cpu.Number);
        }

        return statistics with { Pressure = StatisticsFiles.Pressure(unified, "cpu.pressure") };
    }

    private SortedDictionary<string, HugetlbStatistics> ReadHugetlb(int unified)
    {
        using Fd legacy = OpenFor("hugetlb");
        SortedDictionary<string, HugetlbStatistics> sizes = new(StringComparer.Ordinal);
        int directory = legacy.IsOpen ? legacy.Number : unified;
        string suffix = legacy.IsOpen ? ".limit_in_bytes" : ".max";
        if (directory < 0)
        {
            return sizes;
        }

        Span<byte> buffer = stackalloc byte[2048];
        DirectoryEntries entries = new(directory, buffer);
        _ = Kernel.lseek(directory, 0);
        List<string> found = [];
        while (entries.MoveNext())
        {
            string name = Utf8.ToText(entries.Name);
            if (name.StartsWith("hugetlb.", StringComparison.Ordinal)
                && name.EndsWith(suffix, StringComparison.Ordinal)
                && name.Split('.').Length == 3)
            {
                found.Add(name["hugetlb.".Length..^suffix.Length]);
            }
        }

        foreach (string size in found)
        {
            sizes[size] = legacy.IsOpen
                ? LegacyStatistics.Hugetlb(directory, size)
                : UnifiedStatistics.Hugetlb(directory, size);
        }

        return sizes;
    }
}
