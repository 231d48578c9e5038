using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Csrun.Conformance.Tests;

/// <summary>The state object of the specification, as its state-schema.json describes it.</summary>
internal static class StateObject
{
    /// <summary>A version as semver.org writes it.</summary>
    internal const string Version = @"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$";

    private static readonly string[] s_statuses = ["creating", "created", "running", "stopped"];

    /// <summary>What the schema has against an object; further members are allowed.</summary>
    internal static IEnumerable<string> Faults(JsonObject state)
    {
        if (!Regex.IsMatch(Text(state, "ociVersion"), Version))
        {
            yield return "ociVersion";
        }

        foreach (string name in new[] { "id", "bundle" }.Where(name => Text(state, name).Length == 0))
        {
            yield return name;
        }

        if (!s_statuses.Contains(Text(state, "status")))
        {
            yield return "status";
        }

        if (state.ContainsKey("pid") && !(state["pid"] is JsonValue pid && pid.TryGetValue(out int id) && id >= 0))
        {
            yield return "pid";
        }

        if (state.ContainsKey("annotations") && !(state["annotations"] is JsonObject map
            && map.All(entry => entry.Key.Length > 0 && entry.Value?.GetValueKind() == JsonValueKind.String)))
        {
            yield return "annotations";
        }
    }

    /// <summary>A member that is a string; empty where it is not.</summary>
    internal static string Text(JsonObject state, string name)
    {
        return state[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
    }
}
