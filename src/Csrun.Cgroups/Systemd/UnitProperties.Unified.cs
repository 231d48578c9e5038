using System;
using System.Collections.Generic;

namespace Csrun.Cgroups.Systemd;

/// <summary>
/// Control files of linux.resources.unified that systemd has a property for. The last of two properties of one name
/// counts, as the last write to a file does.
/// </summary>
public static partial class UnitProperties
{
    private static void AddUnified(List<UnitProperty> properties, Dictionary<string, string> unified)
    {
        foreach ((string file, string text) in unified)
        {
            string value = text.Trim();
            switch (file)
            {
                case "memory.max":
                    Add(properties, "MemoryMax", value);
                    break;
                case "memory.high":
                    Add(properties, "MemoryHigh", value);
                    break;
                case "memory.low":
                    Add(properties, "MemoryLow", value);
                    break;
                case "memory.min":
                    Add(properties, "MemoryMin", value);
                    break;
                case "memory.swap.max":
                    Add(properties, "MemorySwapMax", value);
                    break;
                case "pids.max":
                    Add(properties, "TasksMax", value);
                    break;
                case "cpu.weight":
                    Add(properties, "CPUWeight", value);
                    break;
                case "cpu.idle" when value == "1":
                    properties.Add(new UnitProperty("CPUWeight", "t", 0UL));
                    break;
                case "cpu.max":
                    AddQuota(properties, value);
                    break;
                case "cpuset.cpus":
                    properties.Add(new UnitProperty("AllowedCPUs", "ay", Mask(value, "unified.cpuset.cpus")));
                    break;
                case "cpuset.mems":
                    properties.Add(new UnitProperty("AllowedMemoryNodes", "ay", Mask(value, "unified.cpuset.mems")));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>What is no number is left to the kernel, which says what it thinks of it.</summary>
    private static void Add(List<UnitProperty> properties, string name, string value)
    {
        if (Quantity(value) is ulong quantity)
        {
            properties.Add(new UnitProperty(name, "t", quantity));
        }
    }

    private static void AddQuota(List<UnitProperty> properties, string value)
    {
        string[] fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is 0 or > 2 || Quantity(fields[0]) is not ulong quota
            || Quantity(fields.Length == 2 ? fields[1] : "100000") is not (ulong period and not (0 or Infinity)))
        {
            return;
        }

        properties.Add(new UnitProperty("CPUQuotaPeriodUSec", "t", period));
        properties.Add(new UnitProperty(
            "CPUQuotaPerSecUSec", "t", QuotaPerSecond(quota == Infinity ? null : (long)quota, period)));
    }

    /// <summary>A number with the kernel's suffixes (memparse), or max.</summary>
    private static ulong? Quantity(string value)
    {
        if (value == "max")
        {
            return Infinity;
        }

        int shift = value.Length == 0 ? 0 : value[^1] switch
        {
            'K' or 'k' => 10,
            'M' or 'm' => 20,
            'G' or 'g' => 30,
            'T' or 't' => 40,
            _ => 0,
        };
        return long.TryParse(shift == 0 ? value : value[..^1], out long number)
            && number >= 0 && number <= long.MaxValue >> shift
            ? (ulong)number << shift
            : null;
    }
}
