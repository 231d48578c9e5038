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
        Write(pid, "uid_map", Lines(namespaces.UidMappings), "linux.uidMappings");
        Write(pid, "gid_map", Lines(namespaces.GidMappings), "linux.gidMappings");
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
