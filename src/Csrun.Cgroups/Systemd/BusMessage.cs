using System;
using System.Buffers.Binary;
using System.Text;

namespace Csrun.Cgroups.Systemd;

/// <summary>
/// A message that came: the fields this client looks at, and the strings and numbers of its body. Source: the D-Bus
/// specification, Message Format.
/// </summary>
internal sealed class BusMessage
{
    public const byte MethodReturn = 2;
    public const byte Error = 3;
    public const byte Signal = 4;

    /// <summary>The first part of a header, which tells how much more there is.</summary>
    public const int FixedHeader = 16;

    private readonly byte[] _bytes;
    private int _next;

    private BusMessage(byte[] bytes)
    {
        _bytes = bytes;
        Type = bytes[1];
    }

    /// <summary>What kind it is.</summary>
    public byte Type { get; }

    /// <summary>Of a reply: the call that it answers.</summary>
    public uint ReplySerial { get; private set; }

    /// <summary>Of a signal: its name.</summary>
    public string Member { get; private set; } = "";

    /// <summary>Of an error: its name.</summary>
    public string ErrorName { get; private set; } = "";

    /// <summary>How many bytes a message has, by its first 16; negative where these are no D-Bus.</summary>
    public static int LengthOf(ReadOnlySpan<byte> header)
    {
        const uint MostBytes = 1 << 20;
        uint body = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        uint fields = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        return header[0] != (byte)'l' || body > MostBytes || fields > MostBytes
            ? -1
            : Aligned(FixedHeader + (int)fields, 8) + (int)body;
    }

    /// <summary>Reads a whole message; null where it is none.</summary>
    public static BusMessage? Parse(byte[] bytes)
    {
        BusMessage message = new(bytes);
        try
        {
            int end = FixedHeader + (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12));
            message._next = FixedHeader;
            while (message._next < end)
            {
                message.ReadField();
            }

            message._next = Aligned(end, 8);
            return message;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The next string or object path of the body.</summary>
    public string ReadString()
    {
        int length = (int)ReadUInt32();
        string text = Encoding.UTF8.GetString(_bytes.AsSpan(_next, length));
        _next += length + 1;
        return text;
    }

    /// <summary>The next number of the body.</summary>
    public uint ReadUInt32()
    {
        _next = Aligned(_next, 4);
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_next));
        _next += sizeof(uint);
        return value;
    }

    /// <summary>A variant that holds a string; empty where it holds something else.</summary>
    public string ReadStringVariant()
    {
        return ReadSignature() is "s" or "o" ? ReadString() : "";
    }

    private static int Aligned(int at, int size)
    {
        return (at + size - 1) / size * size;
    }

    private string ReadSignature()
    {
        int length = _bytes.AsSpan(_next)[0];
        string signature = Encoding.ASCII.GetString(_bytes.AsSpan(_next + 1, length));
        _next += length + 2;
        return signature;
    }

    private void ReadField()
    {
        const byte MemberField = 3;
        const byte ErrorNameField = 4;
        const byte ReplySerialField = 5;
        _next = Aligned(_next, 8);
        byte code = _bytes.AsSpan(_next++)[0];
        switch (ReadSignature())
        {
            case "u":
                uint number = ReadUInt32();
                ReplySerial = code == ReplySerialField ? number : ReplySerial;
                break;
            case "g":
                ReadSignature();
                break;
            case "s" or "o":
                string text = ReadString();
                Member = code == MemberField ? text : Member;
                ErrorName = code == ErrorNameField ? text : ErrorName;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(code), "a header field of another type");
        }
    }
}
