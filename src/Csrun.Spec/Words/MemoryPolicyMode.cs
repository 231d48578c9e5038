#pragma warning disable CS1591 // the names say it, set_mempolicy(2) says the rest
#pragma warning disable CA1027 // a domain is one value, no set

using System;

namespace Csrun.Spec;

/// <summary>Modes of set_mempolicy(2). Source: linux/mempolicy.h.</summary>
[Words]
public enum MemoryPolicyMode
{
    MPOL_DEFAULT = 0,
    MPOL_PREFERRED = 1,
    MPOL_BIND = 2,
    MPOL_INTERLEAVE = 3,
    MPOL_LOCAL = 4,
    MPOL_PREFERRED_MANY = 5,
    MPOL_WEIGHTED_INTERLEAVE = 6, // 6.9
}

/// <summary>Flags that go into the mode. Source: linux/mempolicy.h.</summary>
[Flags]
[Words]
public enum MemoryPolicyFlag
{
    MPOL_F_NUMA_BALANCING = 0x2000,
    MPOL_F_RELATIVE_NODES = 0x4000,
    MPOL_F_STATIC_NODES = 0x8000,
}

/// <summary>Execution domains of personality(2). Source: config-linux.md, Personality; linux/personality.h.</summary>
[Words]
public enum PersonalityDomain : uint
{
    LINUX = 0x0,
    LINUX32 = 0x8,
}
