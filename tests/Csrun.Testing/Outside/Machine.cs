using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Mono.Unix.Native;

namespace Csrun.Testing.Outside;

/// <summary>The machine's own objects: mounts, cgroups, devices, settings.</summary>
internal static class Machine
{
    private static readonly string[] s_settings =
    [
        "kernel/hostname", "kernel/domainname", "kernel/core_pattern", "kernel/shmmax", "kernel/msgmax", "kernel/sem",
        "kernel/modprobe", "kernel/randomize_va_space", "kernel/sysrq", "fs/mqueue/msg_max", "fs/suid_dumpable",
        "fs/protected_hardlinks", "net/ipv4/ip_forward", "net/ipv4/ping_group_range", "net/core/somaxconn",
        "net/ipv4/ip_unprivileged_port_start", "vm/overcommit_memory", "vm/swappiness",
    ];

    internal static IEnumerable<KeyValuePair<string, string>> Mounts()
    {
        return File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ', 2))
            .Select(parts => KeyValuePair.Create(parts[0], parts[1]));
    }

    /// <summary>
    /// Every cgroup directory of every hierarchy. Where this process is itself in a cgroup, the others beside it belong
    /// to whoever made that one, and come and go as they like. Those of another test run that is alive are its own
    /// business.
    /// </summary>
    internal static IEnumerable<KeyValuePair<string, string>> Cgroups()
    {
        string[] own = [.. File.ReadAllLines("/proc/self/cgroup").Select(line => line.Split(':', 3)[2])
            .Where(path => path != "/")];
        foreach (string mount in CgroupMounts())
        {
            string[] foreign = [.. own.Select(path => Path.Combine(mount, path.Split('/')[1]))];
            string[] ours = [.. own.Select(path => mount + path)];
            foreach (string directory in DirectoriesBelow(mount))
            {
                bool isForeign = foreign.Any(top => IsAtOrBelow(directory, top))
                    && !ours.Any(top => IsAtOrBelow(directory, top));
                if (!isForeign && !IsOfAnotherRun(directory))
                {
                    yield return KeyValuePair.Create(directory, "");
                }
            }
        }
    }

    /// <summary>
    /// Ids of the tests hold the number of the process that runs them (<see cref="WorkDirectory.Name"/>).
    /// </summary>
    private static bool IsOfAnotherRun(string directory)
    {
        const string Mark = "csrun-test-";
        int start = directory.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        string pid = new([.. directory.Skip(start).TakeWhile(char.IsAsciiDigit)]);
        return start >= Mark.Length && pid.Length > 0
            && pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            && Directory.Exists("/proc/" + pid);
    }

    internal static IEnumerable<string> CgroupMounts()
    {
        return File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' '))
            .Where(fields => fields[Array.IndexOf(fields, "-") + 1] is "cgroup" or "cgroup2")
            .Select(fields => fields[4]);
    }

    internal static IEnumerable<KeyValuePair<string, string>> NetworkInterfaces()
    {
        return Directory.GetFileSystemEntries("/sys/class/net").Select(path => KeyValuePair.Create(path, ""));
    }

    internal static IEnumerable<KeyValuePair<string, string>> KernelSettings()
    {
        return s_settings.Select(name => Path.Combine("/proc/sys", name)).Where(File.Exists)
            .Select(path => KeyValuePair.Create(path, ReadOrReason(path)));
    }

    /// <summary>The names in /dev, and what exactly /dev/null and its like are.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Devices()
    {
        foreach (string path in Directory.GetFileSystemEntries("/dev"))
        {
            yield return KeyValuePair.Create(path, "");
        }

        foreach (string path in new[] { "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
            "/dev/tty", "/dev/ptmx" })
        {
            if (Syscall.lstat(path, out Stat stat) == 0)
            {
                yield return KeyValuePair.Create(
                    $"{path} itself", $"{stat.st_mode} {stat.st_rdev:x} {stat.st_uid}:{stat.st_gid}");
            }
        }
    }

    private static IEnumerable<string> DirectoriesBelow(string top)
    {
        EnumerationOptions all =
            new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 };
        try
        {
            return Directory.GetDirectories(top, "*", all);
        }
        catch (DirectoryNotFoundException)
        {
            return DirectoriesBelow(top); // one was removed while we looked
        }
    }

    private static bool IsAtOrBelow(string path, string top)
    {
        return path == top || path.StartsWith(top + "/", StringComparison.Ordinal);
    }

    private static string ReadOrReason(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }
}
