using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Conformance.Tests;

/// <summary>Changes of config.json as a text: see <see cref="Case"/>.</summary>
internal static class BundleChange
{
    /// <summary>Applies all parts of a text, in order.</summary>
    /// <param name="config">config.json.</param>
    /// <param name="changes">The text.</param>
    /// <param name="places">What stands for the words that begin with $.</param>
    internal static void Apply(JsonObject config, string changes, IReadOnlyDictionary<string, string> places)
    {
        foreach (string change in changes.Split(" ; ", StringSplitOptions.RemoveEmptyEntries))
        {
            string text = places.Aggregate(
                change.Trim(), (whole, place) => whole.Replace(place.Key, place.Value, StringComparison.Ordinal));
            int at = text.IndexOf('=', StringComparison.Ordinal);
            if (text == "reversed")
            {
                Reverse(config);
            }
            else if (at < 0)
            {
                Remove(config, text.TrimEnd('-'));
            }
            else if (text[at - 1] == '+')
            {
                Append(config, text[..(at - 1)], Value(text[(at + 1)..]));
            }
            else
            {
                Set(config, text[..at], Value(text[(at + 1)..]));
            }
        }
    }

    // The members of all objects in the opposite order.
    private static void Reverse(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? entry in list)
            {
                Reverse(entry);
            }
        }
        else if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members.Reverse().ToList())
            {
                Reverse(value);
                _ = members.Remove(name);
                members[name] = value;
            }
        }
    }

    private static JsonNode? Value(string json)
    {
        return JsonNode.Parse(json.Replace("\\'", "\\u0027", StringComparison.Ordinal).Replace('\'', '"'));
    }

    private static void Append(JsonObject config, string path, JsonNode? value)
    {
        (JsonNode parent, string name) = Find(config, path);
        if (parent[name] is not JsonArray list)
        {
            parent[name] = list = [];
        }

        list.Add(value);
    }

    private static void Set(JsonObject config, string path, JsonNode? value)
    {
        (JsonNode parent, string name) = Find(config, path);
        if (parent is JsonArray list)
        {
            list[int.Parse(name, CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            parent[name] = value;
        }
    }

    private static void Remove(JsonObject config, string path)
    {
        (JsonNode parent, string name) = Find(config, path);
        if (parent is JsonArray list)
        {
            list.RemoveAt(int.Parse(name, CultureInfo.InvariantCulture));
        }
        else
        {
            _ = parent.AsObject().Remove(name);
        }
    }

    // The parent of what a path names; objects on the way are made.
    private static (JsonNode Parent, string Name) Find(JsonObject config, string path)
    {
        string[] names = path.Split('.');
        JsonNode at = config;
        foreach (string name in names[..^1])
        {
            at = at is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)]!
            : at[name] ??= new JsonObject();
        }

        return (at, names[^1]);
    }
}
