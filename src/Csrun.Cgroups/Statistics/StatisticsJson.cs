using System.Collections.Generic;
using System.Text.Json;

namespace Csrun.Cgroups.Statistics;

/// <summary>
/// Events as <c>runc events</c> prints them: its names, its order, and its habit of leaving out numbers that are 0
/// where it does so. What runc does not tell stands behind, and only where there is any.
/// </summary>
public static class StatisticsJson
{
    /// <summary><c>{"type":"stats","id":ID,"data":{…}}</c>.</summary>
    public static void WriteEvent(Utf8JsonWriter writer, string id, ContainerStatistics statistics)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "stats"u8);
        writer.WriteString("id"u8, id);
        writer.WritePropertyName("data"u8);
        Write(writer, statistics);
        writer.WriteEndObject();
    }

    /// <summary><c>{"type":"oom","id":ID}</c>.</summary>
    public static void WriteOutOfMemory(Utf8JsonWriter writer, string id)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "oom"u8);
        writer.WriteString("id"u8, id);
        writer.WriteEndObject();
    }

    /// <summary>The statistics as one object.</summary>
    public static void Write(Utf8JsonWriter writer, ContainerStatistics statistics)
    {
        writer.WriteStartObject();
        WriteCpu(writer, statistics.Cpu);
        WriteCpuset(writer, statistics.Cpuset);
        WriteMemory(writer, statistics.Memory);
        writer.WriteStartObject("pids"u8);
        Optional(writer, "current", statistics.Pids.Current);
        Optional(writer, "limit", statistics.Pids.Limit);
        writer.WriteEndObject();
        WriteBlockIO(writer, statistics.BlockIO);
        writer.WriteStartObject("hugetlb"u8);
        foreach ((string pageSize, HugetlbStatistics pages) in statistics.Hugetlb)
        {
            writer.WriteStartObject(pageSize);
            Optional(writer, "usage", pages.Usage);
            Optional(writer, "max", pages.Max);
            writer.WriteNumber("failcnt"u8, pages.FailCount);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartObject("intel_rdt"u8);
        writer.WriteEndObject();
        WriteInterfaces(writer, statistics.Interfaces);
        WriteRdma(writer, statistics);
        WriteMisc(writer, statistics.Misc);
        writer.WriteEndObject();
    }

    private static void WriteCpu(Utf8JsonWriter writer, CpuStatistics cpu)
    {
        writer.WriteStartObject("cpu"u8);
        writer.WriteStartObject("usage"u8);
        Optional(writer, "total", cpu.Total);
        Optional(writer, "percpu", cpu.PerCpu);
        Optional(writer, "percpu_kernel", cpu.PerCpuKernel);
        Optional(writer, "percpu_user", cpu.PerCpuUser);
        writer.WriteNumber("kernel"u8, cpu.Kernel);
        writer.WriteNumber("user"u8, cpu.User);
        writer.WriteEndObject();
        writer.WriteStartObject("throttling"u8);
        Optional(writer, "periods", cpu.Periods);
        Optional(writer, "throttledPeriods", cpu.ThrottledPeriods);
        Optional(writer, "throttledTime", cpu.ThrottledTime);
        writer.WriteEndObject();
        WritePressure(writer, cpu.Pressure);
        writer.WriteEndObject();
    }

    private static void WriteCpuset(Utf8JsonWriter writer, CpusetStatistics cpuset)
    {
        writer.WriteStartObject("cpuset"u8);
        Optional(writer, "cpus", cpuset.Cpus);
        writer.WriteNumber("cpu_exclusive"u8, cpuset.CpuExclusive);
        Optional(writer, "mems", cpuset.Mems);
        writer.WriteNumber("mem_hardwall"u8, cpuset.MemHardwall);
        writer.WriteNumber("mem_exclusive"u8, cpuset.MemExclusive);
        writer.WriteNumber("memory_migrate"u8, cpuset.MemoryMigrate);
        writer.WriteNumber("memory_spread_page"u8, cpuset.MemorySpreadPage);
        writer.WriteNumber("memory_spread_slab"u8, cpuset.MemorySpreadSlab);
        writer.WriteNumber("memory_pressure"u8, cpuset.MemoryPressure);
        writer.WriteNumber("sched_load_balance"u8, cpuset.SchedLoadBalance);
        writer.WriteNumber("sched_relax_domain_level"u8, cpuset.SchedRelaxDomainLevel);
        writer.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter writer, MemoryStatistics memory)
    {
        writer.WriteStartObject("memory"u8);
        Optional(writer, "cache", memory.Cache);
        WriteEntry(writer, "usage", memory.Usage);
        WriteEntry(writer, "swap", memory.Swap);
        WriteEntry(writer, "kernel", memory.Kernel);
        WriteEntry(writer, "kernelTCP", memory.KernelTcp);
        if (memory.Raw.Count > 0)
        {
            writer.WriteStartObject("raw"u8);
            foreach ((string key, ulong value) in memory.Raw)
            {
                writer.WriteNumber(key, value);
            }

            writer.WriteEndObject();
        }

        WritePressure(writer, memory.Pressure);
        writer.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter writer, string name, MemoryEntry entry)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("limit"u8, entry.Limit);
        Optional(writer, "usage", entry.Usage);
        Optional(writer, "max", entry.Max);
        writer.WriteNumber("failcnt"u8, entry.FailCount);
        writer.WriteEndObject();
    }

    private static void WriteBlockIO(Utf8JsonWriter writer, BlockIOStatistics blockIO)
    {
        writer.WriteStartObject("blkio"u8);
        WriteEntries(writer, "ioServiceBytesRecursive", blockIO.ServiceBytes);
        WriteEntries(writer, "ioServicedRecursive", blockIO.Serviced);
        WriteEntries(writer, "ioQueueRecursive", blockIO.Queued);
        WriteEntries(writer, "ioServiceTimeRecursive", blockIO.ServiceTime);
        WriteEntries(writer, "ioWaitTimeRecursive", blockIO.WaitTime);
        WriteEntries(writer, "ioMergedRecursive", blockIO.Merged);
        WriteEntries(writer, "ioTimeRecursive", blockIO.Time);
        WriteEntries(writer, "sectorsRecursive", blockIO.Sectors);
        WritePressure(writer, blockIO.Pressure);
        writer.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter writer, string name, IReadOnlyList<BlockIOEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (BlockIOEntry entry in entries)
        {
            writer.WriteStartObject();
            Optional(writer, "major", entry.Major);
            Optional(writer, "minor", entry.Minor);
            if (entry.Operation.Length > 0)
            {
                writer.WriteString("op"u8, entry.Operation);
            }

            Optional(writer, "value", entry.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePressure(Utf8JsonWriter writer, PressureStatistics? pressure)
    {
        if (pressure is null)
        {
            return;
        }

        writer.WriteStartObject("psi"u8);
        WritePressureLine(writer, "some", pressure.Some);
        WritePressureLine(writer, "full", pressure.Full ?? new PressureLine(0, 0, 0, 0));
        writer.WriteEndObject();
    }

    private static void WritePressureLine(Utf8JsonWriter writer, string name, PressureLine line)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("avg10"u8, line.Average10);
        writer.WriteNumber("avg60"u8, line.Average60);
        writer.WriteNumber("avg300"u8, line.Average300);
        writer.WriteNumber("total"u8, line.Total);
        writer.WriteEndObject();
    }

    private static void WriteInterfaces(Utf8JsonWriter writer, IReadOnlyList<InterfaceStatistics> interfaces)
    {
        if (interfaces.Count == 0)
        {
            writer.WriteNull("network_interfaces"u8);
            return;
        }

        writer.WriteStartArray("network_interfaces"u8);
        foreach (InterfaceStatistics one in interfaces)
        {
            writer.WriteStartObject();
            writer.WriteString("Name"u8, one.Name);
            writer.WriteNumber("RxBytes"u8, one.RxBytes);
            writer.WriteNumber("RxPackets"u8, one.RxPackets);
            writer.WriteNumber("RxErrors"u8, one.RxErrors);
            writer.WriteNumber("RxDropped"u8, one.RxDropped);
            writer.WriteNumber("TxBytes"u8, one.TxBytes);
            writer.WriteNumber("TxPackets"u8, one.TxPackets);
            writer.WriteNumber("TxErrors"u8, one.TxErrors);
            writer.WriteNumber("TxDropped"u8, one.TxDropped);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteRdma(Utf8JsonWriter writer, ContainerStatistics statistics)
    {
        if (statistics.RdmaCurrent.Count == 0 && statistics.RdmaLimit.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("rdma"u8);
        WriteRdmaEntries(writer, "rdma_limit", statistics.RdmaLimit);
        WriteRdmaEntries(writer, "rdma_current", statistics.RdmaCurrent);
        writer.WriteEndObject();
    }

    private static void WriteRdmaEntries(Utf8JsonWriter writer, string name, IReadOnlyList<RdmaEntry> entries)
    {
        writer.WriteStartArray(name);
        foreach (RdmaEntry entry in entries)
        {
            writer.WriteStartObject();
            writer.WriteString("device"u8, entry.Device);
            Optional(writer, "hca_handles", entry.HcaHandles);
            Optional(writer, "hca_objects", entry.HcaObjects);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMisc(Utf8JsonWriter writer, SortedDictionary<string, MiscStatistics> misc)
    {
        if (misc.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("misc"u8);
        foreach ((string resource, MiscStatistics values) in misc)
        {
            writer.WriteStartObject(resource);
            Optional(writer, "usage", values.Usage);
            Optional(writer, "events", values.Events);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter writer, string name, ulong value)
    {
        if (value != 0)
        {
            writer.WriteNumber(name, value);
        }
    }

    private static void Optional(Utf8JsonWriter writer, string name, IReadOnlyList<ulong> values)
    {
        if (values.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (ulong value in values)
            {
                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }
    }

    private static void Optional(Utf8JsonWriter writer, string name, IReadOnlyList<ushort> values)
    {
        if (values.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (ushort value in values)
            {
                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }
    }
}
