using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// A container's groups in the resource control file system: caches and memory bandwidth (config-linux.md, IntelRdt;
/// the kernel's filesystems/resctrl).
/// </summary>
internal static class ResctrlGroup
{
    private const string Property = "linux.intelRdt";
    private const uint DirectoryMode = 0x1ED; // 0755

    /// <summary>Where the file system is mounted.</summary>
    /// <exception cref="RuntimeException">It is not.</exception>
    public static string FindRoot()
    {
        byte[] table = ReadFile("/proc/self/mountinfo", out int length);
        ReadOnlySpan<byte> rest = table.AsSpan(0, length);
        foreach (Range range in rest.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = rest[range];
            if (line.IndexOf(" - resctrl "u8) >= 0)
            {
                return Utf8.ToText(line).Split(' ')[4];
            }
        }

        throw new RuntimeException([
            new Fault(
                Property,
                "resctrl is not mounted here: mount -t resctrl resctrl /sys/fs/resctrl, where the processor has it"),
        ]);
    }

    /// <summary>
    /// Makes the directories that are missing. A group of a name that config.json gives may be missing only where a
    /// schema says what it is to be.
    /// </summary>
    /// <param name="paths">The container's groups.</param>
    /// <param name="rdt">What they are to be.</param>
    /// <param name="made">Is told what this call itself has made so far: that alone may be removed where the rest
    /// fails.</param>
    /// <returns>Whether the group was there.</returns>
    /// <exception cref="KernelException">It is missing and no schema is given, or cannot be made.</exception>
    public static bool MakeDirectories(ResctrlPaths paths, LinuxIntelRdt rdt, Action<ResctrlPaths> made)
    {
        bool mayBeMade = string.IsNullOrEmpty(rdt.ClosId) || HasSchema(rdt);
        bool existed = !mayBeMade ? CheckExists(paths.Group) : !MakeDirectory(paths.Group, Property);
        ResctrlPaths ours = new(paths.Group, null, !existed);
        made(ours);
        if (paths.Monitor is string monitor && MakeDirectory(monitor, Property + ".enableMonitoring"))
        {
            made(ours with { Monitor = monitor });
        }

        return existed;
    }

    /// <summary>Whether a group is there.</summary>
    public static bool Exists(string group)
    {
        return Kernel.faccessat(Kernel.AT_FDCWD, Utf8.Terminated(group), 0, 0) == 0;
    }

    private static bool CheckExists(string group)
    {
        return Exists(group) ? true : throw new KernelException(
            "find the group", group, Errno.ENOENT, Property + ".closID",
            "without a schema the group must be there already");
    }

    /// <summary>
    /// Writes the schemas: cache, bandwidth, then schemata, whose lines count most. A group that was there under a name
    /// of config.json's is somebody's: it must have what l3CacheSchema and memBwSchema say.
    /// </summary>
    /// <exception cref="KernelException">It has not, or the kernel refuses.</exception>
    public static void Configure(ResctrlPaths paths, LinuxIntelRdt rdt, bool existed)
    {
        List<string> lines = [];
        Add(lines, rdt.L3CacheSchema);
        Add(lines, rdt.MemBwSchema);
        if (existed && !string.IsNullOrEmpty(rdt.ClosId) && lines.Count != 0)
        {
            byte[] content = ReadFile(paths.Group + "/schemata", out int length);
            string[] there = Encoding.UTF8.GetString(content, 0, length).Split('\n');
            foreach (string line in lines)
            {
                if (!ResctrlSchema.Contains(there, line))
                {
                    throw new KernelException(
                        "compare with the schemata of", paths.Group, Errno.EEXIST, Property,
                        "the group is there already with another schema than " + line);
                }
            }
        }

        lines.AddRange(rdt.Schemata ?? []);
        if (lines.Count != 0)
        {
            Write(paths.Group + "/schemata", string.Join('\n', lines) + "\n", Property);
        }
    }

    /// <summary>Other schemas for a group (update).</summary>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    public static void Update(string group, string? l3CacheSchema, string? memBwSchema)
    {
        List<string> lines = [];
        Add(lines, l3CacheSchema);
        Add(lines, memBwSchema);
        if (lines.Count != 0)
        {
            Write(group + "/schemata", string.Join('\n', lines) + "\n", Property);
        }
    }

    /// <summary>Puts a process into the groups; what it starts is in them too.</summary>
    /// <exception cref="KernelException">A group is gone.</exception>
    public static void Join(ResctrlPaths paths, int pid)
    {
        Write(paths.Group + "/tasks", pid + "\n", Property);
        if (paths.Monitor is string monitor)
        {
            Write(monitor + "/tasks", pid + "\n", Property + ".enableMonitoring");
        }
    }

    /// <summary>Removes what is the container's own; what is gone already is as well.</summary>
    /// <exception cref="KernelException">It cannot be removed.</exception>
    public static void Remove(ResctrlPaths paths)
    {
        RemoveDirectory(paths.Monitor);
        RemoveDirectory(paths.IsOurs ? paths.Group : null);
    }

    private static bool HasSchema(LinuxIntelRdt rdt)
    {
        return !string.IsNullOrEmpty(rdt.L3CacheSchema) || !string.IsNullOrEmpty(rdt.MemBwSchema)
            || rdt.Schemata is { Length: > 0 };
    }

    private static void Add(List<string> lines, string? schema)
    {
        if (!string.IsNullOrEmpty(schema))
        {
            lines.Add(schema);
        }
    }

    /// <summary>Whether it was this call that made it.</summary>
    private static bool MakeDirectory(string directory, string place)
    {
        byte[] path = Utf8.Terminated(directory);
        int made = Kernel.mkdirat(Kernel.AT_FDCWD, path, DirectoryMode);
        if (made < 0 && made != -(int)Errno.EEXIST)
        {
            throw new KernelException(
                "mkdir", directory, (Errno)(-made), place,
                made == -(int)Errno.ENOSPC ? "the processor has no class of service or monitoring id left" : null);
        }

        return made == 0;
    }

    private static void RemoveDirectory(string? directory)
    {
        if (directory is null)
        {
            return;
        }

        byte[] path = Utf8.Terminated(directory);
        int removed = Kernel.unlinkat(Kernel.AT_FDCWD, path, Kernel.AT_REMOVEDIR);
        if (removed != -(int)Errno.ENOENT)
        {
            KernelException.Check(removed, "rmdir", path, Property);
        }
    }

    private static byte[] ReadFile(string file, out int length)
    {
        byte[] path = Utf8.Terminated(file);
        using Fd fd = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path, Property));
        return FileContent.Read(fd.Number, FileContent.MaxDocument, out length)
            ?? throw new KernelException("read", file, Errno.EIO, Property);
    }

    private static void Write(string file, string text, string place)
    {
        byte[] path = Utf8.Terminated(file);
        using Fd fd = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_WRONLY | Kernel.O_TRUNC | Kernel.O_CLOEXEC),
            "open", path, place));
        int written = Kernel.write(fd.Number, Encoding.UTF8.GetBytes(text));
        if (written < 0)
        {
            throw new KernelException(
                "write " + text.TrimEnd('\n') + " to", file, (Errno)(-written), place,
                written == -(int)Errno.EINVAL ? "info/last_cmd_status of resctrl tells why" : null);
        }
    }
}
