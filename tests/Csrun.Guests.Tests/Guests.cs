using System.Collections.Generic;
using System.Linq;

namespace Csrun.Guests.Tests;

/// <summary>A guest of which it is known, before it boots, what it runs.</summary>
public interface IHasJobs
{
    /// <summary>The names of its jobs.</summary>
    static abstract IEnumerable<string> OwnJobs { get; }
}

/// <summary>The guest for all jobs but those with one to themselves.</summary>
public sealed class CommonGuest() : Guest("guest", OwnJobs), IHasJobs
{
    public static IEnumerable<string> OwnJobs =>
        Jobs.Except([.. CheckpointGuest.OwnJobs, .. SelinuxGuest.OwnJobs, .. LegacyGuest.OwnJobs]);
}

/// <summary>The guest for checkpoint and restore, a third of all work, and for containerd, which does both.</summary>
public sealed class CheckpointGuest() : Guest("guest-checkpoint", OwnJobs), IHasJobs
{
    public static IEnumerable<string> OwnJobs => ["checkpoint", "containerd"];
}

/// <summary>The guest whose kernel has SELinux for AppArmor, enforcing a policy of ours.</summary>
public sealed class SelinuxGuest() : Guest("guest-selinux", OwnJobs), IHasJobs
{
    public static IEnumerable<string> OwnJobs => ["selinux"];
}

/// <summary>The guest with cgroup version 1, for checkpoint and restore there.</summary>
public sealed class LegacyGuest() : Guest("guest-legacy", OwnJobs), IHasJobs
{
    public static IEnumerable<string> OwnJobs => ["legacy"];
}
