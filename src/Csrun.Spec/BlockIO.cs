using System.Text.Json.Serialization;

namespace Csrun.Spec;

/// <summary>Limits on block device I/O. Source: config-linux.md, Block IO.</summary>
[JsonRecord]
public sealed record LinuxBlockIO
{
    /// <summary>Relative weight, 10 to 1000; engines write 0 for unset.</summary>
    public ushort? Weight { get; init; }

    /// <summary>Weight of the cgroup's own tasks against its children (cgroup v1, CFQ).</summary>
    public ushort? LeafWeight { get; init; }

    /// <summary>Weights by device.</summary>
    public LinuxWeightDevice[]? WeightDevice { get; init; }

    /// <summary>Bytes per second read, by device.</summary>
    public LinuxThrottleDevice[]? ThrottleReadBpsDevice { get; init; }

    /// <summary>Bytes per second written, by device.</summary>
    public LinuxThrottleDevice[]? ThrottleWriteBpsDevice { get; init; }

    /// <summary>Reads per second, by device.</summary>
    [JsonPropertyName("throttleReadIOPSDevice")]
    public LinuxThrottleDevice[]? ThrottleReadIopsDevice { get; init; }

    /// <summary>Writes per second, by device.</summary>
    [JsonPropertyName("throttleWriteIOPSDevice")]
    public LinuxThrottleDevice[]? ThrottleWriteIopsDevice { get; init; }
}

/// <summary>Weight for one device; one of the two weights is there. Source: config-linux.md, Block IO.</summary>
[JsonRecord]
public sealed record LinuxWeightDevice
{
    /// <summary>Major number. REQUIRED.</summary>
    public long? Major { get; init; }

    /// <summary>Minor number. REQUIRED.</summary>
    public long? Minor { get; init; }

    /// <summary>Relative weight, 10 to 1000.</summary>
    public ushort? Weight { get; init; }

    /// <summary>Weight of the cgroup's own tasks (cgroup v1, CFQ).</summary>
    public ushort? LeafWeight { get; init; }
}

/// <summary>Rate for one device. Source: config-linux.md, Block IO.</summary>
[JsonRecord]
public sealed record LinuxThrottleDevice
{
    /// <summary>Major number. REQUIRED.</summary>
    public long? Major { get; init; }

    /// <summary>Minor number. REQUIRED.</summary>
    public long? Minor { get; init; }

    /// <summary>Bytes or operations per second. REQUIRED.</summary>
    public ulong? Rate { get; init; }
}
