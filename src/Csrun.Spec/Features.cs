using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>What <c>features</c> prints; null members are unknown, not absent. Source: features.md.</summary>
public sealed record Features
{
    /// <summary>Lowest version of config.json accepted, SemVer.</summary>
    public required string OciVersionMin { get; init; }

    /// <summary>Highest version of config.json accepted, SemVer.</summary>
    public required string OciVersionMax { get; init; }

    /// <summary>Kinds of hooks, the names of the members of <see cref="Csrun.Spec.Hooks"/>.</summary>
    public string[]? Hooks { get; init; }

    /// <summary>Mount options known; those of file systems are not among them.</summary>
    public string[]? MountOptions { get; init; }

    /// <summary>What only Linux has. Source: features-linux.md.</summary>
    public FeaturesLinux? Linux { get; init; }

    /// <summary>Arbitrary metadata on the runtime.</summary>
    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>Annotations that change what the runtime does; a trailing dot makes it a prefix.</summary>
    public string[]? PotentiallyUnsafeConfigAnnotations { get; init; }
}

/// <summary>Features on Linux. Source: features-linux.md.</summary>
public sealed record FeaturesLinux
{
    /// <summary>Namespace types known.</summary>
    public string[]? Namespaces { get; init; }

    /// <summary>Capabilities known, CAP_*.</summary>
    public string[]? Capabilities { get; init; }

    /// <summary>cgroup managers.</summary>
    public FeaturesCgroup? Cgroup { get; init; }

    /// <summary>seccomp.</summary>
    public FeaturesSeccomp? Seccomp { get; init; }

    /// <summary>AppArmor.</summary>
    public FeaturesApparmor? Apparmor { get; init; }

    /// <summary>SELinux.</summary>
    public FeaturesSelinux? Selinux { get; init; }

    /// <summary>resctrl.</summary>
    public FeaturesIntelRdt? IntelRdt { get; init; }

    /// <summary>NUMA memory policy.</summary>
    public FeaturesMemoryPolicy? MemoryPolicy { get; init; }

    /// <summary>Extensions of mounts.</summary>
    public FeaturesMountExtensions? MountExtensions { get; init; }

    /// <summary>Moving network devices.</summary>
    public FeaturesNetDevices? NetDevices { get; init; }
}

/// <summary>cgroup managers. Source: features-linux.md, Cgroup.</summary>
public sealed record FeaturesCgroup
{
    /// <summary>Version 1.</summary>
    public bool? V1 { get; init; }

    /// <summary>Version 2.</summary>
    public bool? V2 { get; init; }

    /// <summary>systemd's system manager.</summary>
    public bool? Systemd { get; init; }

    /// <summary>systemd's user manager.</summary>
    public bool? SystemdUser { get; init; }

    /// <summary>The rdma controller.</summary>
    public bool? Rdma { get; init; }
}

/// <summary>seccomp. Source: features-linux.md, Seccomp.</summary>
public sealed record FeaturesSeccomp
{
    /// <summary>Whether it is there.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Actions known, SCMP_ACT_*.</summary>
    public string[]? Actions { get; init; }

    /// <summary>Operators known, SCMP_CMP_*.</summary>
    public string[]? Operators { get; init; }

    /// <summary>Architectures known, SCMP_ARCH_*.</summary>
    public string[]? Archs { get; init; }

    /// <summary>Flags known, SECCOMP_FILTER_FLAG_*.</summary>
    public string[]? KnownFlags { get; init; }

    /// <summary>Those of <see cref="KnownFlags"/> that this kernel takes.</summary>
    public string[]? SupportedFlags { get; init; }
}

/// <summary>AppArmor. Source: features-linux.md, AppArmor.</summary>
public sealed record FeaturesApparmor
{
    /// <summary>Whether it is there.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>SELinux. Source: features-linux.md, SELinux.</summary>
public sealed record FeaturesSelinux
{
    /// <summary>Whether it is there.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>resctrl. Source: features-linux.md, Intel RDT.</summary>
public sealed record FeaturesIntelRdt
{
    /// <summary>Whether it is there.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether schemata is understood.</summary>
    public bool? Schemata { get; init; }

    /// <summary>Whether enableMonitoring is understood.</summary>
    public bool? Monitoring { get; init; }
}

/// <summary>NUMA memory policy. Source: features-linux.md, Memory policy.</summary>
public sealed record FeaturesMemoryPolicy
{
    /// <summary>Modes known, MPOL_*.</summary>
    public string[]? Modes { get; init; }

    /// <summary>Flags known, MPOL_F_*.</summary>
    public string[]? Flags { get; init; }
}

/// <summary>Extensions of mounts. Source: features-linux.md, MountExtensions.</summary>
public sealed record FeaturesMountExtensions
{
    /// <summary>Id-mapped mounts.</summary>
    public FeaturesIdMap? Idmap { get; init; }
}

/// <summary>Id-mapped mounts. Source: features-linux.md, IDMap.</summary>
public sealed record FeaturesIdMap
{
    /// <summary>Whether they are there.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Moving network devices. Source: features-linux.md, NetDevices.</summary>
public sealed record FeaturesNetDevices
{
    /// <summary>Whether it is there.</summary>
    public bool? Enabled { get; init; }
}
