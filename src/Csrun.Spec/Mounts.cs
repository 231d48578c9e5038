using System.Text.Json.Serialization;

namespace Csrun.Spec;

/// <summary>One mount inside the container. Source: config.md, Mounts.</summary>
[JsonRecord]
public sealed record Mount
{
    /// <summary>Where, inside the container: absolute (relative is from /, deprecated). REQUIRED.</summary>
    public string? Destination { get; init; }

    /// <summary>File system type; ignored for a bind mount.</summary>
    public string? Type { get; init; }

    /// <summary>Device or name; for a bind mount a path, absolute or relative to the bundle.</summary>
    public string? Source { get; init; }

    /// <summary>Mount options; unknown ones are data for the file system.</summary>
    public string[]? Options { get; init; }

    /// <summary>User ids of an id-mapped mount; together with <see cref="GidMappings"/>. Since 1.1.</summary>
    public LinuxIdMapping[]? UidMappings { get; init; }

    /// <summary>Group ids of an id-mapped mount; together with <see cref="UidMappings"/>. Since 1.1.</summary>
    public LinuxIdMapping[]? GidMappings { get; init; }
}

/// <summary>One range of ids (user_namespaces(7)). Source: config-linux.md, User namespace mappings.</summary>
[JsonRecord]
public sealed record LinuxIdMapping
{
    /// <summary>First id inside. REQUIRED.</summary>
    [JsonPropertyName("containerID")]
    public uint? ContainerId { get; init; }

    /// <summary>First id outside. REQUIRED.</summary>
    [JsonPropertyName("hostID")]
    public uint? HostId { get; init; }

    /// <summary>Number of ids, above 0. REQUIRED.</summary>
    public uint? Size { get; init; }
}
