using System.Collections.Generic;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>Writes limits as config.json has them; what is not set is left out.</summary>
internal static class ResourcesJson
{
    /// <summary>The limits as one object.</summary>
    public static JsonBytes Write(LinuxResources resources)
    {
        JsonBytes json = new(1024);
        json.BeginObject();
        WriteDevices(ref json, resources.Devices);
        WriteMemory(ref json, resources.Memory);
        WriteCpu(ref json, resources.Cpu);
        if (resources.Pids is LinuxPids pids)
        {
            json.Name("pids"u8);
            json.BeginObject();
            Member(ref json, "limit", pids.Limit);
            json.EndObject();
        }

        WriteBlockIO(ref json, resources.BlockIO);
        WriteHugepages(ref json, resources.HugepageLimits);
        WriteNetwork(ref json, resources.Network);
        WriteRdma(ref json, resources.Rdma);
        if (resources.Unified is { } unified)
        {
            json.Name("unified"u8);
            json.BeginObject();
            foreach ((string file, string value) in unified)
            {
                Member(ref json, file, value);
            }

            json.EndObject();
        }

        json.EndObject();
        return json;
    }

    private static void WriteDevices(ref JsonBytes json, LinuxDeviceCgroup[]? rules)
    {
        if (rules is null)
        {
            return;
        }

        json.Name("devices"u8);
        json.BeginArray();
        foreach (LinuxDeviceCgroup rule in rules)
        {
            json.BeginObject();
            Member(ref json, "allow", rule.Allow);
            Member(ref json, "type", rule.Type);
            Member(ref json, "major", rule.Major);
            Member(ref json, "minor", rule.Minor);
            Member(ref json, "access", rule.Access);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteMemory(ref JsonBytes json, LinuxMemory? memory)
    {
        if (memory is null)
        {
            return;
        }

        json.Name("memory"u8);
        json.BeginObject();
        Member(ref json, "limit", memory.Limit);
        Member(ref json, "reservation", memory.Reservation);
        Member(ref json, "swap", memory.Swap);
        Member(ref json, "kernel", memory.Kernel);
        Member(ref json, "kernelTCP", memory.KernelTcp);
        Member(ref json, "swappiness", memory.Swappiness);
        Member(ref json, "disableOOMKiller", memory.DisableOomKiller);
        Member(ref json, "useHierarchy", memory.UseHierarchy);
        Member(ref json, "checkBeforeUpdate", memory.CheckBeforeUpdate);
        json.EndObject();
    }

    private static void WriteCpu(ref JsonBytes json, LinuxCpu? cpu)
    {
        if (cpu is null)
        {
            return;
        }

        json.Name("cpu"u8);
        json.BeginObject();
        Member(ref json, "shares", cpu.Shares);
        Member(ref json, "quota", cpu.Quota);
        Member(ref json, "burst", cpu.Burst);
        Member(ref json, "period", cpu.Period);
        Member(ref json, "realtimeRuntime", cpu.RealtimeRuntime);
        Member(ref json, "realtimePeriod", cpu.RealtimePeriod);
        Member(ref json, "cpus", cpu.Cpus);
        Member(ref json, "mems", cpu.Mems);
        Member(ref json, "idle", cpu.Idle);
        json.EndObject();
    }

    private static void WriteBlockIO(ref JsonBytes json, LinuxBlockIO? blockIO)
    {
        if (blockIO is null)
        {
            return;
        }

        json.Name("blockIO"u8);
        json.BeginObject();
        Member(ref json, "weight", (long?)blockIO.Weight);
        Member(ref json, "leafWeight", (long?)blockIO.LeafWeight);
        if (blockIO.WeightDevice is { } devices)
        {
            json.Name("weightDevice"u8);
            json.BeginArray();
            foreach (LinuxWeightDevice device in devices)
            {
                json.BeginObject();
                Member(ref json, "major", device.Major);
                Member(ref json, "minor", device.Minor);
                Member(ref json, "weight", (long?)device.Weight);
                Member(ref json, "leafWeight", (long?)device.LeafWeight);
                json.EndObject();
            }

            json.EndArray();
        }

        WriteThrottle(ref json, "throttleReadBpsDevice", blockIO.ThrottleReadBpsDevice);
        WriteThrottle(ref json, "throttleWriteBpsDevice", blockIO.ThrottleWriteBpsDevice);
        WriteThrottle(ref json, "throttleReadIOPSDevice", blockIO.ThrottleReadIopsDevice);
        WriteThrottle(ref json, "throttleWriteIOPSDevice", blockIO.ThrottleWriteIopsDevice);
        json.EndObject();
    }

    private static void WriteThrottle(ref JsonBytes json, string name, LinuxThrottleDevice[]? devices)
    {
        if (devices is null)
        {
            return;
        }

        json.Name(name);
        json.BeginArray();
        foreach (LinuxThrottleDevice device in devices)
        {
            json.BeginObject();
            Member(ref json, "major", device.Major);
            Member(ref json, "minor", device.Minor);
            Member(ref json, "rate", device.Rate);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteHugepages(ref JsonBytes json, LinuxHugepageLimit[]? limits)
    {
        if (limits is null)
        {
            return;
        }

        json.Name("hugepageLimits"u8);
        json.BeginArray();
        foreach (LinuxHugepageLimit limit in limits)
        {
            json.BeginObject();
            Member(ref json, "pageSize", limit.PageSize);
            Member(ref json, "limit", limit.Limit);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteNetwork(ref JsonBytes json, LinuxNetwork? network)
    {
        if (network is null)
        {
            return;
        }

        json.Name("network"u8);
        json.BeginObject();
        Member(ref json, "classID", (long?)network.ClassId);
        if (network.Priorities is { } priorities)
        {
            json.Name("priorities"u8);
            json.BeginArray();
            foreach (LinuxInterfacePriority priority in priorities)
            {
                json.BeginObject();
                Member(ref json, "name", priority.Name);
                Member(ref json, "priority", (long?)priority.Priority);
                json.EndObject();
            }

            json.EndArray();
        }

        json.EndObject();
    }

    private static void WriteRdma(ref JsonBytes json, Dictionary<string, LinuxRdma>? devices)
    {
        if (devices is null)
        {
            return;
        }

        json.Name("rdma"u8);
        json.BeginObject();
        foreach ((string device, LinuxRdma limits) in devices)
        {
            json.Name(device);
            json.BeginObject();
            Member(ref json, "hcaHandles", (long?)limits.HcaHandles);
            Member(ref json, "hcaObjects", (long?)limits.HcaObjects);
            json.EndObject();
        }

        json.EndObject();
    }

    private static void Member(ref JsonBytes json, string name, long? value)
    {
        if (value is long number)
        {
            json.Name(name);
            json.Value(number);
        }
    }

    private static void Member(ref JsonBytes json, string name, ulong? value)
    {
        if (value is ulong number)
        {
            json.Name(name);
            json.Value(number);
        }
    }

    private static void Member(ref JsonBytes json, string name, bool? value)
    {
        if (value is bool truth)
        {
            json.Name(name);
            json.Value(truth);
        }
    }

    private static void Member(ref JsonBytes json, string name, string? value)
    {
        if (value is not null)
        {
            json.Name(name);
            json.Value(value);
        }
    }
}
