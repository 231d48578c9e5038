namespace Csrun.Spec;

/// <summary>
/// Propagation of a mount as flags of mount(2). The specification's four words, and those for whole trees (MS_REC
/// 0x4000) that runc and crun take too. Source: config-linux.md, Rootfs Mount Propagation; mount_namespaces(7).
/// </summary>
[Words]
public enum Propagation : uint
{
    /// <summary>Neither in nor out: MS_PRIVATE.</summary>
    [Word("private")]
    Private = 0x0004_0000,

    /// <summary>In, not out: MS_SLAVE.</summary>
    [Word("slave")]
    Slave = 0x0008_0000,

    /// <summary>In and out within a peer group: MS_SHARED.</summary>
    [Word("shared")]
    Shared = 0x0010_0000,

    /// <summary>Private, and no source of a bind mount: MS_UNBINDABLE.</summary>
    [Word("unbindable")]
    Unbindable = 0x0002_0000,

    /// <summary><see cref="Private"/> for the whole tree.</summary>
    [Word("rprivate")]
    RecursivePrivate = Private | 0x4000,

    /// <summary><see cref="Slave"/> for the whole tree.</summary>
    [Word("rslave")]
    RecursiveSlave = Slave | 0x4000,

    /// <summary><see cref="Shared"/> for the whole tree.</summary>
    [Word("rshared")]
    RecursiveShared = Shared | 0x4000,

    /// <summary><see cref="Unbindable"/> for the whole tree.</summary>
    [Word("runbindable")]
    RecursiveUnbindable = Unbindable | 0x4000,
}
