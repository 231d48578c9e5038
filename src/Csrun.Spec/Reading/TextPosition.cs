using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Csrun.Spec;

/// <summary>Positions in a text as an editor counts them: lines from 1, columns from 1 in bytes.</summary>
internal static class TextPosition
{
    /// <summary>The place of an offset, as in <c>line 12, column 7</c>.</summary>
    public static string Describe(ReadOnlySpan<byte> text, int offset)
    {
        ReadOnlySpan<byte> before = text[..offset];
        int line = before.Count((byte)'\n') + 1;
        int column = offset - before.LastIndexOf((byte)'\n');
        return string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}");
    }

    /// <summary>The offset of a position counted from 0, as JsonException has it; at most the text's length.</summary>
    public static int OffsetOf(ReadOnlySpan<byte> text, long line, long byteInLine)
    {
        int start = 0;
        for (; line > 0; line--)
        {
            int lineEnd = text[start..].IndexOf((byte)'\n');
            if (lineEnd < 0)
            {
                break;
            }

            start += lineEnd + 1;
        }

        return (int)Math.Min(start + byteInLine, text.Length);
    }

    /// <summary>
    /// The offset of the first byte that is no part of valid UTF-8; the text's length if there is none.
    /// </summary>
    public static int FirstInvalidUtf8(ReadOnlySpan<byte> text)
    {
        int offset = 0;
        while (offset < text.Length
            && Rune.DecodeFromUtf8(text[offset..], out _, out int length) == OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }
}
