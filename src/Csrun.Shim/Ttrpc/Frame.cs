using System;
using System.Buffers.Binary;

namespace Csrun.Shim.Ttrpc;

/// <summary>The kinds of ttrpc frames.</summary>
internal enum FrameType : byte
{
    /// <summary>A call, from the client.</summary>
    Request = 1,

    /// <summary>Its answer.</summary>
    Response = 2,

    /// <summary>A message of a stream; no service of a shim has streams.</summary>
    Data = 3,
}

/// <summary>
/// One frame: ten bytes of header, the numbers of which are big-endian, then the data. The data is a view of the
/// reader's buffer, good until more is read.
/// </summary>
internal readonly ref struct Frame
{
    /// <summary>The header's size in bytes.</summary>
    public const int HeaderSize = 10;

    /// <summary>The most data that a frame may carry, in bytes.</summary>
    public const int MaxLength = 4 << 20;

    public Frame(uint length, uint stream, FrameType type, byte flags, ReadOnlySpan<byte> data)
    {
        Length = length;
        Stream = stream;
        Type = type;
        Flags = flags;
        Data = data;
    }

    /// <summary>The data's length as the header tells it.</summary>
    public uint Length { get; }

    /// <summary>
    /// Whether the data is more than a frame may carry: it is passed over, and <see cref="Data"/> is empty.
    /// </summary>
    public bool IsTooLong => Length > MaxLength;

    /// <summary>The call that the frame belongs to; a client's are odd and rise.</summary>
    public uint Stream { get; }

    /// <summary>What the frame is; a number that <see cref="FrameType"/> lacks is to be ignored.</summary>
    public FrameType Type { get; }

    /// <summary>Bits for streams.</summary>
    public byte Flags { get; }

    /// <summary>The data.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Writes a header without flags.</summary>
    public static void WriteHeader(Span<byte> target, int length, uint stream, FrameType type)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)length);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], stream);
        target[8] = (byte)type;
        target[9] = 0;
    }

    /// <summary>Reads a header; the frame's data is still empty.</summary>
    public static Frame ReadHeader(ReadOnlySpan<byte> header)
    {
        return new Frame(
            BinaryPrimitives.ReadUInt32BigEndian(header),
            BinaryPrimitives.ReadUInt32BigEndian(header[4..]),
            (FrameType)header[8],
            header[9],
            default);
    }
}
