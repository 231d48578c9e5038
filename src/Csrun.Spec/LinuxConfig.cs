using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace Csrun.Spec;

/// <summary>What only Linux has (the specification's type <c>Linux</c>). Source: config-linux.md.</summary>
[JsonRecord]
public sealed record LinuxConfig
{
    /// <summary>User ids of the container's user namespace. Section User namespace mappings.</summary>
    public LinuxIdMapping[]? UidMappings { get; init; }

    /// <summary>Group ids of the container's user namespace. Section User namespace mappings.</summary>
    public LinuxIdMapping[]? GidMappings { get; init; }

    /// <summary>Kernel parameters of the container's namespaces. Section Sysctl.</summary>
    public Dictionary<string, string>? Sysctl { get; init; }

    /// <summary>Limits on resources. Section Control groups.</summary>
    public LinuxResources? Resources { get; init; }

    /// <summary>The cgroup: absolute, relative, or slice:prefix:name with systemd. Section Cgroups Path.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>Namespaces made or joined; those not named are the runtime's. Section Namespaces.</summary>
    public LinuxNamespace[]? Namespaces { get; init; }

    /// <summary>Devices made besides the default ones. Section Devices.</summary>
    public LinuxDevice[]? Devices { get; init; }

    /// <summary>Host network interfaces moved inside, by host name. Section Network Devices. Since 1.3.</summary>
    public Dictionary<string, LinuxNetDevice>? NetDevices { get; init; }

    /// <summary>System call filter. Section Seccomp.</summary>
    public LinuxSeccomp? Seccomp { get; init; }

    /// <summary>Propagation of the root mount, a word of table 4.3. Section Rootfs Mount Propagation.</summary>
    public string? RootfsPropagation { get; init; }

    /// <summary>Absolute paths made unreadable inside. Section Masked Paths.</summary>
    public string[]? MaskedPaths { get; init; }

    /// <summary>Absolute paths made read-only inside. Section Readonly Paths.</summary>
    public string[]? ReadonlyPaths { get; init; }

    /// <summary>SELinux label for the container's mounts. Section Mount Label.</summary>
    public string? MountLabel { get; init; }

    /// <summary>Cache and memory bandwidth allocation; an empty object counts as set. Section IntelRdt.</summary>
    public LinuxIntelRdt? IntelRdt { get; init; }

    /// <summary>NUMA memory policy. Section Memory Policy. Since 1.3.</summary>
    public LinuxMemoryPolicy? MemoryPolicy { get; init; }

    /// <summary>Execution domain. Section Personality.</summary>
    public LinuxPersonality? Personality { get; init; }

    /// <summary>
    /// Clock offsets of the time namespace by clock name. Section Offset for Time Namespace. Since 1.1.
    /// </summary>
    public Dictionary<string, LinuxTimeOffset>? TimeOffsets { get; init; }
}

/// <summary>One namespace to make or to join (namespaces(7)). Source: config-linux.md, Namespaces.</summary>
[JsonRecord]
public sealed record LinuxNamespace
{
    /// <summary>mount, cgroup, uts, ipc, user, pid, network or time. REQUIRED.</summary>
    public string? Type { get; init; }

    /// <summary>Absolute path of the namespace to join; null or empty makes a new one.</summary>
    public string? Path { get; init; }
}

/// <summary>A clock's offset (time_namespaces(7)). Source: config-linux.md, Offset for Time Namespace.</summary>
[JsonRecord]
public sealed record LinuxTimeOffset
{
    /// <summary>Whole seconds, may be negative.</summary>
    public long Secs { get; init; }

    /// <summary>Nanoseconds added, below 10^9.</summary>
    public uint Nanosecs { get; init; }
}

/// <summary>A host network interface moved inside. Source: config-linux.md, Network Devices.</summary>
[JsonRecord]
public sealed record LinuxNetDevice
{
    /// <summary>Name inside, 1 to 15 characters, %d allowed; null keeps the host's.</summary>
    public string? Name { get; init; }
}

/// <summary>A device file made inside (mknod(2)). Source: config-linux.md, Devices.</summary>
[JsonRecord]
public sealed record LinuxDevice
{
    /// <summary>Path inside. REQUIRED.</summary>
    public string? Path { get; init; }

    /// <summary>c, u (character), b (block) or p (FIFO). REQUIRED.</summary>
    public string? Type { get; init; }

    /// <summary>Major number. REQUIRED unless a FIFO.</summary>
    public long? Major { get; init; }

    /// <summary>Minor number. REQUIRED unless a FIFO.</summary>
    public long? Minor { get; init; }

    /// <summary>Mode; null is 0666. Bits of a file type occur: use the lowest 12 bits.</summary>
    public uint? FileMode { get; init; }

    /// <summary>Owner inside; null is 0.</summary>
    public uint? Uid { get; init; }

    /// <summary>Group inside; null is 0.</summary>
    public uint? Gid { get; init; }
}

/// <summary>Execution domain (personality(2)). Source: config-linux.md, Personality.</summary>
[JsonRecord]
public sealed record LinuxPersonality
{
    /// <summary>LINUX or LINUX32. REQUIRED.</summary>
    public string? Domain { get; init; }

    /// <summary>No flag is defined yet.</summary>
    public string[]? Flags { get; init; }
}

/// <summary>
/// Resource control by resctrl (the kernel's filesystems/resctrl). Source: config-linux.md, IntelRdt.
/// </summary>
[JsonRecord]
public sealed record LinuxIntelRdt
{
    /// <summary>Class of service; null is the container's id, "/" the default group.</summary>
    [JsonPropertyName("closID")]
    public string? ClosId { get; init; }

    /// <summary>Lines of the schemata file. Since 1.3.</summary>
    public string[]? Schemata { get; init; }

    /// <summary>L3 line, without the memory bandwidth.</summary>
    public string? L3CacheSchema { get; init; }

    /// <summary>Memory bandwidth line, begins with MB:.</summary>
    public string? MemBwSchema { get; init; }

    /// <summary>Whether a monitoring group is made. Since 1.3.</summary>
    public bool EnableMonitoring { get; init; }
}

/// <summary>NUMA memory policy (set_mempolicy(2)). Source: config-linux.md, Memory Policy.</summary>
[JsonRecord]
public sealed record LinuxMemoryPolicy
{
    /// <summary>MPOL_* word. REQUIRED.</summary>
    public string? Mode { get; init; }

    /// <summary>Memory nodes, a list like 0-3,7; may be empty.</summary>
    public string? Nodes { get; init; }

    /// <summary>MPOL_F_* words.</summary>
    public string[]? Flags { get; init; }
}
