using System;
using System.Text;

namespace Csrun.Shim.Logs;

/// <summary>
/// Turns what a container wrote into lines of a log, piece by piece into a buffer of fixed size. Allocates nothing.
/// </summary>
/// <remarks>
/// A piece without its newline becomes a line of its own at once, marked as partial: in json-file by the missing \n, in
/// CRI by P. So a prompt is in the log while it is waited for, and a shim that is killed holds nothing back.
/// </remarks>
public sealed class LogFormatter
{
    /// <summary>The most bytes of the container that one line holds, as docker and kubelet cut them.</summary>
    public const int MaxLine = 16384;

    /// <summary>Enough for one line of <see cref="MaxLine"/> bytes that all need six for their escape.</summary>
    public const int BufferSize = (MaxLine * 6) + 256;

    /// <summary>
    /// How many bytes of lines are enough for a write: by so much, and a line, a file exceeds its limit.
    /// </summary>
    private const int Enough = 16384;

    private readonly bool _isJson;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly byte[] _time = new byte[LogTime.Length];
    private int _length;

    /// <summary>A formatter.</summary>
    public LogFormatter(LogFormat format)
    {
        _isJson = format == LogFormat.JsonFile;
    }

    /// <summary>The lines of the last call to <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Sets the time of the lines that follow.</summary>
    public void SetTime(DateTime time)
    {
        LogTime.Write(time, _time);
    }

    /// <summary>
    /// Formats some lines, which replace those before, and takes their bytes off the text.
    /// </summary>
    /// <param name="stream">Whose text it is.</param>
    /// <param name="text">What is left of it.</param>
    /// <returns>False when nothing was left.</returns>
    public bool Next(LogStream stream, ref ReadOnlySpan<byte> text)
    {
        _length = 0;
        while (!text.IsEmpty)
        {
            ReadOnlySpan<byte> line = Cut(text);
            if (_length >= Enough || (_length > 0 && _length + (line.Length * 6) + 256 > _buffer.Length))
            {
                return true;
            }

            if (_isJson)
            {
                WriteJson(stream, line);
            }
            else
            {
                WriteCri(stream, line);
            }

            text = text[line.Length..];
        }

        return _length > 0;
    }

    /// <summary>The first line with its newline, or the most of it that one line of the log may hold.</summary>
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> most = text[..Math.Min(text.Length, MaxLine)];
        int newline = most.IndexOf((byte)'\n');
        if (newline >= 0)
        {
            return most[..(newline + 1)];
        }

        // A cut in the middle of a character would spoil both halves.
        return text.Length > MaxLine ? most[..^Utf8Tail.Length(most)] : most;
    }

    private void WriteCri(LogStream stream, ReadOnlySpan<byte> line)
    {
        bool isFull = line[^1] == (byte)'\n';
        Put(_time);
        Put(stream == LogStream.Output ? " stdout "u8 : " stderr "u8);
        Put(isFull ? "F "u8 : "P "u8);
        Put(isFull ? line[..^1] : line);
        Put("\n"u8);
    }

    private void WriteJson(LogStream stream, ReadOnlySpan<byte> line)
    {
        Put("{\"log\":\""u8);
        Escape(line);
        Put(stream == LogStream.Output ? "\",\"stream\":\"stdout\""u8 : "\",\"stream\":\"stderr\""u8);
        Put(",\"time\":\""u8);
        Put(_time);
        Put("\"}\n"u8);
    }

    private void Escape(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int plain = PlainLength(text);
            Put(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty)
            {
                return;
            }

            if (text[0] < 0x80)
            {
                EscapeByte(text[0]);
                text = text[1..];
            }
            else if (Rune.DecodeFromUtf8(text, out _, out int consumed) == System.Buffers.OperationStatus.Done)
            {
                Put(text[..consumed]);
                text = text[consumed..];
            }
            else
            {
                // JSON holds no other bytes than UTF-8; docker writes the same.
                Put("\\ufffd"u8);
                text = text[consumed..];
            }
        }
    }

    private static int PlainLength(ReadOnlySpan<byte> text)
    {
        int i = 0;
        while (i < text.Length && text[i] is >= 0x20 and < 0x80 and not ((byte)'"' or (byte)'\\'))
        {
            i++;
        }

        return i;
    }

    private void EscapeByte(byte value)
    {
        switch (value)
        {
            case (byte)'"':
                Put("\\\""u8);
                break;
            case (byte)'\\':
                Put("\\\\"u8);
                break;
            case (byte)'\n':
                Put("\\n"u8);
                break;
            case (byte)'\r':
                Put("\\r"u8);
                break;
            case (byte)'\t':
                Put("\\t"u8);
                break;
            default:
                Put("\\u00"u8);
                Put([Hex(value >> 4), Hex(value & 0xf)]);
                break;
        }
    }

    private static byte Hex(int digit)
    {
        return (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }
}
