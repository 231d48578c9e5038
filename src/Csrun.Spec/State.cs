using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace Csrun.Spec;

/// <summary>What <c>state</c> prints and hooks read. Source: runtime.md, State.</summary>
public sealed record State
{
    /// <summary>The version of the specification that csrun's states comply with.</summary>
    public const string Version = "1.3.0";

    /// <summary>Version of the specification the state complies with.</summary>
    public required string OciVersion { get; init; }

    /// <summary>The container's id, unique on the host.</summary>
    public required string Id { get; init; }

    /// <summary>creating, created, running, stopped; de facto also paused.</summary>
    public required string Status { get; init; }

    /// <summary>The container's process as the host sees it; 0 (not written) when there is none.</summary>
    public int Pid { get; init; }

    /// <summary>Absolute path of the bundle.</summary>
    public required string Bundle { get; init; }

    /// <summary>The annotations of config.json.</summary>
    public Dictionary<string, string>? Annotations { get; init; }
}

/// <summary>What the seccomp listener's socket is sent. Source: config-linux.md, The Container Process State.</summary>
public sealed record ContainerProcessState
{
    /// <summary>Version of the specification the state complies with.</summary>
    public required string OciVersion { get; init; }

    /// <summary>Names of the fds sent along, in their order: seccompFd.</summary>
    public required string[] Fds { get; init; }

    /// <summary>The filtered process as the host sees it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Pid { get; init; }

    /// <summary>linux.seccomp.listenerMetadata.</summary>
    public string? Metadata { get; init; }

    /// <summary>The container's state.</summary>
    public required State State { get; init; }
}
