using System;
using System.Text.Json;

namespace Csrun.Shim.Task;

/// <summary>The few things a shim itself reads of a bundle's config.json.</summary>
internal static class BundleConfig
{
    /// <summary>Labels by which containers share a shim, the stronger first.</summary>
    private static readonly string[] s_groupLabels = ["io.containerd.runc.v2.group", "io.kubernetes.cri.sandbox-id"];

    /// <summary>
    /// The group that a container belongs to; null where it names none, or where there is no readable file.
    /// </summary>
    public static string? Group(string bundle)
    {
        if (Files.Read(bundle + "/config.json") is not byte[] json)
        {
            return null;
        }

        string?[] found = new string?[s_groupLabels.Length];
        try
        {
            Utf8JsonReader reader = new(json);
            if (Enter(ref reader, "annotations"u8, JsonTokenType.StartObject))
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    int label = Array.IndexOf(s_groupLabels, reader.GetString());
                    _ = reader.Read();
                    if (label >= 0 && reader.TokenType == JsonTokenType.String)
                    {
                        found[label] = reader.GetString();
                    }

                    reader.Skip();
                }
            }
        }
        catch (JsonException)
        {
            // The create tells what is wrong with it.
            return null;
        }

        return found[0] ?? found[1];
    }

    /// <summary>
    /// Whether the end of the first process is the end of all: it has a pid namespace of its own. An unreadable file
    /// counts as no.
    /// </summary>
    public static bool HasOwnPidNamespace(string bundle)
    {
        try
        {
            return Files.Read(bundle + "/config.json") is byte[] json && HasOwnPidNamespace(json);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasOwnPidNamespace(byte[] json)
    {
        Utf8JsonReader reader = new(json);
        if (!Enter(ref reader, "linux"u8, JsonTokenType.StartObject)
            || !Enter(ref reader, "namespaces"u8, JsonTokenType.StartArray, isInside: true))
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            bool isPid = false;
            bool hasPath = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isType = reader.ValueTextEquals("type"u8);
                bool isPath = reader.ValueTextEquals("path"u8);
                _ = reader.Read();
                isPid |= isType && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("pid"u8);
                hasPath |= isPath && reader.TokenType == JsonTokenType.String && !reader.ValueTextEquals(""u8);
                reader.Skip();
            }

            if (isPid)
            {
                return !hasPath;
            }
        }

        return false;
    }

    /// <summary>Goes to the start of a member's value.</summary>
    private static bool Enter(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> name, JsonTokenType kind, bool isInside = false)
    {
        if (!isInside)
        {
            _ = reader.Read();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIt = reader.ValueTextEquals(name);
            _ = reader.Read();
            if (isIt)
            {
                return reader.TokenType == kind;
            }

            reader.Skip();
        }

        return false;
    }
}
