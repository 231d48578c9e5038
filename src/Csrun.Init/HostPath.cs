using System;
using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>
/// Paths of the host that config.json names: the root, sources of binds, devices, namespaces. The kernel resolves them
/// as it would for csrun's caller, before this process changes its root; the container has no part in them.
/// </summary>
public static class HostPath
{
    /// <summary>A copy of the mount at <paramref name="path"/>, attached nowhere yet (open_tree(2)).</summary>
    /// <param name="path">The path, ended by NUL.</param>
    /// <param name="recursive">With the mounts below it.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed, or mounted itself.</param>
    /// <returns>The descriptor or a negated errno.</returns>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "the one place that resolves a host's path to a mount")]
    public static int CloneTree(ReadOnlySpan<byte> path, bool recursive, bool follow = true)
    {
        uint how = (recursive ? (uint)Kernel.AT_RECURSIVE : 0) | (follow ? 0 : (uint)Kernel.AT_SYMLINK_NOFOLLOW);
        return Kernel.open_tree(Kernel.AT_FDCWD, path, Kernel.OPEN_TREE_CLONE | Kernel.OPEN_TREE_CLOEXEC | how);
    }

    /// <summary>Opens what is at <paramref name="path"/>.</summary>
    /// <param name="path">The path, ended by NUL.</param>
    /// <param name="flags">Of openat(2); O_CLOEXEC is added.</param>
    /// <returns>The descriptor or a negated errno.</returns>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "the one place that resolves a host's path to a file")]
    public static int Open(ReadOnlySpan<byte> path, int flags)
    {
        return Kernel.openat(Kernel.AT_FDCWD, path, flags | Kernel.O_CLOEXEC);
    }
}
