using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>linux.uidMappings and gidMappings, written for a process in a new user namespace (user_namespaces(7)).</summary>
internal static class IdMaps
{
    public static void Write(int pid, NamespacePlan namespaces)
    {
        Write(pid, namespaces.UidMappings, "linux.uidMappings", namespaces.GidMappings, "linux.gidMappings");
    }

    /// <summary>Writes any maps.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="uids">The lines of uid_map.</param>
    /// <param name="uidPlace">Where config.json has them.</param>
    /// <param name="gids">The lines of gid_map.</param>
    /// <param name="gidPlace">Where config.json has them.</param>
    public static void Write(
        int pid, IReadOnlyList<LinuxIdMapping> uids, string uidPlace, IReadOnlyList<LinuxIdMapping> gids, string gidPlace)
    {
        Write(pid, "uid_map", Lines(uids), uidPlace);
        Write(pid, "gid_map", Lines(gids), gidPlace);
    }

    /// <summary>What the id 0 of the container is outside; without it nothing in the container is root's.</summary>
    public static uint OfRoot(IReadOnlyList<LinuxIdMapping> mappings)
    {
        foreach (LinuxIdMapping mapping in mappings)
        {
            if (mapping is { ContainerId: 0, Size: > 0, HostId: uint id })
            {
                return id;
            }
        }

        throw new RuntimeException("linux.uidMappings, linux.gidMappings: the container's id 0 must be mapped");
    }

    private static byte[] Lines(IReadOnlyList<LinuxIdMapping> mappings)
    {
        StringBuilder text = new();
        foreach (LinuxIdMapping mapping in mappings)
        {
            text.Append(mapping.ContainerId).Append(' ').Append(mapping.HostId).Append(' ').Append(mapping.Size).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(int pid, string file, byte[] lines, string place)
    {
        byte[] path = Utf8.Terminated("/proc/" + pid + "/" + file);
        using Fd fd = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_WRONLY | Kernel.O_CLOEXEC), "open", path, place));
        KernelException.Check(Kernel.write(fd.Number, lines), "write", path, place);
    }
}
