using System;

namespace Csrun.Spec;

/// <summary>
/// Types of namespace, each with its clone flag (CLONE_NEW*, clone(2)). Source: config-linux.md, Namespaces.
/// </summary>
[Flags]
[Words]
public enum NamespaceType : uint
{
    /// <summary>Mount points: CLONE_NEWNS, /proc/PID/ns/mnt.</summary>
    [Word("mount")]
    Mount = 0x0002_0000,

    /// <summary>Root of the cgroups seen: CLONE_NEWCGROUP.</summary>
    [Word("cgroup")]
    Cgroup = 0x0200_0000,

    /// <summary>Host and domain name: CLONE_NEWUTS.</summary>
    [Word("uts")]
    Uts = 0x0400_0000,

    /// <summary>System V IPC and POSIX message queues: CLONE_NEWIPC.</summary>
    [Word("ipc")]
    Ipc = 0x0800_0000,

    /// <summary>User and group ids: CLONE_NEWUSER.</summary>
    [Word("user")]
    User = 0x1000_0000,

    /// <summary>Process ids: CLONE_NEWPID.</summary>
    [Word("pid")]
    Pid = 0x2000_0000,

    /// <summary>The network: CLONE_NEWNET, /proc/PID/ns/net.</summary>
    [Word("network")]
    Network = 0x4000_0000,

    /// <summary>Clock offsets: CLONE_NEWTIME, by unshare or clone3 only.</summary>
    [Word("time")]
    Time = 0x80,
}

/// <summary>Clocks that a time namespace shifts, by number (clock_gettime(2)). Source: config-linux.md.</summary>
[Words]
public enum TimeClock
{
    /// <summary>CLOCK_MONOTONIC.</summary>
    [Word("monotonic")]
    Monotonic = 1,

    /// <summary>CLOCK_BOOTTIME.</summary>
    [Word("boottime")]
    Boottime = 7,
}
