using System;
using System.Buffers.Text;
using System.Text;

namespace Csrun.Shim.Logs;

/// <summary>One line of a log, read back. Valid until the next one is read.</summary>
public ref struct LogEntry
{
    /// <summary>Whose text it is.</summary>
    public LogStream Stream { get; private set; }

    /// <summary>When it was read from the container: RFC 3339 in UTC.</summary>
    public ReadOnlySpan<byte> Time { get; private set; }

    /// <summary>What the container wrote, its newline included where the line is whole.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>Whether the text ends a line.</summary>
    public readonly bool IsWhole => Text.EndsWith("\n"u8);

    /// <summary>Reads a line of either form; false for one of another program.</summary>
    /// <param name="line">The line without its newline.</param>
    /// <param name="scratch">Room for the text: as long as the line, and one more.</param>
    /// <param name="entry">What it says.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, Span<byte> scratch, out LogEntry entry)
    {
        entry = default;
        return line.StartsWith("{"u8) ? entry.ParseJson(line, scratch) : entry.ParseCri(line, scratch);
    }

    /// <summary>Whether it is as new as a time, or newer.</summary>
    public readonly bool IsSince(ReadOnlySpan<byte> time)
    {
        return Time.SequenceCompareTo(time) >= 0;
    }

    private bool ParseCri(ReadOnlySpan<byte> line, Span<byte> scratch)
    {
        int first = line.IndexOf((byte)' ');
        if (first < 0)
        {
            return false;
        }

        Time = line[..first];
        line = line[(first + 1)..];
        bool isError = line.StartsWith("stderr "u8);
        if (!isError && !line.StartsWith("stdout "u8))
        {
            return false;
        }

        Stream = isError ? LogStream.Error : LogStream.Output;
        line = line["stdout ".Length..];
        bool isFull = line.StartsWith("F "u8);
        if (!isFull && !line.StartsWith("P "u8))
        {
            return false;
        }

        line = line["F ".Length..];
        line.CopyTo(scratch);
        scratch[line.Length] = (byte)'\n';
        Text = scratch[..(line.Length + (isFull ? 1 : 0))];
        return true;
    }

    private bool ParseJson(ReadOnlySpan<byte> line, Span<byte> scratch)
    {
        bool hasText = false;
        line = line[1..];
        while (StringLength(line) is int nameLength and >= 0)
        {
            ReadOnlySpan<byte> name = line.Slice(1, nameLength);
            line = line[(nameLength + 2)..];
            if (!line.StartsWith(":"u8) || StringLength(line[1..]) is not (int valueLength and >= 0))
            {
                return false;
            }

            ReadOnlySpan<byte> value = line.Slice(2, valueLength);
            line = line[(valueLength + 3)..];
            if (name.SequenceEqual("log"u8))
            {
                Text = scratch[..Unescape(value, scratch)];
                hasText = true;
            }
            else if (name.SequenceEqual("stream"u8))
            {
                Stream = value.SequenceEqual("stderr"u8) ? LogStream.Error : LogStream.Output;
            }
            else if (name.SequenceEqual("time"u8))
            {
                Time = value;
            }

            line = line.StartsWith(","u8) ? line[1..] : line;
        }

        return hasText && !Time.IsEmpty && line.SequenceEqual("}"u8);
    }

    /// <summary>
    /// The length of the string in quotes that the text begins with, its escapes as they are; -1 for none.
    /// </summary>
    private static int StringLength(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("\""u8))
        {
            return -1;
        }

        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == (byte)'\\')
            {
                i++;
            }
            else if (text[i] == (byte)'"')
            {
                return i - 1;
            }
        }

        return -1;
    }

    private static int Unescape(ReadOnlySpan<byte> value, Span<byte> scratch)
    {
        int length = 0;
        while (!value.IsEmpty)
        {
            int plain = value.IndexOf((byte)'\\');
            plain = plain < 0 ? value.Length : plain;
            value[..plain].CopyTo(scratch[length..]);
            length += plain;
            value = value[plain..];
            if (value.Length < 2)
            {
                return length;
            }

            if (value[1] == (byte)'u')
            {
                value = value[UnescapeCharacter(value, scratch, ref length)..];
                continue;
            }

            scratch[length++] = value[1] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                byte other => other,
            };
            value = value[2..];
        }

        return length;
    }

    /// <summary>\uXXXX, or two of them for one character; returns how many bytes that was.</summary>
    private static int UnescapeCharacter(ReadOnlySpan<byte> value, Span<byte> scratch, ref int length)
    {
        const int Size = 6;
        int first = Unit(value);
        int second = value.Length >= 2 * Size && value[Size] == (byte)'\\' ? Unit(value[Size..]) : -1;
        bool isPair = first >= 0 && second >= 0 && Rune.TryCreate((char)first, (char)second, out Rune _);
        Rune rune = Rune.ReplacementChar;
        if (isPair)
        {
            _ = Rune.TryCreate((char)first, (char)second, out rune);
        }
        else if (first >= 0 && Rune.TryCreate(first, out Rune single))
        {
            rune = single;
        }

        length += rune.EncodeToUtf8(scratch[length..]);
        return int.Min(value.Length, isPair ? 2 * Size : Size);
    }

    private static int Unit(ReadOnlySpan<byte> value)
    {
        const int Length = 4;
        return value.Length >= 6 && value[1] == (byte)'u'
            && Utf8Parser.TryParse(value.Slice(2, Length), out ushort unit, out int used, 'x') && used == Length
            ? unit
            : -1;
    }
}
