using System;
using System.Buffers.Text;
using System.Text;

namespace Csrun.Spec;

/// <summary>Strings of JSON as they stand in the document.</summary>
internal static class JsonText
{
    private const int EscapedUnitLength = 6; // \uXXXX

    /// <summary>The text of bytes that are valid UTF-8.</summary>
    public static string ToString(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>
    /// What is wrong with the escapes of a string that is valid JSON: U+0000, which would end it early for the kernel,
    /// or half a surrogate pair, which is no character. Null when nothing is.
    /// </summary>
    public static string? FaultOfEscapes(ReadOnlySpan<byte> escaped)
    {
        while (true)
        {
            int backslash = escaped.IndexOf((byte)'\\');
            if (backslash < 0)
            {
                return null;
            }

            escaped = escaped[backslash..];
            if (escaped[1] != 'u')
            {
                escaped = escaped[2..];
                continue;
            }

            char unit = UnitAt(escaped);
            escaped = escaped[EscapedUnitLength..];
            if (unit == '\0')
            {
                return "expected a string without U+0000";
            }

            if (char.IsHighSurrogate(unit) && char.IsLowSurrogate(UnitAt(escaped)))
            {
                escaped = escaped[EscapedUnitLength..];
            }
            else if (char.IsSurrogate(unit))
            {
                return "expected valid Unicode, found half a surrogate pair";
            }
        }
    }

    /// <summary>The code unit of an escape \uXXXX at the front, U+0000 when there is none.</summary>
    private static char UnitAt(ReadOnlySpan<byte> escaped) =>
        escaped.StartsWith("\\u"u8) && Utf8Parser.TryParse(escaped.Slice(2, 4), out ushort unit, out _, 'x')
            ? (char)unit
            : '\0';
}
