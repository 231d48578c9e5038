using System;

namespace Csrun.Spec;

/// <content>
/// Limits on resources; 0 is "not set" where engines write it. Source: config-linux.md, Control groups.
/// </content>
public static partial class ConfigValidator
{
    /// <summary>Checks the limits that <c>update -r</c> is given; places begin at the limits.</summary>
    public static void ValidateUpdate(LinuxResources resources, ref FaultList faults) =>
        ValidateResources(resources, "", ref faults);

    private static void ValidateResources(LinuxResources resources, string at, ref FaultList faults)
    {
        for (int i = 0; i < resources.Devices?.Length; i++)
        {
            ValidateDeviceRule(resources.Devices[i], i, at, ref faults);
        }

        ValidateMemory(resources.Memory, at, ref faults);
        ValidateCpu(resources.Cpu, at, ref faults);
        ValidateBlockIO(resources.BlockIO, at, ref faults);
        ValidateHugepageLimits(resources.HugepageLimits, at, ref faults);
        ValidatePriorities(resources.Network?.Priorities, at, ref faults);
        ValidateRdma(resources, at, ref faults);
        ValidateUnified(resources, at, ref faults);
    }

    private static void ValidateDeviceRule(LinuxDeviceCgroup rule, int index, string at, ref FaultList faults)
    {
        if (rule.Allow is null)
        {
            faults.Add($"{at}devices[{index}].allow", Missing);
        }

        if (rule.Type is not (null or "" or "a" or "c" or "b"))
        {
            faults.Add($"{at}devices[{index}].type", UnknownWord(rule.Type, ["a", "c", "b"]));
        }

        if (rule.Access.AsSpan().ContainsAnyExcept('r', 'w', 'm'))
        {
            faults.Add($"{at}devices[{index}].access", Message.Expected("letters of rwm", rule.Access!));
        }
    }

    private static void ValidateMemory(LinuxMemory? memory, string at, ref FaultList faults)
    {
        if (memory is null)
        {
            return;
        }

        LimitFault(memory.Limit, "limit", at, ref faults);
        LimitFault(memory.Reservation, "reservation", at, ref faults);
        LimitFault(memory.Swap, "swap", at, ref faults);
        LimitFault(memory.Kernel, "kernel", at, ref faults);
        LimitFault(memory.KernelTcp, "kernelTCP", at, ref faults);
        if (memory.Swap is long swap and > 0 && memory.Limit is long limit && limit > swap)
        {
            string expected = Message.Expected($"at least {limit} (limit)", swap);
            faults.Add(at + "memory.swap", "memory+swap limit should be >= memory limit: " + expected);
        }

        if (memory.Swappiness > 100)
        {
            faults.Add(at + "memory.swappiness", $"expected 0 to 100, found {memory.Swappiness}");
        }
    }

    private static void LimitFault(long? limit, string member, string at, ref FaultList faults)
    {
        if (limit < -1)
        {
            faults.Add($"{at}memory.{member}", Message.Expected("at least -1", limit.Value));
        }
    }

    private static void ValidateCpu(LinuxCpu? cpu, string at, ref FaultList faults)
    {
        if (cpu is null)
        {
            return;
        }

        if (cpu.Quota is long quota and > 0 && cpu.Burst > (ulong)quota)
        {
            faults.Add(at + "cpu.burst", $"expected at most {quota} (quota), found {cpu.Burst}");
        }

        if (cpu.Period is not (null or 0 or (>= 1000 and <= 1_000_000)))
        {
            faults.Add(at + "cpu.period", $"expected 1000 to 1000000, found {cpu.Period}");
        }

        if (cpu.Idle is long idle and not (0 or 1))
        {
            faults.Add(at + "cpu.idle", Message.Expected("0 or 1", idle));
        }
    }

    private static void ValidateBlockIO(LinuxBlockIO? blockIO, string at, ref FaultList faults)
    {
        if (blockIO is null)
        {
            return;
        }

        WeightFault(blockIO.Weight, "weight", at, ref faults);
        WeightFault(blockIO.LeafWeight, "leafWeight", at, ref faults);
        for (int i = 0; i < blockIO.WeightDevice?.Length; i++)
        {
            LinuxWeightDevice device = blockIO.WeightDevice[i];
            DeviceFault(device.Major, device.Minor, "weightDevice", i, at, ref faults);
            if (device.Weight is null && device.LeafWeight is null)
            {
                faults.Add($"{at}blockIO.weightDevice[{i}]", "expected weight or leafWeight");
            }

            if (device.Weight is not (null or 0 or (>= 10 and <= 1000)))
            {
                faults.Add(
                    $"{at}blockIO.weightDevice[{i}].weight", Message.Expected("10 to 1000", (long)device.Weight));
            }

            if (device.LeafWeight is not (null or 0 or (>= 10 and <= 1000)))
            {
                faults.Add(
                    $"{at}blockIO.weightDevice[{i}].leafWeight",
                    Message.Expected("10 to 1000", (long)device.LeafWeight));
            }
        }

        ValidateThrottle(blockIO.ThrottleReadBpsDevice, "throttleReadBpsDevice", at, ref faults);
        ValidateThrottle(blockIO.ThrottleWriteBpsDevice, "throttleWriteBpsDevice", at, ref faults);
        ValidateThrottle(blockIO.ThrottleReadIopsDevice, "throttleReadIOPSDevice", at, ref faults);
        ValidateThrottle(blockIO.ThrottleWriteIopsDevice, "throttleWriteIOPSDevice", at, ref faults);
    }

    private static void WeightFault(ushort? weight, string member, string at, ref FaultList faults)
    {
        if (weight is not (null or 0 or (>= 10 and <= 1000)))
        {
            faults.Add($"{at}blockIO.{member}", Message.Expected("10 to 1000", (long)weight));
        }
    }

    private static void ValidateThrottle(LinuxThrottleDevice[]? devices, string member, string at, ref FaultList faults)
    {
        for (int i = 0; i < devices?.Length; i++)
        {
            DeviceFault(devices[i].Major, devices[i].Minor, member, i, at, ref faults);
            if (devices[i].Rate is null)
            {
                faults.Add($"{at}blockIO.{member}[{i}].rate", Missing);
            }
        }
    }

    private static void DeviceFault(
        long? major, long? minor, string member, int index, string at, ref FaultList faults)
    {
        if (NumberFault(major, HighestMajor) is string majorFault)
        {
            faults.Add($"{at}blockIO.{member}[{index}].major", majorFault);
        }

        if (NumberFault(minor, HighestMinor) is string minorFault)
        {
            faults.Add($"{at}blockIO.{member}[{index}].minor", minorFault);
        }
    }

    private static void ValidateHugepageLimits(LinuxHugepageLimit[]? limits, string at, ref FaultList faults)
    {
        for (int i = 0; i < limits?.Length; i++)
        {
            if (!IsPageSize(limits[i].PageSize))
            {
                faults.Add($"{at}hugepageLimits[{i}].pageSize", UnknownWord(limits[i].PageSize, "a size like 2MB"));
            }

            if (limits[i].Limit is null)
            {
                faults.Add($"{at}hugepageLimits[{i}].limit", Missing);
            }
        }
    }

    /// <summary>The size as it stands in the names of the control files: ^[1-9][0-9]*[KMG]B$.</summary>
    private static bool IsPageSize(string? size) =>
        size is [>= '1' and <= '9', .., 'K' or 'M' or 'G', 'B']
        && !size.AsSpan(0, size.Length - 2).ContainsAnyExceptInRange('0', '9');

    private static void ValidatePriorities(LinuxInterfacePriority[]? priorities, string at, ref FaultList faults)
    {
        for (int i = 0; i < priorities?.Length; i++)
        {
            if (priorities[i].Name is not string name)
            {
                faults.Add($"{at}network.priorities[{i}].name", Missing);
            }
            else if (InterfaceNameFault(name) is string fault)
            {
                faults.Add($"{at}network.priorities[{i}].name", fault);
            }

            if (priorities[i].Priority is null)
            {
                faults.Add($"{at}network.priorities[{i}].priority", Missing);
            }
        }
    }

    private static void ValidateRdma(LinuxResources resources, string at, ref FaultList faults)
    {
        if (resources.Rdma is null)
        {
            return;
        }

        foreach ((string device, LinuxRdma limits) in resources.Rdma)
        {
            // The name becomes the first word of a line in rdma.max.
            if (device.Length == 0 || device.AsSpan().ContainsAny(' ', '\t', '\n'))
            {
                faults.Add($"{at}rdma[{Message.Quote(device)}]", "expected the name of a device");
            }

            if (limits.HcaHandles is null && limits.HcaObjects is null)
            {
                faults.Add($"{at}rdma[{Message.Quote(device)}]", "expected hcaHandles or hcaObjects");
            }
        }
    }

    private static void ValidateUnified(LinuxResources resources, string at, ref FaultList faults)
    {
        if (resources.Unified is null)
        {
            return;
        }

        foreach (string file in resources.Unified.Keys)
        {
            if (file is "" or "." or ".." || file.Contains('/'))
            {
                faults.Add($"{at}unified[{Message.Quote(file)}]", "expected the name of a file, without a slash");
            }
        }
    }
}
