using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;
using static Csrun.Cgroups.ResourceValues;

namespace Csrun.Cgroups.Systemd;

/// <summary>
/// Limits as properties of a unit, so that systemd keeps to them whenever it writes the control files anew
/// (daemon-reload). What has no property is written into the unit's cgroup by csrun, to which it is delegated. Source:
/// systemd.resource-control(5), under the names of org.freedesktop.systemd1(5).
/// </summary>
public static partial class UnitProperties
{
    private const ulong Infinity = ulong.MaxValue;
    private const ulong MicrosecondsPerSecond = 1_000_000;
    private const ulong QuotaStep = 10_000;

    /// <summary>All that a new unit gets, but the annotations.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="id">The container, for the description.</param>
    /// <param name="pid">Its first process, which systemd moves into the unit.</param>
    /// <param name="resources">The limits.</param>
    /// <param name="isUnified">Whether cgroup v2 is all there is.</param>
    public static IReadOnlyList<UnitProperty> ForStart(
        SystemdUnit unit, string id, int pid, LinuxResources? resources, bool isUnified)
    {
        List<UnitProperty> properties =
        [
            new("Description", "s", "csrun container " + id),
            unit.IsSlice ? new("Wants", "as", new[] { unit.Slice }) : new("Slice", "s", unit.Slice),
            new("DefaultDependencies", "b", false),
            new("MemoryAccounting", "b", true),
            new("CPUAccounting", "b", true),
            new(isUnified ? "IOAccounting" : "BlockIOAccounting", "b", true),
            new("TasksAccounting", "b", true),
        ];
        if (!unit.IsSlice)
        {
            properties.Add(new UnitProperty("Delegate", "b", true));
            properties.Add(new UnitProperty("PIDs", "au", new[] { (uint)pid }));
        }

        AddDevices(properties, DevicePolicy.Compile(resources?.Devices));
        if (resources is not null)
        {
            AddLimits(properties, resources, isUnified);
        }

        return properties;
    }

    /// <summary>The limits alone, for a unit that is there.</summary>
    public static IReadOnlyList<UnitProperty> ForUpdate(LinuxResources resources, bool isUnified)
    {
        List<UnitProperty> properties = [];
        AddLimits(properties, resources, isUnified);
        return properties;
    }

    private static void AddLimits(List<UnitProperty> properties, LinuxResources resources, bool isUnified)
    {
        if (resources.Memory is LinuxMemory memory)
        {
            AddMemory(properties, memory, isUnified);
        }

        if (resources.Cpu is LinuxCpu cpu)
        {
            AddCpu(properties, cpu, isUnified);
        }

        if (resources.Pids?.Limit is long pids)
        {
            properties.Add(new UnitProperty("TasksMax", "t", pids < 0 ? Infinity : (ulong)long.Max(pids, 1)));
        }

        int weight = CheckedWeight(resources.BlockIO?.Weight, "blockIO.weight");
        if (weight != 0)
        {
            properties.Add(isUnified
                ? new UnitProperty("IOWeight", "t", (ulong)UnifiedResources.IOWeightOf(weight))
                : new UnitProperty("BlockIOWeight", "t", (ulong)weight));
        }

        if (isUnified && resources.Unified is not null)
        {
            AddUnified(properties, resources.Unified);
        }
    }

    private static void AddMemory(List<UnitProperty> properties, LinuxMemory memory, bool isUnified)
    {
        if (IsSet(memory.Limit))
        {
            string name = isUnified ? "MemoryMax" : "MemoryLimit";
            properties.Add(new UnitProperty(name, "t", Amount(memory.Limit!.Value)));
        }

        if (!isUnified)
        {
            return;
        }

        if (IsSet(memory.Reservation))
        {
            properties.Add(new UnitProperty("MemoryLow", "t", Amount(memory.Reservation!.Value)));
        }

        if (UnifiedResources.SwapMax(memory) is string swap)
        {
            ulong amount = ulong.TryParse(swap, out ulong bytes) ? bytes : Infinity;
            properties.Add(new UnitProperty("MemorySwapMax", "t", amount));
        }
    }

    private static void AddCpu(List<UnitProperty> properties, LinuxCpu cpu, bool isUnified)
    {
        if (isUnified && cpu.Idle == 1)
        {
            properties.Add(new UnitProperty("CPUWeight", "t", 0UL));
        }
        else if (cpu.Shares is ulong shares and not 0)
        {
            properties.Add(isUnified
                ? new UnitProperty("CPUWeight", "t", UnifiedResources.WeightOfShares(shares))
                : new UnitProperty("CPUShares", "t", shares));
        }

        if (IsSet(cpu.Quota) || IsSet(cpu.Period))
        {
            ulong period = IsSet(cpu.Period) ? cpu.Period!.Value : 100_000;
            properties.Add(new UnitProperty("CPUQuotaPeriodUSec", "t", period));
            properties.Add(new UnitProperty("CPUQuotaPerSecUSec", "t", QuotaPerSecond(cpu.Quota, period)));
        }

        if (isUnified && !string.IsNullOrEmpty(cpu.Cpus))
        {
            properties.Add(new UnitProperty("AllowedCPUs", "ay", Mask(cpu.Cpus, "cpu.cpus")));
        }

        if (isUnified && !string.IsNullOrEmpty(cpu.Mems))
        {
            properties.Add(new UnitProperty("AllowedMemoryNodes", "ay", Mask(cpu.Mems, "cpu.mems")));
        }
    }

    /// <summary>CPU time in a second. systemd counts in hundredths of a CPU; rounded up, so that it does not refuse
    /// less than one.</summary>
    private static ulong QuotaPerSecond(long? quota, ulong period)
    {
        if (quota is not > 0)
        {
            return Infinity;
        }

        ulong perSecond = (ulong)quota.Value * MicrosecondsPerSecond / period;
        return (perSecond + QuotaStep - 1) / QuotaStep * QuotaStep;
    }

    private static ulong Amount(long value)
    {
        return value < 0 ? Infinity : (ulong)value;
    }

    /// <summary>
    /// The device rules again: without them systemd would open all devices of the unit when it writes its cgroup anew.
    /// It knows lists of what is allowed only.
    /// </summary>
    private static void AddDevices(List<UnitProperty> properties, DevicePolicy policy)
    {
        if (policy.AllowsByDefault)
        {
            properties.Add(new UnitProperty("DevicePolicy", "s", "auto"));
            properties.Add(new UnitProperty("DeviceAllow", "a(ss)", Array.Empty<(string, string)>()));
            return;
        }

        List<(string, string)> allowed = [];
        for (int i = 0; i < policy.Count; i++)
        {
            DeviceException device = policy[i];
            if (NameOf(device) is string name)
            {
                allowed.Add((name, Letters(device.Access)));
            }
        }

        properties.Add(new UnitProperty("DevicePolicy", "s", "strict"));
        properties.Add(new UnitProperty("DeviceAllow", "a(ss)", allowed.ToArray()));
    }

    /// <summary>How systemd names a device, or all of a driver by its name in /proc/devices; null where the kernel has
    /// no such driver, so that there is nothing to open.</summary>
    private static string? NameOf(in DeviceException device)
    {
        string type = device.Type == 'b' ? "block" : "char";
        if (device.Major < 0)
        {
            return type + "-*";
        }

        if (device.Minor < 0)
        {
            return DriverName(device.Type == 'b', device.Major) is string driver ? type + "-" + driver : null;
        }

        return "/dev/" + type + "/" + Text(device.Major) + ":" + Text(device.Minor);
    }

    private static string? DriverName(bool isBlock, long major)
    {
        string? text = CgroupFile.ReadText(Kernel.AT_FDCWD, "/proc/devices", out _);
        bool inBlock = false;
        foreach (string line in (text ?? "").Split('\n'))
        {
            inBlock |= line.StartsWith("Block", StringComparison.Ordinal);
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (inBlock == isBlock && fields.Length == 2 && fields[0] == Text(major))
            {
                return fields[1];
            }
        }

        return null;
    }

    private static string Letters(DeviceAccess access)
    {
        return ((access & DeviceAccess.Read) != 0 ? "r" : "") + ((access & DeviceAccess.Write) != 0 ? "w" : "")
            + ((access & DeviceAccess.Mknod) != 0 ? "m" : "");
    }

    /// <summary>A list such as 0-3,7 as bits, the lowest first.</summary>
    private static byte[] Mask(string list, string place)
    {
        const int Most = 8192;
        byte[] mask = new byte[Most / 8];
        int highest = 0;
        foreach (string part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], out int first) || !int.TryParse(ends[^1], out int last)
                || first < 0 || last < first || last >= Most)
            {
                throw Wrong("use", list, place, "lists look like 0-3,7");
            }

            for (int i = first; i <= last; i++)
            {
                mask[i / 8] |= (byte)(1 << (i % 8));
            }

            highest = int.Max(highest, last);
        }

        return mask[..((highest / 8) + 1)];
    }
}
