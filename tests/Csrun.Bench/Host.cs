using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Csrun.Bench;

/// <summary>The machine that was measured on, and how quiet it was.</summary>
internal static class Host
{
    internal static string Describe()
    {
        string model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) ?? "model name: unknown";
        string kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        string cgroups = File.Exists("/sys/fs/cgroup/cgroup.controllers") ? "cgroup v2"
            : Directory.Exists("/sys/fs/cgroup/unified") ? "cgroup v1 with an empty v2" : "cgroup v1";
        return $"{model.Split(':')[1].Trim()}, {Environment.ProcessorCount} cores, Linux {kernel}, {cgroups}";
    }

    /// <summary>Processes that wanted a core, in the minute before.</summary>
    internal static double Load()
    {
        return double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>A runtime's version, from the first line that --version prints.</summary>
    internal static string VersionOf(string binary)
    {
        return Programs.Run(binary, "--version").Lines[0].Split(' ')[^1];
    }
}
