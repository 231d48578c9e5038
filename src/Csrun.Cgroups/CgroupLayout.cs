using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>What cgroup hierarchies there are on this host and where this process is in each.</summary>
public sealed class CgroupLayout
{
    /// <summary>The kernel's reads give 4096 bytes at most, or one longer line.</summary>
    private const int LongestLine = 12288;

    private readonly List<CgroupHierarchy> _hierarchies;

    internal CgroupLayout(List<CgroupHierarchy> hierarchies, CgroupHierarchy? unified)
    {
        _hierarchies = hierarchies;
        Unified = unified;
    }

    /// <summary>The mounted hierarchies: those of v1 in the kernel's order, then the v2 tree.</summary>
    public IReadOnlyList<CgroupHierarchy> Hierarchies => _hierarchies;

    /// <summary>The cgroup v2 tree, on a hybrid host too; null where none is mounted.</summary>
    public CgroupHierarchy? Unified { get; }

    /// <summary>Whether cgroup v2 is all there is.</summary>
    public bool IsPureV2 => Unified is not null && _hierarchies.Count == 1;

    /// <summary>Reads /proc/self/cgroup and /proc/self/mountinfo, once each.</summary>
    /// <exception cref="KernelException">One of them cannot be read.</exception>
    [SkipLocalsInit]
    public static CgroupLayout Detect()
    {
        LayoutBuilder builder = new();
        Span<byte> buffer = stackalloc byte[LongestLine];

        ReadOnlySpan<byte> memberships = "/proc/self/cgroup\0"u8;
        using (Fd file = Open(memberships))
        {
            FileLines lines = new(file.Number, buffer);
            while (lines.MoveNext())
            {
                builder.AddMembership(lines.Current);
            }

            KernelException.Check(-(int)lines.Error, "read", memberships);
        }

        ReadOnlySpan<byte> mounts = "/proc/self/mountinfo\0"u8;
        using (Fd file = Open(mounts))
        {
            FileLines lines = new(file.Number, buffer);
            while (lines.MoveNext())
            {
                builder.AddMount(lines.Current);
            }

            KernelException.Check(-(int)lines.Error, "read", mounts);
        }

        return builder.Build();
    }

    private static Fd Open(ReadOnlySpan<byte> path)
    {
        return new Fd(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path));
    }
}
