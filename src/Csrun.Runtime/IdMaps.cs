using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// linux.uidMappings and gidMappings, written for a process in a new user namespace (user_namespaces(7)). Who is not
/// root may write one line with his own id, and no group map before setgroups(2) is forbidden in the namespace; for all
/// else there are newuidmap(1) and newgidmap(1), which know what is his in /etc/subuid and /etc/subgid.
/// </summary>
internal static unsafe class IdMaps
{
    private const string UidPlace = "linux.uidMappings";
    private const string GidPlace = "linux.gidMappings";
    private const int HelperSeconds = 10;
    private const int Executable = 1; // X_OK

    /// <summary>Writes both.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="namespaces">The maps.</param>
    /// <param name="interrupts">A signalfd that stops a helper program.</param>
    /// <exception cref="KernelException">A map is refused, or there is no helper program.</exception>
    public static void Write(int pid, NamespacePlan namespaces, int interrupts)
    {
        bool isRoot = Kernel.geteuid() == 0;
        if (isRoot || IsOwnId(namespaces.UidMappings, Kernel.geteuid()))
        {
            Write(pid, "uid_map", Lines(namespaces.UidMappings), UidPlace);
        }
        else
        {
            RunHelper("newuidmap", pid, namespaces.UidMappings, UidPlace, interrupts);
        }

        if (isRoot)
        {
            Write(pid, "gid_map", Lines(namespaces.GidMappings), GidPlace);
        }
        else if (IsOwnId(namespaces.GidMappings, Kernel.getegid()))
        {
            Write(pid, "setgroups", "deny"u8, GidPlace);
            Write(pid, "gid_map", Lines(namespaces.GidMappings), GidPlace);
        }
        else
        {
            RunHelper("newgidmap", pid, namespaces.GidMappings, GidPlace, interrupts);
        }
    }

    private static bool IsOwnId(IReadOnlyList<LinuxIdMapping> mappings, uint id)
    {
        return mappings is [{ Size: 1, HostId: uint host }] && host == id;
    }

    private static void RunHelper(
        string name, int pid, IReadOnlyList<LinuxIdMapping> mappings, string place, int interrupts)
    {
        List<string> arguments = [name, Number((uint)pid)];
        foreach (LinuxIdMapping mapping in mappings)
        {
            arguments.Add(Number(mapping.ContainerId ?? 0));
            arguments.Add(Number(mapping.HostId ?? 0));
            arguments.Add(Number(mapping.Size ?? 0));
        }

        foreach (string directory in (string[])["/usr/bin/", "/usr/local/bin/", "/bin/"])
        {
            byte[] path = Utf8.Terminated(directory + name);
            if (Kernel.faccessat(Kernel.AT_FDCWD, path, Executable, 0) == 0)
            {
                HookProgram helper = HookProgram.Helper(directory + name, arguments, HelperSeconds, place);
                HookRunner.Run(helper, [], NativeText.Vector(0, 0), directory: -1, interrupts);
                return;
            }
        }

        throw new KernelException(
            "run", name, Errno.ENOENT, place, "without root more than one's own id is mapped by that program (package uidmap)");
    }

    private static string Number(uint number)
    {
        return number.ToString(provider: null);
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

    private static byte[] Lines(IReadOnlyList<LinuxIdMapping> mappings)
    {
        StringBuilder text = new();
        foreach (LinuxIdMapping mapping in mappings)
        {
            text.Append(mapping.ContainerId).Append(' ').Append(mapping.HostId).Append(' ').Append(mapping.Size).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(int pid, string file, ReadOnlySpan<byte> lines, string place)
    {
        byte[] path = Utf8.Terminated("/proc/" + pid + "/" + file);
        using Fd fd = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_WRONLY | Kernel.O_CLOEXEC), "open", path, place));
        KernelException.Check(Kernel.write(fd.Number, lines), "write", path, place);
    }
}
