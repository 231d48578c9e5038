using System.Collections.Generic;

namespace Csrun.Reporting;

/// <summary>A container as state and list show it.</summary>
internal sealed record ContainerView
{
    /// <summary>The version of the specification.</summary>
    internal required string OciVersion { get; init; }

    /// <summary>Its id.</summary>
    internal required string Id { get; init; }

    /// <summary>Its first process, in the caller's pid namespace; 0 when it has stopped.</summary>
    internal required int Pid { get; init; }

    /// <summary>creating, created, running, paused or stopped.</summary>
    internal required string Status { get; init; }

    /// <summary>The bundle's absolute path.</summary>
    internal required string Bundle { get; init; }

    /// <summary>The root filesystem's absolute path.</summary>
    internal required string Rootfs { get; init; }

    /// <summary>When it was created, as RFC 3339 with nanoseconds in UTC.</summary>
    internal required string Created { get; init; }

    /// <summary>The name of the user it belongs to.</summary>
    internal required string Owner { get; init; }

    /// <summary>config.json's annotations.</summary>
    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>What its shim tells, for csrun's state; null without a shim.</summary>
    internal ShimView? Shim { get; init; }

    /// <summary>The systemd scope it is in, which crun shows; empty without systemd.</summary>
    internal string SystemdScope { get; init; } = "";
}
