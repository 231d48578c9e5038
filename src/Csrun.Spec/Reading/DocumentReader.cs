using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Unicode;

namespace Csrun.Spec;

/// <summary>
/// Reads and validates a document of one type. A fast pass that knows only right and wrong serves all documents that
/// are right; for the others the same readers run again and collect every fault with its place.
/// </summary>
internal static unsafe class DocumentReader<T>
    where T : class
{
    /// <summary>Reads one document.</summary>
    /// <param name="utf8Json">The text.</param>
    /// <param name="read">The generated reader of the type.</param>
    /// <param name="validateMembers">Checks each member for itself.</param>
    /// <param name="validateWhole">Checks what members say of each other.</param>
    /// <param name="faults">All that is wrong, in the order of the document; empty when nothing is.</param>
    /// <returns>The document, or null if there are faults.</returns>
    public static T? Read(
        ReadOnlySpan<byte> utf8Json,
        delegate*<ref JsonCursor, T?> read,
        delegate*<T, ref FaultList, void> validateMembers,
        delegate*<T, ref FaultList, void> validateWhole,
        out IReadOnlyList<Fault> faults)
    {
        if (ReadFast(utf8Json, read) is T document)
        {
            FaultList invalid = default;
            validateMembers(document, ref invalid);
            validateWhole(document, ref invalid);
            if (invalid.Count == 0)
            {
                faults = [];
                return document;
            }
        }

        return ReadAndExplain(utf8Json, read, validateMembers, validateWhole, out faults);
    }

    private static T? ReadFast(ReadOnlySpan<byte> utf8Json, delegate*<ref JsonCursor, T?> read)
    {
        if (!Utf8.IsValid(utf8Json))
        {
            return null;
        }

        try
        {
            return new JsonCursor(utf8Json, null).ReadDocument(read);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static T? ReadAndExplain(
        ReadOnlySpan<byte> utf8Json,
        delegate*<ref JsonCursor, T?> read,
        delegate*<T, ref FaultList, void> validateMembers,
        delegate*<T, ref FaultList, void> validateWhole,
        out IReadOnlyList<Fault> faults)
    {
        FaultCollector collector = new();
        FaultList invalid = default;
        T? document = ReadCollecting(utf8Json, read, collector);
        if (document is not null)
        {
            validateMembers(document, ref invalid);

            // With members missing that could not be read, to compare them would only mislead.
            if (collector.IsEmpty)
            {
                validateWhole(document, ref invalid);
            }
        }

        faults = collector.Merge(utf8Json, invalid.Faults);
        return faults.Count == 0 ? document : null;
    }

    private static T? ReadCollecting(
        ReadOnlySpan<byte> utf8Json, delegate*<ref JsonCursor, T?> read, FaultCollector collector)
    {
        if (utf8Json.StartsWith("\uFEFF"u8))
        {
            collector.AddText("expected no byte order mark", utf8Json, 0);
            return null;
        }

        if (!Utf8.IsValid(utf8Json))
        {
            collector.AddText("expected valid UTF-8", utf8Json, TextPosition.FirstInvalidUtf8(utf8Json));
            return null;
        }

        JsonCursor json = new(utf8Json, collector);
        try
        {
            return json.ReadDocument(read);
        }
        catch (JsonException exception)
        {
            int offset = TextPosition.OffsetOf(
                utf8Json, exception.LineNumber.GetValueOrDefault(), exception.BytePositionInLine.GetValueOrDefault());
            collector.AddText(SyntaxMessage(utf8Json[offset..], json.IsDeepest), utf8Json, offset);
            return null;
        }
    }

    /// <summary>
    /// The runtime's own texts are not in the executable, so the message is made from what stands there.
    /// </summary>
    private static string SyntaxMessage(ReadOnlySpan<byte> rest, bool isDeepest)
    {
        if (rest.IsEmpty)
        {
            return "not JSON: unexpected end";
        }

        return isDeepest && rest[0] is (byte)'{' or (byte)'['
            ? "nested deeper than 64 levels"
            : $"not JSON: unexpected {FirstCharacter(rest)}";
    }

    private static string FirstCharacter(ReadOnlySpan<byte> text)
    {
        System.Text.Rune.DecodeFromUtf8(text, out System.Text.Rune first, out _);
        return Message.Quote(first.ToString());
    }
}
