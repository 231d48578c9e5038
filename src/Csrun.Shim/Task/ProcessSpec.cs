using System;
using System.Buffers;
using System.Text.Json;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>An exec's process.json: what the client sent, with the terminal that the call asks for.</summary>
internal static class ProcessSpec
{
    /// <summary>The document with its member <c>terminal</c> set.</summary>
    /// <exception cref="TtrpcException">InvalidArgument: it is no JSON object.</exception>
    public static byte[] WithTerminal(ReadOnlySpan<byte> json, bool terminal)
    {
        ArrayBufferWriter<byte> result = new(json.Length + 32);
        try
        {
            Utf8JsonReader reader = new(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("no object");
            }

            Append(result, terminal ? "{\"terminal\":true"u8 : "{\"terminal\":false"u8);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isTerminal = reader.ValueTextEquals("terminal"u8);
                int from = (int)reader.TokenStartIndex;
                _ = reader.Read();
                reader.Skip();
                if (!isTerminal)
                {
                    Append(result, ","u8);
                    Append(result, json[from..(int)reader.BytesConsumed]);
                }
            }

            Append(result, "}"u8);
        }
        catch (JsonException error)
        {
            throw new TtrpcException(
                StatusCode.InvalidArgument, "the process to execute is no JSON object: " + error.Message);
        }

        return result.WrittenSpan.ToArray();
    }

    private static void Append(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target.GetSpan(bytes.Length));
        target.Advance(bytes.Length);
    }
}
