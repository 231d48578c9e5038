using System.Globalization;
using Csrun.CommandLine;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Commands;

/// <summary>The flags of update as limits. 0 and an empty value are "not given", as in runc.</summary>
internal static class ResourceFlags
{
    public static LinuxResources Read(Invocation invocation)
    {
        LinuxResources resources = new()
        {
            Memory = new LinuxMemory
            {
                Limit = Bytes(invocation, Flag.Memory, "memory"),
                Swap = Bytes(invocation, Flag.MemorySwap, "memory-swap"),
                Reservation = Bytes(invocation, Flag.MemoryReservation, "memory-reservation"),
            },
            Cpu = new LinuxCpu
            {
                Shares = Unsigned(invocation, Flag.CpuShare, "cpu-share"),
                Quota = Signed(invocation, Flag.CpuQuota, "cpu-quota"),
                Period = Unsigned(invocation, Flag.CpuPeriod, "cpu-period"),
                Burst = Unsigned(invocation, Flag.CpuBurst, "cpu-burst"),
                RealtimeRuntime = Signed(invocation, Flag.CpuRtRuntime, "cpu-rt-runtime"),
                RealtimePeriod = Unsigned(invocation, Flag.CpuRtPeriod, "cpu-rt-period"),
                Cpus = invocation.GetString(Flag.CpusetCpus),
                Mems = invocation.GetString(Flag.CpusetMems),
                Idle = Signed(invocation, Flag.CpuIdle, "cpu-idle"),
            },
            Pids =
                invocation.GetNumber(Flag.PidsLimit, 0) is long pids and not 0 ? new LinuxPids { Limit = pids } : null,
            BlockIO = new LinuxBlockIO { Weight = Weight(invocation) },
        };
        FaultList faults = default;
        ConfigValidator.ValidateUpdate(resources, ref faults);
        return faults.Count == 0 ? resources : throw new RuntimeException(faults.Faults.ToArray());
    }

    private static ushort? Weight(Invocation invocation)
    {
        long weight = invocation.GetNumber(Flag.BlkioWeight, 0);
        return weight switch
        {
            0 => null,
            >= 10 and <= 1000 => (ushort)weight,
            _ => throw Invalid("blkio-weight", invocation.GetString(Flag.BlkioWeight)!, "a number from 10 to 1000"),
        };
    }

    private static ulong? Unsigned(Invocation invocation, Flag flag, string name)
    {
        string? text = invocation.GetString(flag);
        return string.IsNullOrEmpty(text) ? null
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value
            : throw Invalid(name, text, "a number that is not negative");
    }

    private static long? Signed(Invocation invocation, Flag flag, string name)
    {
        string? text = invocation.GetString(flag);
        return string.IsNullOrEmpty(text) ? null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value
            : throw Invalid(name, text, "a number");
    }

    private static long? Bytes(Invocation invocation, Flag flag, string name)
    {
        string? text = invocation.GetString(flag);
        return string.IsNullOrEmpty(text) ? null
            : text == "-1" ? -1
            : MemorySize.TryParse(text, out long bytes) ? bytes
            : throw Invalid(name, text, "an amount such as 512m, or -1 for no limit");
    }

    private static RuntimeException Invalid(string name, string value, string expected)
    {
        return new RuntimeException($"invalid value for {name}: {value}: expected {expected}");
    }
}
