using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;
using static Csrun.Cgroups.ResourceValues;

namespace Csrun.Cgroups;

/// <summary>
/// Limits of config.json, which speaks cgroup v1, as writes to the control files of cgroup v2. Pure. A limit that v2
/// cannot express is an error, unless its value asks for nothing. Sources: config-linux.md, Control groups and Unified;
/// the kernel's Documentation/admin-guide/cgroup-v2.rst; runc's conversions, with which the numbers agree.
/// </summary>
public static class UnifiedResources
{
    /// <summary>What the limits come to; those of <c>unified</c> are last and so win.</summary>
    /// <param name="resources">The limits.</param>
    /// <param name="isWanted">Which controllers to convert for, by their v1 names.</param>
    /// <exception cref="KernelException">A limit is wrong in itself, or v2 has nothing like it.</exception>
    public static IReadOnlyList<CgroupWrite> Convert(LinuxResources resources, Predicate<string> isWanted)
    {
        List<CgroupWrite> writes = [];
        if (resources.Pids?.Limit is long limit && isWanted("pids"))
        {
            writes.Add(new CgroupWrite("pids", "pids.max", LegacyResources.PidsMax(limit), Resources + "pids.limit"));
        }

        if (resources.Memory is LinuxMemory memory && isWanted("memory"))
        {
            Memory(memory, writes);
        }

        if (resources.BlockIO is LinuxBlockIO blockIO && isWanted("blkio"))
        {
            BlockIO(blockIO, writes);
        }

        if (resources.Cpu is LinuxCpu cpu)
        {
            if (isWanted("cpu"))
            {
                Cpu(cpu, writes);
            }

            if (isWanted("cpuset"))
            {
                LegacyResources.Placement(cpu, writes);
            }
        }

        if (resources.HugepageLimits is LinuxHugepageLimit[] hugepages && isWanted("hugetlb"))
        {
            HugePages(hugepages, writes);
        }

        if (resources.Rdma is Dictionary<string, LinuxRdma> rdma && isWanted("rdma"))
        {
            foreach ((string device, LinuxRdma limits) in rdma)
            {
                string place = $"rdma.{device}";
                writes.Add(new CgroupWrite("rdma", "rdma.max", RdmaLine(device, limits, place), Resources + place));
            }
        }

        if (resources.Network is LinuxNetwork network)
        {
            const string Missing = "is not available on this host, and cgroup v2 has nothing like it";
            Refuse(
                network.ClassId is not (null or 0) && isWanted("net_cls"), "network.classID",
                "controller \"net_cls\" " + Missing);
            Refuse(
                network.Priorities is { Length: > 0 } && isWanted("net_prio"), "network.priorities",
                "controller \"net_prio\" " + Missing);
        }

        Unified(resources.Unified, writes);
        return writes;
    }

    /// <summary>
    /// cpu.weight for cpu.shares: a curve through the least, the default and the greatest of both (2 to 1, 1024 to 100,
    /// 262144 to 10000).
    /// </summary>
    public static ulong WeightOfShares(ulong shares)
    {
        if (shares <= 2)
        {
            return 1;
        }

        if (shares >= 262144)
        {
            return 10000;
        }

        double l = Math.Log2(shares);
        double exponent = (((l * l) + (125 * l)) / 612.0) - (7.0 / 34.0);
        return (ulong)Math.Ceiling(Math.Pow(10, exponent));
    }

    /// <summary>io.weight (1 to 10000) for the weight of block I/O (10 to 1000).</summary>
    public static int IOWeightOf(int weight)
    {
        return 1 + ((weight - 10) * 9999 / 990);
    }

    /// <summary>memory.swap.max, which leaves memory out; null where there is nothing to write.</summary>
    public static string? SwapMax(LinuxMemory memory)
    {
        CheckSwap(memory);
        return memory.Swap switch
        {
            null or 0 => memory.Limit < 0 ? "max" : null,
            < 0 => "max",
            long both => Text(both - memory.Limit!.Value),
        };
    }

    /// <summary>cpu.max: <c>QUOTA PERIOD</c>; null where neither is set.</summary>
    public static string? CpuMax(LinuxCpu cpu)
    {
        if (!IsSet(cpu.Quota) && !IsSet(cpu.Period))
        {
            return null;
        }

        string quota = cpu.Quota > 0 ? Text(cpu.Quota.Value) : "max";
        return quota + " " + Text(IsSet(cpu.Period) ? cpu.Period!.Value : 100000);
    }

    private static void Memory(LinuxMemory memory, List<CgroupWrite> writes)
    {
        if (SwapMax(memory) is string swapMax)
        {
            // A kernel without swap accounting has nothing to limit: no limit and no swap are both true there.
            writes.Add(new CgroupWrite("memory", "memory.swap.max", swapMax, Resources + "memory.swap")
            {
                MayBeMissing = swapMax is "max" or "0",
            });
        }

        if (IsSet(memory.Limit))
        {
            writes.Add(new CgroupWrite("memory", "memory.max", Bytes(memory.Limit), Resources + "memory.limit"));
        }

        if (IsSet(memory.Reservation))
        {
            writes.Add(
                new CgroupWrite("memory", "memory.low", Bytes(memory.Reservation), Resources + "memory.reservation"));
        }

        Refuse(memory.Kernel > 0, "memory.kernel");
        Refuse(memory.KernelTcp > 0, "memory.kernelTCP");
        Refuse(memory.Swappiness is not null, "memory.swappiness");
        Refuse(memory.DisableOomKiller == true, "memory.disableOOMKiller");
    }

    private static string Bytes(long? value)
    {
        return value < 0 ? "max" : Text(value ?? 0);
    }

    private static void Cpu(LinuxCpu cpu, List<CgroupWrite> writes)
    {
        if (IsSet(cpu.Shares))
        {
            writes.Add(new CgroupWrite(
                "cpu", "cpu.weight", Text(WeightOfShares(cpu.Shares ?? 0)), Resources + "cpu.shares")
            {
                Group = WeightAndIdle,
            });
        }

        if (cpu.Idle is long idle)
        {
            writes.Add(new CgroupWrite("cpu", "cpu.idle", Text(idle), Resources + "cpu.idle")
            {
                Group = WeightAndIdle,
                MayBeMissing = idle == 0,
            });
        }

        if (CpuMax(cpu) is string max)
        {
            string place = Resources + (IsSet(cpu.Quota) ? "cpu.quota" : "cpu.period");
            writes.Add(new CgroupWrite("cpu", "cpu.max", max, place) { Group = Bandwidth });
        }

        if (cpu.Burst is ulong burst)
        {
            writes.Add(new CgroupWrite("cpu", "cpu.max.burst", Text(burst), Resources + "cpu.burst")
            {
                Group = Bandwidth,
                MayBeMissing = burst == 0,
            });
        }

        Refuse(IsSet(cpu.RealtimePeriod), "cpu.realtimePeriod");
        Refuse(IsSet(cpu.RealtimeRuntime), "cpu.realtimeRuntime");
    }

    private static void BlockIO(LinuxBlockIO blockIO, List<CgroupWrite> writes)
    {
        int weight = CheckedWeight(blockIO.Weight, "blockIO.weight");
        if (weight != 0)
        {
            writes.Add(new CgroupWrite("io", "io.bfq.weight", Text(weight), Resources + "blockIO.weight")
            {
                OtherFile = "io.weight",
                OtherValue = Text(IOWeightOf(weight)),
            });
        }

        Refuse(blockIO.LeafWeight is not (null or 0), "blockIO.leafWeight");
        LinuxWeightDevice[] devices = blockIO.WeightDevice ?? [];
        for (int i = 0; i < devices.Length; i++)
        {
            string place = $"blockIO.weightDevice[{i}]";
            string device = Device(devices[i].Major, devices[i].Minor, place);
            Refuse(devices[i].LeafWeight is not (null or 0), place + ".leafWeight");
            int deviceWeight = CheckedWeight(devices[i].Weight, place + ".weight");
            if (deviceWeight != 0)
            {
                writes.Add(new CgroupWrite(
                    "io", "io.bfq.weight", device + " " + Text(deviceWeight), Resources + place + ".weight")
                {
                    OtherFile = "io.weight",
                    OtherValue = device + " " + Text(IOWeightOf(deviceWeight)),
                });
            }
        }

        Throttle(blockIO.ThrottleReadBpsDevice, "rbps", "throttleReadBpsDevice", writes);
        Throttle(blockIO.ThrottleWriteBpsDevice, "wbps", "throttleWriteBpsDevice", writes);
        Throttle(blockIO.ThrottleReadIopsDevice, "riops", "throttleReadIOPSDevice", writes);
        Throttle(blockIO.ThrottleWriteIopsDevice, "wiops", "throttleWriteIOPSDevice", writes);
    }

    /// <summary>A rate of 0 takes a limit away on v1, which v2 calls max.</summary>
    private static void Throttle(
        LinuxThrottleDevice[]? devices, string key, string property, List<CgroupWrite> writes)
    {
        for (int i = 0; i < (devices?.Length ?? 0); i++)
        {
            string place = $"blockIO.{property}[{i}]";
            string device = Device(devices![i].Major, devices[i].Minor, place);
            string rate = IsSet(devices[i].Rate) ? Text(devices[i].Rate!.Value) : "max";
            writes.Add(new CgroupWrite("io", "io.max", $"{device} {key}={rate}", Resources + place));
        }
    }

    private static void HugePages(LinuxHugepageLimit[] limits, List<CgroupWrite> writes)
    {
        for (int i = 0; i < limits.Length; i++)
        {
            string place = $"hugepageLimits[{i}]";
            string size = PageSize(limits[i], place);
            string limit = Text(limits[i].Limit ?? 0);
            writes.Add(new CgroupWrite("hugetlb", $"hugetlb.{size}.max", limit, Resources + place));
            writes.Add(new CgroupWrite("hugetlb", $"hugetlb.{size}.rsvd.max", limit, Resources + place)
            {
                MayBeMissing = true,
            });
        }
    }

    /// <summary>
    /// Raw files: any name that stays in the directory, known or not, one write a line. The files that move processes
    /// are no resources: with them a config could take any process of the host into the container's cgroup.
    /// </summary>
    private static void Unified(Dictionary<string, string>? unified, List<CgroupWrite> writes)
    {
        if (unified is null)
        {
            return;
        }

        foreach ((string file, string value) in unified)
        {
            string place = $"unified.{file}";
            if (file.Contains('/', StringComparison.Ordinal) || file.Contains('\0', StringComparison.Ordinal))
            {
                throw Wrong("write", file, place, $"unified resource \"{file}\" must be a file name (no slashes)");
            }

            int dot = file.IndexOf('.', StringComparison.Ordinal);
            if (dot <= 0 || dot == file.Length - 1)
            {
                throw Wrong(
                    "write", file, place, $"unified resource \"{file}\" must be in the form CONTROLLER.PARAMETER");
            }

            if (file is "cgroup.procs" or "cgroup.threads")
            {
                throw Wrong("write", file, place, $"unified resource \"{file}\" would move processes");
            }

            foreach (string line in value.TrimEnd('\n').Split('\n'))
            {
                writes.Add(new CgroupWrite(file[..dot], file, line, Resources + place));
            }
        }
    }

    private static void Refuse(bool isAsked, string place, string hint = "cgroup v2 has nothing like it")
    {
        if (isAsked)
        {
            throw new KernelException(
                "convert to cgroup v2", "", Errno.EOPNOTSUPP, Resources + place, hint);
        }
    }
}
