using System;
using System.Collections.Generic;
using System.Text.Json;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// What csrun keeps of a container between commands (state.json), with runc's names for what runc keeps too. The status
/// is not in it: that is worked out from the process, exec.fifo and the freezer whenever it is asked for.
/// </summary>
public sealed record ContainerRecord
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The first process; pid 0 while it is being created.</summary>
    public ProcessIdentity Init { get; init; }

    /// <summary>Whether its create is not over yet, although the first process is known: hooks run.</summary>
    public bool IsBeingCreated { get; init; }

    /// <summary>When it was created, RFC 3339 in UTC.</summary>
    public required string Created { get; init; }

    /// <summary>The bundle's directory, absolute.</summary>
    public required string Bundle { get; init; }

    /// <summary>The root file system's directory, absolute.</summary>
    public required string Rootfs { get; init; }

    /// <summary>The cgroup directories: the hierarchy's controllers and the absolute path.</summary>
    public required IReadOnlyDictionary<string, string> CgroupPaths { get; init; }

    /// <summary>The systemd unit that its cgroups belong to; null where csrun made them.</summary>
    public string? SystemdUnit { get; init; }

    /// <summary>The socket of the systemd that has the unit; null where csrun made the cgroups.</summary>
    public string? SystemdBus { get; init; }

    /// <summary>Its groups of resource control; null where it has none.</summary>
    public ResctrlPaths? Resctrl { get; init; }

    /// <summary>The namespaces that are the container's own or that it joined: those that exec enters.</summary>
    public required NamespaceType Namespaces { get; init; }

    /// <summary>Whether its processes share a session keyring of the container's own.</summary>
    public required bool HasSessionKeyring { get; init; }

    /// <summary>
    /// What it got as standard input, output and error, by <see cref="StreamName"/>; null where it has a terminal, or
    /// mounts that are not its own.
    /// </summary>
    public string[]? Streams { get; init; }

    /// <summary>Whether it was made with a shim.</summary>
    public bool HasShim { get; init; }

    /// <summary>Whether the first process has a pid namespace of its own, whose end ends all its processes.</summary>
    public bool HasPidNamespace => (Namespaces & NamespaceType.Pid) != 0;

    /// <summary>
    /// config.json as it was at create: what later commands read of it (LIF-05: later edits count for nothing).
    /// </summary>
    public ReadOnlyMemory<byte> ConfigJson { get; init; }

    /// <summary>config.json's annotations.</summary>
    public IReadOnlyDictionary<string, string> ReadAnnotations()
    {
        Dictionary<string, string> annotations = [];
        Utf8JsonReader reader = new(ConfigJson.Span);
        if (FindObject(ref reader, "annotations"u8))
        {
            ReadMap(ref reader, annotations);
        }

        return annotations;
    }

    /// <summary>Whether its processes keep their caller's groups, which a glance at the bytes mostly denies.</summary>
    public bool KeepsGroups()
    {
        return ConfigJson.Span.IndexOf("run.oci.keep_original_groups"u8) >= 0
            && ReadAnnotations().ContainsKey(ProcessPlan.KeepGroupsAnnotation);
    }

    /// <summary>config.json's process; null where it has none.</summary>
    public Process? ReadProcess()
    {
        ReadOnlySpan<byte> process = Member("process"u8);
        return process.IsEmpty ? null : ConfigReader.ReadProcess(process, out _);
    }

    /// <summary>config.json's personality; null where it has none, which a glance at the bytes mostly tells.</summary>
    public PersonalityDomain? ReadPersonality()
    {
        string? word = ConfigJson.Span.IndexOf("\"personality\""u8) < 0
            ? null
            : ConfigReader.Read(ConfigJson.Span, out _)?.Linux?.Personality?.Domain;
        return PersonalityDomainWords.TryParse(word, out PersonalityDomain domain) ? domain : null;
    }

    /// <summary>config.json's hooks; null where it has none, which a glance at the bytes mostly tells.</summary>
    public Hooks? ReadHooks()
    {
        ReadOnlySpan<byte> hooks = ConfigJson.Span.IndexOf("\"hooks\""u8) < 0 ? default : Member("hooks"u8);
        return hooks.IsEmpty ? null : ConfigReader.ReadHooks(hooks, out _);
    }

    /// <summary>
    /// config.json's seccomp profile; null where it has none, which a glance at the bytes mostly tells.
    /// </summary>
    public LinuxSeccomp? ReadSeccomp()
    {
        if (ConfigJson.Span.IndexOf("\"seccomp\""u8) < 0)
        {
            return null;
        }

        Utf8JsonReader reader = new(ConfigJson.Span);
        if (!FindObject(ref reader, "linux"u8))
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals("seccomp"u8);
            reader.Read();
            int from = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found)
            {
                return ConfigReader.ReadSeccomp(ConfigJson.Span[from..(int)reader.BytesConsumed], out _);
            }
        }

        return null;
    }

    /// <summary>The document; config.json comes last, so that most commands need not read that far.</summary>
    internal JsonBytes ToJson()
    {
        const int RoomForNames = 4096;
        JsonBytes json = new(ConfigJson.Length + RoomForNames);
        json.BeginObject();
        json.Name("id"u8);
        json.Value(Id);
        json.Name("init_process_pid"u8);
        json.Value(Init.Pid);
        json.Name("init_process_start"u8);
        json.Value(Init.StartTime);
        if (IsBeingCreated)
        {
            json.Name("creating"u8);
            json.Value(true);
        }

        json.Name("created"u8);
        json.Value(Created);
        WriteConfig(ref json);
        json.Name("cgroup_paths"u8);
        json.BeginObject();
        foreach ((string controllers, string path) in CgroupPaths)
        {
            json.Name(controllers);
            json.Value(path);
        }

        json.EndObject();
        if (SystemdUnit is not null)
        {
            json.Name("systemd_unit"u8);
            json.Value(SystemdUnit);
            json.Name("systemd_bus"u8);
            json.Value(SystemdBus!);
        }

        if (Resctrl is not null)
        {
            WriteResctrl(ref json, Resctrl);
        }

        WriteNamespaces(ref json);
        json.Name("bundle"u8);
        json.Value(Bundle);
        json.Name("namespaces"u8);
        json.Value((long)Namespaces);
        json.Name("has_session_keyring"u8);
        json.Value(HasSessionKeyring);
        if (Streams is not null)
        {
            json.Name("external_descriptors"u8);
            json.BeginArray();
            foreach (string stream in Streams)
            {
                json.Value(stream);
            }

            json.EndArray();
        }

        if (HasShim)
        {
            json.Name("shim"u8);
            json.Value(true);
        }

        json.Name("config_json"u8);
        json.Json(ConfigJson.Span);
        json.EndObject();
        return json;
    }

    /// <summary>Reads the document; null when it is not one of ours.</summary>
    internal static ContainerRecord? FromJson(ReadOnlyMemory<byte> json)
    {
        Utf8JsonReader reader = new(json.Span);
        Dictionary<string, string> texts = [];
        Dictionary<string, string> cgroups = [];
        ulong start = 0;
        int pid = 0;
        NamespaceType namespaces = 0;
        bool hasSessionKeyring = false;
        bool isBeingCreated = false;
        bool hasShim = false;
        string[]? streams = null;
        ReadOnlyMemory<byte> config = default;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                switch (name)
                {
                    case "init_process_pid":
                        pid = reader.GetInt32();
                        break;
                    case "init_process_start":
                        start = reader.GetUInt64();
                        break;
                    case "namespaces":
                        namespaces = (NamespaceType)reader.GetUInt32();
                        break;
                    case "has_session_keyring":
                        hasSessionKeyring = reader.GetBoolean();
                        break;
                    case "creating":
                        isBeingCreated = reader.GetBoolean();
                        break;
                    case "shim":
                        hasShim = reader.GetBoolean();
                        break;
                    case "external_descriptors":
                        streams = ReadList(ref reader);
                        break;
                    case "cgroup_paths":
                        ReadMap(ref reader, cgroups);
                        break;
                    case "config_json":
                        int from = (int)reader.TokenStartIndex;
                        reader.Skip();
                        config = json[from..(int)reader.BytesConsumed];
                        break;
                    case "config":
                        ReadMap(ref reader, texts);
                        break;
                    default:
                        if (reader.TokenType == JsonTokenType.String)
                        {
                            texts[name] = reader.GetString()!;
                        }
                        else
                        {
                            reader.Skip();
                        }

                        break;
                }
            }

            return new ContainerRecord
            {
                Id = texts["id"],
                Init = new ProcessIdentity(pid, start),
                IsBeingCreated = isBeingCreated,
                Created = texts["created"],
                Bundle = texts["bundle"],
                Rootfs = texts["rootfs"],
                CgroupPaths = cgroups,
                SystemdUnit = texts.GetValueOrDefault("systemd_unit"),
                SystemdBus = texts.GetValueOrDefault("systemd_bus"),
                Resctrl = texts.TryGetValue("intel_rdt_path", out string? group)
                    ? new ResctrlPaths(
                        group, texts.GetValueOrDefault("intel_rdt_monitor_path"),
                        texts.ContainsKey("intel_rdt_own_path"))
                    : null,
                Namespaces = namespaces,
                HasSessionKeyring = hasSessionKeyring,
                Streams = streams,
                HasShim = hasShim,
                ConfigJson = config,
            };
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Goes to the start of an object that is a member of the document.</summary>
    private static bool FindObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        _ = reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            _ = reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>An object that is a member of config.json; empty where there is none.</summary>
    private ReadOnlySpan<byte> Member(ReadOnlySpan<byte> name)
    {
        Utf8JsonReader reader = new(ConfigJson.Span);
        if (!FindObject(ref reader, name))
        {
            return default;
        }

        int from = (int)reader.TokenStartIndex;
        reader.Skip();
        return ConfigJson.Span[from..(int)reader.BytesConsumed];
    }

    /// <summary>What tools read of runc's config: the root and the bundle.</summary>
    private void WriteConfig(ref JsonBytes json)
    {
        json.Name("config"u8);
        json.BeginObject();
        json.Name("rootfs"u8);
        json.Value(Rootfs);
        json.Name("labels"u8);
        json.BeginArray();
        json.Value("bundle=" + Bundle);
        json.EndArray();
        json.EndObject();
    }

    private static void WriteResctrl(ref JsonBytes json, ResctrlPaths paths)
    {
        json.Name("intel_rdt_path"u8);
        json.Value(paths.Group);
        if (paths.IsOurs)
        {
            json.Name("intel_rdt_own_path"u8);
            json.Value(paths.Group);
        }

        if (paths.Monitor is not null)
        {
            json.Name("intel_rdt_monitor_path"u8);
            json.Value(paths.Monitor);
        }
    }

    private void WriteNamespaces(ref JsonBytes json)
    {
        json.Name("namespace_paths"u8);
        json.BeginObject();
        if (Init.Pid != 0)
        {
            string directory = "/proc/" + Init.Pid + "/ns/";
            ReadOnlySpan<string> kinds =
            [
                "NEWCGROUP", "cgroup", "NEWIPC", "ipc", "NEWNET", "net", "NEWNS", "mnt", "NEWPID", "pid",
                "NEWUSER", "user", "NEWUTS", "uts",
            ];
            for (int i = 0; i < kinds.Length; i += 2)
            {
                json.Name(kinds[i]);
                json.Value(directory + kinds[i + 1]);
            }
        }

        json.EndObject();
    }

    /// <summary>The strings of an array of strings.</summary>
    private static string[] ReadList(ref Utf8JsonReader reader)
    {
        List<string> list = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            list.Add(reader.GetString()!);
        }

        return [.. list];
    }

    /// <summary>The members of an object that are strings.</summary>
    private static void ReadMap(ref Utf8JsonReader reader, Dictionary<string, string> map)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                map[name] = reader.GetString()!;
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
