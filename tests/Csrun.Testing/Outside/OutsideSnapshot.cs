using System;
using System.Collections.Generic;
using System.Linq;

namespace Csrun.Testing.Outside;

/// <summary>Where the invariant looks besides the machine itself.</summary>
/// <param name="Binary">The executable under test; null where there is none.</param>
/// <param name="StateRoot">The test's own --root.</param>
/// <param name="Canary">A tree beside the bundles that nothing may touch.</param>
public sealed record OutsideScope(string? Binary, string StateRoot, string Canary);

/// <summary>
/// What can be seen of the machine around a container, as subject, object and state. Two snapshots that differ mean
/// that something escaped or was left behind.
/// </summary>
public sealed class OutsideSnapshot
{
    private readonly SortedDictionary<string, string> _seen;

    private OutsideSnapshot(SortedDictionary<string, string> seen)
    {
        _seen = seen;
    }

    /// <summary>Looks at everything once.</summary>
    public static OutsideSnapshot Take(OutsideScope scope)
    {
        SortedDictionary<string, string> seen = new(StringComparer.Ordinal);
        Add(seen, "mount", Machine.Mounts());
        Add(seen, "cgroup", Machine.Cgroups());
        Add(seen, "network interface", Machine.NetworkInterfaces());
        Add(seen, "kernel setting", Machine.KernelSettings());
        Add(seen, "device", Machine.Devices());
        Add(seen, "process", Processes.Descendants());
        Add(seen, "of this process", OwnProcess.Look());
        Add(seen, "fd of this process", OwnProcess.Descriptors());
        foreach (string state in new[] { "/run/csrun", "/run/runc", "/run/crun", scope.StateRoot })
        {
            Add(seen, "state", Trees.Look(state, withContent: false));
        }

        Add(seen, "canary", Trees.Look(scope.Canary, withContent: true));
        if (scope.Binary is not null)
        {
            Add(seen, "binary", Trees.Look(scope.Binary, withContent: true));
        }

        return new OutsideSnapshot(seen);
    }

    /// <summary>One line for each object that came, went or changed.</summary>
    public IReadOnlyList<string> DifferencesTo(OutsideSnapshot later)
    {
        IEnumerable<string> gone = _seen.Where(was => !later._seen.ContainsKey(was.Key))
            .Select(was => $"- {was.Key}  {was.Value}");
        IEnumerable<string> come = later._seen.Where(now => !_seen.ContainsKey(now.Key))
            .Select(now => $"+ {now.Key}  {now.Value}");
        IEnumerable<string> changed = _seen
            .Where(was => later._seen.TryGetValue(was.Key, out string? now) && now != was.Value)
            .Select(was => $"~ {was.Key}  {was.Value}  ->  {later._seen[was.Key]}");
        return [.. come, .. gone, .. changed];
    }

    private static void Add(
        SortedDictionary<string, string> seen, string subject, IEnumerable<KeyValuePair<string, string>> found)
    {
        foreach (KeyValuePair<string, string> item in found)
        {
            seen[$"{subject} {item.Key}"] = item.Value;
        }
    }
}
