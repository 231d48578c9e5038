using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Csrun.Testing;

/// <summary>
/// A bundle of a test: a busybox root and a config.json that starts as `runc spec` writes it, without a terminal.
/// Change <see cref="Config"/> freely; it is written when the bundle is used.
/// </summary>
public sealed class Bundle
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <param name="path">A directory that does not exist yet.</param>
    /// <param name="applets">The links to busybox that its root has; by default all.</param>
    public Bundle(string path, IReadOnlyList<string>? applets = null)
    {
        Path = path;
        RootTemplate.CopyTo(Rootfs, applets);
        Config = DefaultConfig();
        Config["process"]!["terminal"] = false;
    }

    /// <summary>The bundle's directory.</summary>
    public string Path { get; }

    /// <summary>Its root filesystem, as the host sees it.</summary>
    public string Rootfs => System.IO.Path.Combine(Path, "rootfs");

    /// <summary>config.json.</summary>
    public JsonObject Config { get; private set; }

    /// <summary>config.json's process.</summary>
    public JsonObject Process => Config["process"]!.AsObject();

    /// <summary>config.json's linux.</summary>
    public JsonObject Linux => Config["linux"]!.AsObject();

    /// <summary>config.json's linux.resources, made where absent.</summary>
    public JsonObject Resources => Child(Linux, "resources");

    /// <summary>What `runc spec` of runc 1.1.5 writes.</summary>
    public static JsonObject DefaultConfig()
    {
        using Stream stream = typeof(Bundle).Assembly.GetManifestResourceStream("default-config.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>Takes another config.json altogether.</summary>
    public Bundle ConfigFrom(JsonObject config)
    {
        Config = config;
        return this;
    }

    /// <summary>Sets process.args.</summary>
    public Bundle Args(params string[] arguments)
    {
        Process["args"] = Array(arguments);
        return this;
    }

    /// <summary>Sets process.args to a script for the container's shell.</summary>
    public Bundle Sh(string script)
    {
        return Args("/bin/sh", "-c", script);
    }

    /// <summary>Adds to process.env.</summary>
    public Bundle Env(string entry)
    {
        Process["env"]!.AsArray().Add(entry);
        return this;
    }

    /// <summary>Sets process.user.</summary>
    public Bundle User(uint uid, uint gid, params uint[] additionalGids)
    {
        Process["user"] = new JsonObject { ["uid"] = uid, ["gid"] = gid };
        if (additionalGids.Length > 0)
        {
            Process["user"]!["additionalGids"] = new JsonArray([.. additionalGids.Select(id => JsonValue.Create(id))]);
        }

        return this;
    }

    /// <summary>Makes the root writable.</summary>
    public Bundle WritableRoot()
    {
        Config["root"]!["readonly"] = false;
        return this;
    }

    /// <summary>Gives all sets of capabilities these names; none at all empties them.</summary>
    public Bundle Capabilities(params string[] names)
    {
        JsonObject sets = [];
        foreach (string set in new[] { "bounding", "effective", "permitted" })
        {
            sets[set] = Array(names);
        }

        Process["capabilities"] = sets;
        return this;
    }

    /// <summary>Adds a mount.</summary>
    public Bundle Mount(string destination, string type, string source, params string[] options)
    {
        Config["mounts"]!.AsArray().Add(new JsonObject
        {
            ["destination"] = destination,
            ["type"] = type,
            ["source"] = source,
            ["options"] = Array(options),
        });
        return this;
    }

    /// <summary>The mount at a destination.</summary>
    public JsonObject MountAt(string destination)
    {
        return Config["mounts"]!.AsArray().Single(mount => (string?)mount!["destination"] == destination)!.AsObject();
    }

    /// <summary>Takes a namespace away, so that the caller's is used.</summary>
    public Bundle WithoutNamespace(string type)
    {
        JsonArray namespaces = Linux["namespaces"]!.AsArray();
        namespaces.Remove(namespaces.Single(entry => (string?)entry!["type"] == type));
        return this;
    }

    /// <summary>Joins a namespace by path instead of making one.</summary>
    public Bundle NamespaceAt(string type, string path)
    {
        if (Linux["namespaces"]!.AsArray().Any(entry => (string?)entry!["type"] == type))
        {
            WithoutNamespace(type);
        }

        Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = type, ["path"] = path });
        return this;
    }

    /// <summary>Any other change.</summary>
    public Bundle With(Action<Bundle> change)
    {
        change(this);
        return this;
    }

    /// <summary>Writes config.json, whole at every moment: tests that race use the bundle twice.</summary>
    public Bundle Save()
    {
        string file = System.IO.Path.Combine(Path, "config.json");
        string whole = System.IO.Path.Combine(Path, Guid.NewGuid().ToString("N"));
        File.WriteAllText(whole, Config.ToJsonString(s_indented));
        File.Move(whole, file, overwrite: true);
        return this;
    }

    internal static JsonArray Array(IEnumerable<string> entries)
    {
        return new JsonArray([.. entries.Select(entry => JsonValue.Create(entry))]);
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }
}
