using System;

namespace Csrun.Cgroups;

/// <summary>What may be done with a device; the numbers are the kernel's (BPF_DEVCG_ACC_*, bpf.h).</summary>
[Flags]
public enum DeviceAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>m: make a node.</summary>
    Mknod = 1,

    /// <summary>r: open for reading.</summary>
    Read = 2,

    /// <summary>w: open for writing.</summary>
    Write = 4,

    /// <summary>rwm.</summary>
    All = Mknod | Read | Write,
}
