using System.Collections.Generic;
using System.Linq;

namespace Csrun.Conformance.Tests;

/// <summary>A line that a container sees under csrun and another in its place under Debian's runc.</summary>
/// <param name="Section">The section of <see cref="SeenInsideProbe"/>.</param>
/// <param name="Csrun">What is seen under csrun.</param>
/// <param name="Runc">What is seen under runc.</param>
/// <param name="Why">Why csrun is right.</param>
internal sealed record SeenDifference(string Section, string Csrun, string Runc, string Why);

/// <summary>
/// Where a container sees otherwise under csrun than under Debian's runc 1.1.5, and why that is right.
/// </summary>
internal static class SeenInsideDifferences
{
    private static readonly SeenDifference[] s_all =
    [
        Mask("/proc/acpi"),
        Mask("/sys/firmware"),
        Mask("/sys/dev/block"),
        new(
            "mounts",
            "/sys/fs/cgroup from / ro,nosuid,nodev,noexec,relatime [] tmpfs tmpfs rw,mode=755",
            "/sys/fs/cgroup from / rw,nosuid,nodev,noexec,relatime [] tmpfs tmpfs rw,mode=755",
            "the mount's option ro holds for the directory above the hierarchies of cgroup version 1 too; runc makes "
            + "only the hierarchies read-only, and the container can put files beside them"),
        new(
            "status",
            "SigIgn:\t0000000000000004",
            "SigIgn:\t0000000080000004",
            "signal 32, which the C library of the caller keeps for itself and .NET ignores: runc passes on what its "
            + "caller ignores, csrun gives the program every signal as the kernel does"),
    ];

    // nr_inodes=1 and size=4k: a container cannot fill it, whatever it can mount over; nothing in it can be executed.
    private static SeenDifference Mask(string path)
    {
        return new SeenDifference(
            "mounts",
            path + " from / ro,nosuid,nodev,noexec,relatime [] tmpfs tmpfs rw,size=4k,nr_inodes=1",
            path + " from / ro,relatime [] tmpfs tmpfs ro",
            "a masked directory is as small as can be and has every restriction; the mount is read-only in both");
    }

    /// <summary>The lines of a section with those that are argued as runc shows them.</summary>
    public static IEnumerable<string> AsUnderRunc(string section, IEnumerable<string> lines)
    {
        SeenDifference[] known = [.. s_all.Where(difference => difference.Section == section)];
        return lines.Select(line => known.FirstOrDefault(difference => difference.Csrun == line)?.Runc ?? line);
    }
}
