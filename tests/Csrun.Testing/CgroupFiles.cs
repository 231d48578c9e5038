using System;
using System.IO;
using System.Linq;

namespace Csrun.Testing;

/// <summary>Where a process stands in a hierarchy, as the host sees it.</summary>
public static class CgroupFiles
{
    /// <summary>The directory of a process in the hierarchy of a controller.</summary>
    public static string Directory(string controller, int pid)
    {
        string line = File.ReadAllLines($"/proc/{pid}/cgroup")
            .Single(entry => entry.Split(':')[1].Split(',').Contains(controller));
        return Path.Join($"/sys/fs/cgroup/{controller}", line.Split(':', 3)[2]);
    }

    /// <summary>What one of its files says.</summary>
    public static string Read(string controller, int pid, string file)
    {
        return File.ReadAllText(Path.Combine(Directory(controller, pid), file)).Trim();
    }

    /// <summary>This process's own path in a hierarchy, without a trailing slash.</summary>
    public static string OwnPath(string controller)
    {
        return Directory(controller, Environment.ProcessId)[$"/sys/fs/cgroup/{controller}".Length..].TrimEnd('/');
    }
}
