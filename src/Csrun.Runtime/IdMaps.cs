using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// linux.uidMappings and gidMappings, written for a process in a new user namespace (user_namespaces(7)).
/// </summary>
internal static class IdMaps
{
    private const string HelperDirectories = "/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin";

    public static void Write(int pid, NamespacePlan namespaces)
    {
        Write(pid, namespaces.UidMappings, "linux.uidMappings", namespaces.GidMappings, "linux.gidMappings");
    }

    /// <summary>
    /// Writes any maps. A user who is not root may map himself; the further ids that are his by subuid(5) and subgid(5)
    /// are mapped by newuidmap(1) and newgidmap(1), which know them.
    /// </summary>
    /// <param name="pid">The process.</param>
    /// <param name="uids">The lines of uid_map.</param>
    /// <param name="uidPlace">Where config.json has them.</param>
    /// <param name="gids">The lines of gid_map.</param>
    /// <param name="gidPlace">Where config.json has them.</param>
    public static void Write(
        int pid, IReadOnlyList<LinuxIdMapping> uids, string uidPlace, IReadOnlyList<LinuxIdMapping> gids,
        string gidPlace)
    {
        bool isRoot = Kernel.geteuid() == 0;
        if (isRoot || IsOnly(uids, Kernel.geteuid()))
        {
            Write(pid, "uid_map", Lines(uids), uidPlace);
        }
        else
        {
            Help("newuidmap", pid, uids, uidPlace);
        }

        if (isRoot)
        {
            Write(pid, "gid_map", Lines(gids), gidPlace);
        }
        else if (IsOnly(gids, Kernel.getegid()))
        {
            // Else a user could leave a group that keeps him from something.
            Write(pid, "setgroups", "deny"u8.ToArray(), gidPlace);
            Write(pid, "gid_map", Lines(gids), gidPlace);
        }
        else
        {
            Help("newgidmap", pid, gids, gidPlace);
        }
    }

    /// <summary>What the id 0 of the container is outside; without it nothing in the container is root's.</summary>
    public static uint OfRoot(IReadOnlyList<LinuxIdMapping> mappings)
    {
        return HostIdOf(mappings, 0)
            ?? throw new RuntimeException("linux.uidMappings, linux.gidMappings: the container's id 0 must be mapped");
    }

    /// <summary>What an id of the container is outside; null where it is not mapped.</summary>
    public static uint? HostIdOf(IReadOnlyList<LinuxIdMapping> mappings, uint id)
    {
        foreach (LinuxIdMapping mapping in mappings)
        {
            if (mapping is { ContainerId: uint first, HostId: uint host, Size: uint size }
                && id >= first && id - first < size)
            {
                return host + (id - first);
            }
        }

        return null;
    }

    /// <summary>What the id 0 of a process's user namespace is here.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="file">uid_map or gid_map.</param>
    /// <exception cref="KernelException">It is nobody.</exception>
    public static uint OfRoot(int pid, string file)
    {
        byte[] path = Utf8.Terminated("/proc/" + pid + "/" + file);
        using Fd fd = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path));
        byte[] content = FileContent.Read(fd.Number, FileContent.MaxDocument, out int length) ?? [];
        foreach (string line in Encoding.ASCII.GetString(content, 0, length).Split('\n'))
        {
            string[] fields = line.Split(' ', System.StringSplitOptions.RemoveEmptyEntries);
            if (fields is ["0", string outside, _])
            {
                return uint.Parse(outside, CultureInfo.InvariantCulture);
            }
        }

        throw new KernelException("find the container's root in", Utf8.ToText(path), Errno.ENOENT, "linux.namespaces");
    }

    private static bool IsOnly(IReadOnlyList<LinuxIdMapping> mappings, uint own)
    {
        return mappings is [{ Size: 1, HostId: uint id }] && id == own;
    }

    private static byte[] Lines(IReadOnlyList<LinuxIdMapping> mappings)
    {
        StringBuilder text = new();
        foreach (LinuxIdMapping mapping in mappings)
        {
            text.Append(mapping.ContainerId).Append(' ').Append(mapping.HostId).Append(' ').Append(mapping.Size)
                .Append('\n');
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

    private static void Help(string helper, int pid, IReadOnlyList<LinuxIdMapping> mappings, string place)
    {
        string path = HostProgram.Find(helper, HelperDirectories) ?? throw new KernelException(
            "find " + helper, string.Empty, Errno.ENOENT, place,
            "without root only one's own id can be mapped, further ones with newuidmap and newgidmap (package uidmap)");
        List<byte[]> arguments = [Encoding.UTF8.GetBytes(helper), Number((uint)pid)];
        foreach (LinuxIdMapping mapping in mappings)
        {
            arguments.Add(Number(mapping.ContainerId ?? 0));
            arguments.Add(Number(mapping.HostId ?? 0));
            arguments.Add(Number(mapping.Size ?? 0));
        }

        if (HostProgram.Run(path, arguments, [], out string output) != 0)
        {
            throw new KernelException(
                "map the ids:", output.TrimEnd('\n'), Errno.EPERM, place,
                "the ids must be the user's in /etc/subuid and /etc/subgid");
        }
    }

    private static byte[] Number(uint number)
    {
        return Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
    }
}
