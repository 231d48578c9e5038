using System;
using System.Text.Json;
using System.Text.Json.Serialization;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>Changes in the config.json that a record keeps: one member is replaced, all other bytes stay.</summary>
internal static class RecordedConfig
{
    /// <summary>Its limits, with all updates since; null where it has none.</summary>
    public static LinuxResources? Resources(ReadOnlyMemory<byte> config)
    {
        return ConfigReader.Read(config.Span, out _)?.Linux?.Resources;
    }

    /// <summary>The document with other limits.</summary>
    public static ReadOnlyMemory<byte> WithResources(ReadOnlyMemory<byte> config, LinuxResources resources)
    {
        ReadOnlySpan<byte> document = config.Span;
        ReadOnlySpan<byte> limits = JsonSerializer.SerializeToUtf8Bytes(
            resources, LimitsContext.Default.LinuxResources);
        Utf8JsonReader reader = new(document);
        reader.Read();
        if (!Find(ref reader, "linux"u8, out bool isEmpty))
        {
            return Insert(document, reader.TokenStartIndex, isEmpty, "\"linux\":"u8, InLinux(limits));
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Replace(document, ref reader, InLinux(limits));
        }

        return Find(ref reader, "resources"u8, out isEmpty)
            ? Replace(document, ref reader, limits)
            : Insert(document, reader.TokenStartIndex, isEmpty, "\"resources\":"u8, limits);
    }

    /// <summary>From an object's beginning to the value of a member; to the object's end where it has none.</summary>
    private static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, out bool isEmpty)
    {
        isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static byte[] InLinux(ReadOnlySpan<byte> limits)
    {
        return [.. "{\"resources\":"u8, .. limits, (byte)'}'];
    }

    private static byte[] Replace(ReadOnlySpan<byte> document, ref Utf8JsonReader reader, ReadOnlySpan<byte> value)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return [.. document[..start], .. value, .. document[(int)reader.BytesConsumed..]];
    }

    private static byte[] Insert(
        ReadOnlySpan<byte> document, long end, bool isEmpty, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> comma = isEmpty ? default : ","u8;
        return [.. document[..(int)end], .. comma, .. name, .. value, .. document[(int)end..]];
    }
}

/// <summary>System.Text.Json's generated writer for limits; it only writes, which keeps it small.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LinuxResources))]
internal sealed partial class LimitsContext : JsonSerializerContext;
