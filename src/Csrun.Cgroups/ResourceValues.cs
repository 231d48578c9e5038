using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups;

/// <summary>Checks and texts that both layouts share.</summary>
internal static class ResourceValues
{
    public const string Resources = "linux.resources.";

    /// <summary>Groups of writes that the kernel checks against each other.</summary>
    public const int MemoryAndSwap = 1;

    /// <summary>Quota, period and burst.</summary>
    public const int Bandwidth = 2;

    /// <summary>Shares (weight) and idle.</summary>
    public const int WeightAndIdle = 3;

    /// <summary>Realtime period and runtime.</summary>
    public const int Realtime = 4;

    /// <summary>Digits. No culture is asked for: the first would cost a start some 100 microseconds.</summary>
    public static string Text(long value)
    {
        return value < 0 ? "-" + Text((ulong)-value) : Text((ulong)value);
    }

    /// <summary>Digits.</summary>
    public static string Text(ulong value)
    {
        return value.ToString(provider: null);
    }

    /// <summary>Whether engines mean that anything is asked for: 0 is unset.</summary>
    public static bool IsSet(long? value)
    {
        return value is not (null or 0);
    }

    /// <summary>Whether engines mean that anything is asked for: 0 is unset.</summary>
    public static bool IsSet(ulong? value)
    {
        return value is not (null or 0);
    }

    public static KernelException Wrong(string what, string value, string place, string hint)
    {
        return new KernelException(what, value, Errno.EINVAL, Resources + place, hint);
    }

    /// <summary>Refuses swap without memory, or less of both together than of memory alone.</summary>
    public static void CheckSwap(LinuxMemory memory)
    {
        if (memory.Swap is not > 0)
        {
            return;
        }

        if (memory.Limit is null or <= 0)
        {
            throw Wrong(
                "limit swap to", Text(memory.Swap.Value), "memory.swap",
                "unable to set swap limit without memory limit: set memory.limit too");
        }

        if (memory.Swap < memory.Limit)
        {
            throw Wrong(
                "limit swap to", Text(memory.Swap.Value), "memory.swap",
                "memory+swap limit should be >= memory limit: memory.swap counts memory and swap together");
        }
    }

    /// <summary>The weight of block I/O, 0 where it is unset.</summary>
    public static int CheckedWeight(ushort? weight, string place)
    {
        int value = weight ?? 0;
        if (value is not 0 and (< 10 or > 1000))
        {
            throw Wrong("set I/O weight", Text(value), place, "weights go from 10 to 1000");
        }

        return value;
    }

    /// <summary>A device as control files name it.</summary>
    public static string Device(long? major, long? minor, string place)
    {
        if (major is null or < 0 || minor is null or < 0)
        {
            throw Wrong("limit device", $"{major}:{minor}", place, "a device has a major and a minor number");
        }

        return Text(major.Value) + ":" + Text(minor.Value);
    }

    /// <summary>The page size as file names carry it, which also keeps everything else out of the name.</summary>
    public static string PageSize(LinuxHugepageLimit limit, string place)
    {
        string size = limit.PageSize ?? "";
        int digits = 0;
        while (digits < size.Length && char.IsAsciiDigit(size[digits]))
        {
            digits++;
        }

        bool wellFormed = digits > 0 && size[0] != '0' && size.Length == digits + 2
            && size[digits] is 'K' or 'M' or 'G' && size[digits + 1] == 'B';
        return wellFormed
            ? size
            : throw Wrong("limit huge pages of size", size, place + ".pageSize", "page sizes look like 2MB");
    }

    /// <summary>A line of rdma.max.</summary>
    public static string RdmaLine(string device, LinuxRdma limits, string place)
    {
        if ((limits.HcaHandles is null && limits.HcaObjects is null) || device.AsSpan().ContainsAny(" \t\n"))
        {
            throw Wrong(
                "limit RDMA device", device, place, "a device has a name without blanks, and hcaHandles or hcaObjects");
        }

        string handles = limits.HcaHandles is uint h ? " hca_handle=" + Text(h) : "";
        string objects = limits.HcaObjects is uint o ? " hca_object=" + Text(o) : "";
        return device + handles + objects;
    }
}
