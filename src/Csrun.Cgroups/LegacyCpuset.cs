using System;
using System.Runtime.CompilerServices;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups;

/// <summary>
/// cpuset on v1: a new cgroup has neither CPUs nor memory nodes, and no process can join it, nor any below it get some,
/// until it does. Source: the kernel's Documentation/admin-guide/cgroup-v1/cpusets.rst.
/// </summary>
internal static class LegacyCpuset
{
    private const int DeepestPath = 4096;

    private static ReadOnlySpan<byte> Cpus => "cpuset.cpus\0"u8;

    private static ReadOnlySpan<byte> Mems => "cpuset.mems\0"u8;

    /// <summary>
    /// Fills the cgroups above, where they are empty, from the nearest one that is not; and the container's own, but
    /// not with what config.json gives it.
    /// </summary>
    public static void Inherit(CgroupDirectory directory, int fd, LinuxCpu? cpu)
    {
        Inherit(directory, fd, Cpus, string.IsNullOrEmpty(cpu?.Cpus));
        Inherit(directory, fd, Mems, string.IsNullOrEmpty(cpu?.Mems));
    }

    [SkipLocalsInit]
    private static void Inherit(CgroupDirectory directory, int fd, ReadOnlySpan<byte> file, bool itself)
    {
        Span<byte> value = stackalloc byte[4096];
        Span<byte> path = stackalloc byte[DeepestPath];
        int up = itself && directory.WasThere ? 0 : 1;
        int length;
        while ((length = CgroupFile.Read(fd, Above(up, file, path), value)) is 0 or 1)
        {
            up++;
        }

        KernelException.Check(length, "read", file);
        for (up--; up >= (itself ? 0 : 1); up--)
        {
            int result = CgroupFile.Write(fd, Above(up, file, path), value[..length]);
            if (result < 0)
            {
                throw new KernelException(
                    $"write {Utf8.ToText(value[..length]).TrimEnd('\n')} to",
                    directory.PathOf(Utf8.ToText(Above(up, file, path))),
                    (Errno)(-result));
            }
        }
    }

    /// <summary>The file so many cgroups above. The walk ends at the hierarchy's top, which is never empty.</summary>
    private static ReadOnlySpan<byte> Above(int up, ReadOnlySpan<byte> file, Span<byte> path)
    {
        int length = 0;
        for (int i = 0; i < up; i++)
        {
            "../"u8.CopyTo(path[length..]);
            length += 3;
        }

        file.CopyTo(path[length..]);
        return path[..(length + file.Length)];
    }
}
