using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>exec --cgroup: cgroups below the container's, which must be there already.</summary>
internal static class SubCgroups
{
    /// <summary>The container's cgroup paths with the given ones in their place.</summary>
    /// <param name="paths">Controller to absolute path, the empty name for version 2.</param>
    /// <param name="words">PATH for all hierarchies, or CONTROLLER[,CONTROLLER...]:PATH, once for each
    /// controller.</param>
    /// <exception cref="RuntimeException">A word says no such thing.</exception>
    public static IReadOnlyDictionary<string, string> Apply(
        IReadOnlyDictionary<string, string> paths, IReadOnlyList<string> words)
    {
        Dictionary<string, string> result = new(paths, StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string word in words)
        {
            string[] parts = word.Split(':');
            if (parts.Length > 2 || (parts.Length == 1 && words.Count > 1))
            {
                throw new RuntimeException(
                    "invalid --cgroup argument: " + word
                        + (parts.Length == 1 ? " (missing <controller>: prefix)" : string.Empty));
            }

            string[] controllers = parts.Length == 1 ? [.. paths.Keys] : parts[0].Split(',');
            foreach (string controller in controllers)
            {
                if (!seen.Add(controller))
                {
                    throw new RuntimeException(
                        "invalid --cgroup argument(s): controller " + controller + " specified multiple times");
                }

                result[controller] = Below(paths, controller, parts[^1]);
            }
        }

        return result;
    }

    private static string Below(IReadOnlyDictionary<string, string> paths, string controller, string path)
    {
        if (!paths.TryGetValue(controller, out string? top))
        {
            throw new KernelException(
                "unknown controller \"" + controller + "\"", string.Empty, Errno.None, "--cgroup");
        }

        // A path that leaves the container's cgroup anywhere on its way is none of its own, wherever it ends.
        int depth = 0;
        foreach (string part in path.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                throw new KernelException("bad sub cgroup path: " + path, string.Empty, Errno.None, "--cgroup");
            }
        }

        return top + "/" + path.Trim('/');
    }
}
