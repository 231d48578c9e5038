using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Testing.Recorded;

/// <summary>A recorded config.json whose paths lead to living things.</summary>
public static class LivingConfig
{
    /// <summary>Makes what it names in <paramref name="place"/>, and writes the bundle's config.json.</summary>
    /// <param name="recording">What is lived again.</param>
    /// <param name="place">Where.</param>
    /// <param name="program">A program in the place of the recorded one.</param>
    public static JsonObject Write(Recording recording, LivingPlace place, string[]? program)
    {
        return Write(recording.Document("config.json"), recording.ContainerId, place, program);
    }

    /// <summary>The same for any config.json.</summary>
    /// <param name="config">The configuration, which is changed.</param>
    /// <param name="id">What linux.cgroupsPath calls the container.</param>
    /// <param name="place">Where it is to live.</param>
    /// <param name="program">A program in the place of its own.</param>
    public static JsonObject Write(JsonObject config, string id, LivingPlace place, string[]? program)
    {
        JsonObject linux = config["linux"]!.AsObject();
        if (program is not null)
        {
            config["process"]!["args"] = new JsonArray([.. program.Select(word => JsonValue.Create(word))]);
        }

        config["root"]!["path"] = Root(config, place);
        foreach (JsonObject mount in Objects(config["mounts"]))
        {
            mount["source"] = Source(mount, place);
        }

        foreach (JsonObject hook in (config["hooks"] as JsonObject ?? []).SelectMany(kind => Objects(kind.Value)))
        {
            hook["path"] = place.Hook;
        }

        foreach (JsonObject entry in Objects(linux["namespaces"]).Where(entry => entry.ContainsKey("path")))
        {
            entry["path"] = Namespace((string)entry["path"]!, place);
        }

        if ((string?)linux["cgroupsPath"] is string cgroup && cgroup.StartsWith('/'))
        {
            string own = cgroup.Replace(id, place.Id, StringComparison.Ordinal);
            linux["cgroupsPath"] = place.CgroupParent + own;
        }

        File.WriteAllText(Path.Combine(place.Bundle, "config.json"), config.ToJsonString());
        return config;
    }

    private static string Root(JsonObject config, LivingPlace place)
    {
        string recorded = (string)config["root"]!["path"]!;
        if (config["linux"]!["uidMappings"] is JsonArray maps)
        {
            JsonNode ofRoot = maps.Single(map => (long)map!["containerID"]! == 0)!;
            return place.RootOf((long)ofRoot["hostID"]!);
        }

        if (recorded.StartsWith('/'))
        {
            return place.OverlayRoot();
        }

        RootTemplate.CopyTo(Path.Combine(place.Bundle, recorded));
        return recorded;
    }

    // The machine's own devices and pseudo file systems are bound as recorded, where it has them.
    private static string? Source(JsonObject mount, LivingPlace place)
    {
        string? source = (string?)mount["source"];
        if (source is null || !source.StartsWith('/'))
        {
            return source;
        }

        bool ofMachine = source.StartsWith("/dev/", StringComparison.Ordinal)
            || source.StartsWith("/sys", StringComparison.Ordinal);
        return !ofMachine ? place.Source((string)mount["destination"]!)
            : File.Exists(source) || Directory.Exists(source) ? source
            : "/dev/null";
    }

    private static string Namespace(string recorded, LivingPlace place)
    {
        return recorded.StartsWith("/proc/", StringComparison.Ordinal)
            ? Path.Combine(place.NamespacesOfPod(), Path.GetFileName(recorded))
            : place.BoundNetworkNamespace();
    }

    private static JsonObject[] Objects(JsonNode? array)
    {
        return array is JsonArray entries ? [.. entries.Select(entry => entry!.AsObject())] : [];
    }
}
