using System;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Ttrpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Task;

/// <summary>
/// The options of the runc shim, which clients send to this one too, in the several forms they come in: the message
/// itself; a table of TOML, for a runtime that containerd does not know; JSON, in the bundle for <c>delete</c>.
/// </summary>
internal static class RuncOptions
{
    /// <summary>Where containers' states lie when the options name no place; the namespace comes behind.</summary>
    public const string DefaultRoot = "/run/containerd/csrun";

    /// <summary>
    /// Reads options; none and unknown types (those of containerd's first shims among them) are defaults.
    /// </summary>
    /// <exception cref="TtrpcException">InvalidArgument: they are broken.</exception>
    public static Options Read(Any? any)
    {
        return any is null ? new Options() : Read(any, type => type switch
        {
            "containerd.runc.v1.Options" => Message.Read<Options>(any.Value.Span),
            "runtimeoptions.v1.Options" => ReadRuntimeOptions(any.Value),
            _ => new Options(),
        });
    }

    /// <summary>Reads the options of a Checkpoint; none are defaults.</summary>
    /// <exception cref="TtrpcException">InvalidArgument: they are broken, or nobody knows what they ask.</exception>
    public static CheckpointOptions ReadCheckpoint(Any? any)
    {
        // The first shims' message has the same fields.
        return any is null ? new CheckpointOptions() : Read(any, type =>
            type is "containerd.runc.v1.CheckpointOptions" or "containerd.linux.runc.CheckpointOptions"
                ? Message.Read<CheckpointOptions>(any.Value.Span)
                : throw new TtrpcException(StatusCode.InvalidArgument, "checkpoint options of type " + any.TypeUrl));
    }

    private static T Read<T>(Any any, Func<string, T> readType)
    {
        try
        {
            return readType(any.TypeUrl[(any.TypeUrl.LastIndexOf('/') + 1)..]);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new TtrpcException(
                StatusCode.InvalidArgument, "options of type " + any.TypeUrl + ": " + error.Message);
        }
    }

    /// <summary>The state root of a namespace.</summary>
    public static string StateRoot(Options options, string containerdNamespace)
    {
        return (options.Root.Length == 0 ? DefaultRoot : options.Root) + "/" + containerdNamespace;
    }

    /// <summary>The options as the bundle's options.json has them: the names of the reference shim.</summary>
    public static byte[] ToJson(Options options)
    {
        System.Buffers.ArrayBufferWriter<byte> json = new(256);
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            WriteFlag(writer, "no_pivot_root", options.NoPivotRoot);
            WriteFlag(writer, "no_new_keyring", options.NoNewKeyring);
            WriteText(writer, "shim_cgroup", options.ShimCgroup);
            WriteNumber(writer, "io_uid", options.IoUid);
            WriteNumber(writer, "io_gid", options.IoGid);
            WriteText(writer, "binary_name", options.BinaryName);
            WriteText(writer, "root", options.Root);
            WriteFlag(writer, "systemd_cgroup", options.SystemdCgroup);
            WriteText(writer, "criu_work_path", options.CriuWorkPath);
            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }

    /// <summary>The root that options.json names; empty where it names none.</summary>
    public static string RootOf(byte[]? json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            _ = json is null || reader.Read();
            while (json is not null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isRoot = reader.ValueTextEquals("root"u8);
                _ = reader.Read();
                if (isRoot && reader.TokenType == JsonTokenType.String)
                {
                    return reader.GetString()!;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // A file that was not written to its end: the create did not get far.
        }

        return "";
    }

    private static Options ReadRuntimeOptions(ByteString value)
    {
        Messages.RuntimeOptions.Options outer = Message.Read<Messages.RuntimeOptions.Options>(value.Span);
        byte[]? table = outer.ConfigBody.Length > 0 ? outer.ConfigBody.ToByteArray()
            : outer.ConfigPath.Length > 0 ? Files.Read(outer.ConfigPath)
                ?? throw new TtrpcException(
                    StatusCode.InvalidArgument, "options file " + outer.ConfigPath + " cannot be read")
            : null;
        return table is null ? new Options() : ReadTable(Encoding.UTF8.GetString(table));
    }

    /// <summary>
    /// A flat table of TOML: lines of a key, an equals sign and a value. What is not known is passed over.
    /// </summary>
    internal static Options ReadTable(string toml)
    {
        Options options = new();
        foreach (string line in toml.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && !line.TrimStart().StartsWith('#'))
            {
                Take(options, line[..equals].Trim(), Value(line[(equals + 1)..]));
            }
        }

        return options;
    }

    private static string Value(string text)
    {
        text = text.Trim();
        if (text.Length > 0 && text[0] is '"' or '\'')
        {
            int end = text.IndexOf(text[0], 1);
            return end < 0 ? text[1..] : text[1..end];
        }

        int comment = text.IndexOf('#', StringComparison.Ordinal);
        return comment < 0 ? text : text[..comment].TrimEnd();
    }

    private static void Take(Options options, string key, string value)
    {
        bool isOn = value == "true";
        _ = uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number);
        switch (key)
        {
            case "NoPivotRoot":
                options.NoPivotRoot = isOn;
                break;
            case "NoNewKeyring":
                options.NoNewKeyring = isOn;
                break;
            case "ShimCgroup":
                options.ShimCgroup = value;
                break;
            case "IoUid":
                options.IoUid = number;
                break;
            case "IoGid":
                options.IoGid = number;
                break;
            case "BinaryName":
                options.BinaryName = value;
                break;
            case "Root":
                options.Root = value;
                break;
            case "SystemdCgroup":
                options.SystemdCgroup = isOn;
                break;
            case "CriuWorkPath":
                options.CriuWorkPath = value;
                break;
            default:
                break;
        }
    }

    private static void WriteFlag(Utf8JsonWriter writer, string name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, value);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, uint value)
    {
        if (value > 0)
        {
            writer.WriteNumber(name, value);
        }
    }
}
