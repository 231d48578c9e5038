using System;
using System.Collections.Generic;

namespace Csrun.Checkpoint;

/// <summary>A process's cgroups as /proc/PID/cgroup has them (cgroups(7)).</summary>
internal static class CgroupRoots
{
    /// <summary>Controllers and path of each hierarchy; cgroup v2 has no controllers there.</summary>
    public static IReadOnlyList<(string Controllers, string Path)> Of(string membership)
    {
        List<(string Controllers, string Path)> roots = [];
        foreach (Range range in membership.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = membership.AsSpan()[range];
            int first = line.IndexOf(':');
            int second = first < 0 ? -1 : line[(first + 1)..].IndexOf(':');
            if (second >= 0)
            {
                ReadOnlySpan<char> rest = line[(first + 1)..];
                roots.Add((rest[..second].ToString(), rest[(second + 1)..].ToString()));
            }
        }

        return roots;
    }
}
