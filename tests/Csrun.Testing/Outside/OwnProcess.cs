using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.Testing.Outside;

/// <summary>What of the caller itself a runtime could disturb.</summary>
internal static class OwnProcess
{
    // What .NET opens by itself, now and then: its event loop and the assemblies it loads.
    private static readonly string[] s_dotnet =
        ["anon_inode:[eventpoll]", "anon_inode:[eventfd]", "socket:", "/usr/share/dotnet", "/usr/lib/dotnet"];

    internal static IEnumerable<KeyValuePair<string, string>> Look()
    {
        foreach (string link in Directory.GetFileSystemEntries("/proc/self/ns").Append("/proc/self/cwd")
            .Append("/proc/self/root"))
        {
            yield return KeyValuePair.Create(link, File.ResolveLinkTarget(link, false)?.ToString() ?? "");
        }

        yield return KeyValuePair.Create("cgroups", File.ReadAllText("/proc/self/cgroup").Replace('\n', ' '));
        foreach (string line in File.ReadAllLines("/proc/self/status")
            .Where(line => line.StartsWith("Umask", StringComparison.Ordinal)))
        {
            yield return KeyValuePair.Create("umask", line);
        }
    }

    internal static IEnumerable<KeyValuePair<string, string>> Descriptors()
    {
        foreach (string fd in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            string? target = Target(fd);
            if (target is not null && !target.StartsWith("/proc/", StringComparison.Ordinal)
                && !target.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal)
                && !s_dotnet.Any(own => target.StartsWith(own, StringComparison.Ordinal)))
            {
                yield return KeyValuePair.Create(Path.GetFileName(fd), target);
            }
        }
    }

    // The listing's own descriptor is gone by now.
    private static string? Target(string fd)
    {
        try
        {
            return new FileInfo(fd).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
