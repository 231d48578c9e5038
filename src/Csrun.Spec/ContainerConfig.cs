using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// A container's config.json (the specification's type <c>Spec</c>). A member is null where the document has no such
/// member or a JSON null. Sections for other platforms are not read. Source: runtime-spec, config.md.
/// </summary>
[JsonRecord]
public sealed record ContainerConfig
{
    /// <summary>Version of the specification the bundle complies with: SemVer 2.0.0, major 1. REQUIRED.</summary>
    public string? OciVersion { get; init; }

    /// <summary>The container's process; needed once start is called.</summary>
    public Process? Process { get; init; }

    /// <summary>The container's root file system. REQUIRED on Linux.</summary>
    public Root? Root { get; init; }

    /// <summary>Host name inside, 1 to 64 bytes; needs a uts namespace of its own.</summary>
    public string? Hostname { get; init; }

    /// <summary>NIS domain name inside, 1 to 64 bytes; needs a uts namespace of its own. Since 1.1.</summary>
    public string? Domainname { get; init; }

    /// <summary>Mounts beyond the root, made in this order.</summary>
    public Mount[]? Mounts { get; init; }

    /// <summary>Programs run at points of the container's life.</summary>
    public Hooks? Hooks { get; init; }

    /// <summary>Arbitrary metadata; keys are not empty, values may be.</summary>
    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>What only Linux has.</summary>
    public LinuxConfig? Linux { get; init; }
}

/// <summary>The container's root file system. Source: config.md, Root.</summary>
[JsonRecord]
public sealed record Root
{
    /// <summary>Directory, absolute or relative to the bundle. REQUIRED.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the root is read-only inside.</summary>
    public bool Readonly { get; init; }
}
