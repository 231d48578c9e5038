using System;
using System.Collections.Generic;
using Csrun.Spec;
using static Csrun.Cgroups.ResourceValues;

namespace Csrun.Cgroups;

/// <summary>
/// Limits of config.json as writes to the control files of cgroup v1. Pure. 0 means unset where engines write it for
/// that (memory, cpu, block I/O), and is a limit for pids. Sources: config-linux.md, Control groups; the kernel's
/// Documentation/admin-guide/cgroup-v1.
/// </summary>
public static class LegacyResources
{
    /// <summary>What the limits come to, controller by controller.</summary>
    /// <param name="resources">The limits.</param>
    /// <param name="isWanted">Which controllers to convert for, by their v1 names.</param>
    /// <exception cref="Linux.KernelException">A limit is wrong in itself.</exception>
    public static IReadOnlyList<CgroupWrite> Convert(LinuxResources resources, Predicate<string> isWanted)
    {
        List<CgroupWrite> writes = [];
        if (resources.Memory is LinuxMemory memory && isWanted("memory"))
        {
            Memory(memory, writes);
        }

        if (resources.Cpu is LinuxCpu cpu)
        {
            if (isWanted("cpu"))
            {
                Cpu(cpu, writes);
            }

            if (isWanted("cpuset"))
            {
                Placement(cpu, writes);
            }
        }

        if (resources.Pids?.Limit is long limit && isWanted("pids"))
        {
            writes.Add(new CgroupWrite("pids", "pids.max", PidsMax(limit), Resources + "pids.limit"));
        }

        if (resources.BlockIO is LinuxBlockIO blockIO && isWanted("blkio"))
        {
            BlockIO(blockIO, writes);
        }

        if (resources.HugepageLimits is LinuxHugepageLimit[] hugepages && isWanted("hugetlb"))
        {
            HugePages(hugepages, writes);
        }

        if (resources.Network is LinuxNetwork network)
        {
            Network(network, writes, isWanted);
        }

        if (resources.Rdma is Dictionary<string, LinuxRdma> rdma && isWanted("rdma"))
        {
            foreach ((string device, LinuxRdma limits) in rdma)
            {
                string place = $"rdma.{device}";
                writes.Add(new CgroupWrite("rdma", "rdma.max", RdmaLine(device, limits, place), Resources + place));
            }
        }

        return writes;
    }

    /// <summary>pids.max: -1 is no limit. 0 is written as 1, as runc does: under 0 not even an exec could enter with
    /// CLONE_INTO_CGROUP, and a first process is all that either allows.</summary>
    internal static string PidsMax(long limit)
    {
        return limit < 0 ? "max" : Text(long.Max(limit, 1));
    }

    /// <summary>Swap without a word follows an unlimited memory.</summary>
    private static void Memory(LinuxMemory memory, List<CgroupWrite> writes)
    {
        CheckSwap(memory);
        if (IsSet(memory.Limit))
        {
            writes.Add(new CgroupWrite(
                "memory", "memory.limit_in_bytes", Bytes(memory.Limit), Resources + "memory.limit")
            {
                Group = MemoryAndSwap,
            });
        }

        bool swapFollows = memory.Limit < 0 && !IsSet(memory.Swap);
        if (IsSet(memory.Swap) || swapFollows)
        {
            writes.Add(new CgroupWrite(
                "memory", "memory.memsw.limit_in_bytes", swapFollows ? "-1" : Bytes(memory.Swap),
                Resources + "memory.swap")
            {
                Group = MemoryAndSwap,
                MayBeMissing = swapFollows || memory.Swap < 0,
            });
        }

        AddBytes(memory.Reservation, "memory.soft_limit_in_bytes", "memory.reservation", writes);
        AddBytes(memory.Kernel, "memory.kmem.limit_in_bytes", "memory.kernel", writes);
        AddBytes(memory.KernelTcp, "memory.kmem.tcp.limit_in_bytes", "memory.kernelTCP", writes);
        if (memory.UseHierarchy is bool hierarchical)
        {
            writes.Add(new CgroupWrite(
                "memory", "memory.use_hierarchy", hierarchical ? "1" : "0", Resources + "memory.useHierarchy"));
        }

        if (memory.DisableOomKiller == true)
        {
            writes.Add(new CgroupWrite("memory", "memory.oom_control", "1", Resources + "memory.disableOOMKiller"));
        }

        if (memory.Swappiness is ulong swappiness)
        {
            if (swappiness > 100)
            {
                throw Wrong(
                    "set swappiness", Text(swappiness), "memory.swappiness",
                    $"invalid memory swappiness value: {swappiness} (valid range is 0-100)");
            }

            writes.Add(new CgroupWrite(
                "memory", "memory.swappiness", Text(swappiness), Resources + "memory.swappiness"));
        }
    }

    private static void AddBytes(long? value, string file, string place, List<CgroupWrite> writes)
    {
        if (IsSet(value))
        {
            writes.Add(new CgroupWrite("memory", file, Bytes(value), Resources + place));
        }
    }

    private static string Bytes(long? value)
    {
        return value < 0 ? "-1" : Text(value ?? 0);
    }

    private static void Cpu(LinuxCpu cpu, List<CgroupWrite> writes)
    {
        if (cpu.Shares is ulong shares && IsSet(shares))
        {
            if (shares is < 2 or > 262144)
            {
                // The kernel would take the next value within its range without a word.
                throw Wrong(
                    "set cpu shares", Text(shares), "cpu.shares",
                    shares < 2 ? "the minimum allowed cpu-shares is 2" : "the maximum allowed cpu-shares is 262144");
            }

            Add("cpu.shares", Text(shares), "cpu.shares", WeightAndIdle);
        }

        if (cpu.Idle is long idle)
        {
            writes.Add(new CgroupWrite("cpu", "cpu.idle", Text(idle), Resources + "cpu.idle")
            {
                Group = WeightAndIdle,
                MayBeMissing = idle == 0,
            });
        }

        if (IsSet(cpu.Period))
        {
            Add("cpu.cfs_period_us", Text(cpu.Period ?? 0), "cpu.period", Bandwidth);
        }

        if (IsSet(cpu.Quota))
        {
            Add("cpu.cfs_quota_us", cpu.Quota < 0 ? "-1" : Text(cpu.Quota ?? 0), "cpu.quota", Bandwidth);
        }

        if (cpu.Burst is ulong burst)
        {
            writes.Add(new CgroupWrite("cpu", "cpu.cfs_burst_us", Text(burst), Resources + "cpu.burst")
            {
                Group = Bandwidth,
                MayBeMissing = burst == 0,
            });
        }

        if (IsSet(cpu.RealtimePeriod))
        {
            Add("cpu.rt_period_us", Text(cpu.RealtimePeriod ?? 0), "cpu.realtimePeriod", Realtime);
        }

        if (IsSet(cpu.RealtimeRuntime))
        {
            Add("cpu.rt_runtime_us", Text(cpu.RealtimeRuntime ?? 0), "cpu.realtimeRuntime", Realtime);
        }

        void Add(string file, string value, string place, int group)
        {
            writes.Add(new CgroupWrite("cpu", file, value, Resources + place) { Group = group });
        }
    }

    /// <summary>The same files on both layouts.</summary>
    internal static void Placement(LinuxCpu cpu, List<CgroupWrite> writes)
    {
        if (!string.IsNullOrEmpty(cpu.Cpus))
        {
            writes.Add(new CgroupWrite("cpuset", "cpuset.cpus", cpu.Cpus, Resources + "cpu.cpus"));
        }

        if (!string.IsNullOrEmpty(cpu.Mems))
        {
            writes.Add(new CgroupWrite("cpuset", "cpuset.mems", cpu.Mems, Resources + "cpu.mems"));
        }
    }

    private static void BlockIO(LinuxBlockIO blockIO, List<CgroupWrite> writes)
    {
        int weight = CheckedWeight(blockIO.Weight, "blockIO.weight");
        if (weight != 0)
        {
            writes.Add(new CgroupWrite("blkio", "blkio.weight", Text(weight), Resources + "blockIO.weight")
            {
                OtherFile = "blkio.bfq.weight",
                OtherValue = Text(weight),
            });
        }

        int leafWeight = CheckedWeight(blockIO.LeafWeight, "blockIO.leafWeight");
        if (leafWeight != 0)
        {
            writes.Add(
                new CgroupWrite("blkio", "blkio.leaf_weight", Text(leafWeight), Resources + "blockIO.leafWeight"));
        }

        WeightDevices(blockIO.WeightDevice ?? [], writes);
        Throttle(blockIO.ThrottleReadBpsDevice, "blkio.throttle.read_bps_device", "throttleReadBpsDevice", writes);
        Throttle(blockIO.ThrottleWriteBpsDevice, "blkio.throttle.write_bps_device", "throttleWriteBpsDevice", writes);
        Throttle(blockIO.ThrottleReadIopsDevice, "blkio.throttle.read_iops_device", "throttleReadIOPSDevice", writes);
        Throttle(
            blockIO.ThrottleWriteIopsDevice, "blkio.throttle.write_iops_device", "throttleWriteIOPSDevice", writes);
    }

    private static void WeightDevices(LinuxWeightDevice[] devices, List<CgroupWrite> writes)
    {
        for (int i = 0; i < devices.Length; i++)
        {
            string place = $"blockIO.weightDevice[{i}]";
            string device = Device(devices[i].Major, devices[i].Minor, place);
            int weight = CheckedWeight(devices[i].Weight, place + ".weight");
            int leafWeight = CheckedWeight(devices[i].LeafWeight, place + ".leafWeight");
            if (weight != 0)
            {
                string value = device + " " + Text(weight);
                writes.Add(new CgroupWrite("blkio", "blkio.weight_device", value, Resources + place + ".weight")
                {
                    OtherFile = "blkio.bfq.weight_device",
                    OtherValue = value,
                });
            }

            if (leafWeight != 0)
            {
                writes.Add(new CgroupWrite(
                    "blkio", "blkio.leaf_weight_device", device + " " + Text(leafWeight),
                    Resources + place + ".leafWeight"));
            }
        }
    }

    private static void Throttle(
        LinuxThrottleDevice[]? devices, string file, string property, List<CgroupWrite> writes)
    {
        for (int i = 0; i < (devices?.Length ?? 0); i++)
        {
            string place = $"blockIO.{property}[{i}]";
            string device = Device(devices![i].Major, devices[i].Minor, place);
            writes.Add(new CgroupWrite("blkio", file, device + " " + Text(devices[i].Rate ?? 0), Resources + place));
        }
    }

    private static void HugePages(LinuxHugepageLimit[] limits, List<CgroupWrite> writes)
    {
        for (int i = 0; i < limits.Length; i++)
        {
            string place = $"hugepageLimits[{i}]";
            string size = PageSize(limits[i], place);
            string limit = Text(limits[i].Limit ?? 0);
            writes.Add(new CgroupWrite("hugetlb", $"hugetlb.{size}.limit_in_bytes", limit, Resources + place));
            writes.Add(new CgroupWrite("hugetlb", $"hugetlb.{size}.rsvd.limit_in_bytes", limit, Resources + place)
            {
                MayBeMissing = true,
            });
        }
    }

    private static void Network(LinuxNetwork network, List<CgroupWrite> writes, Predicate<string> isWanted)
    {
        if (network.ClassId is uint classId and not 0 && isWanted("net_cls"))
        {
            writes.Add(new CgroupWrite("net_cls", "net_cls.classid", Text(classId), Resources + "network.classID"));
        }

        if (!isWanted("net_prio"))
        {
            return;
        }

        for (int i = 0; i < (network.Priorities?.Length ?? 0); i++)
        {
            LinuxInterfacePriority priority = network.Priorities![i];
            string place = $"network.priorities[{i}]";
            if (string.IsNullOrEmpty(priority.Name) || priority.Name.AsSpan().ContainsAny(" \t\n"))
            {
                throw Wrong("set priority of", priority.Name ?? "", place + ".name", "name an interface");
            }

            writes.Add(new CgroupWrite(
                "net_prio", "net_prio.ifpriomap", priority.Name + " " + Text(priority.Priority ?? 0),
                Resources + place));
        }
    }
}
