using System;
using System.Buffers.Binary;

namespace Csrun.Linux;

/// <summary>
/// One message of rtnetlink(7) on its way to the kernel: a header, a fixed part, attributes. Grows as it is written.
/// </summary>
public sealed class RouteRequest
{
    private const int HeaderLength = 16; // struct nlmsghdr
    private const int AttributeHeaderLength = 4; // struct rtattr

    private byte[] _bytes = new byte[512];
    private int _length = HeaderLength;

    private RouteRequest(ushort type, ushort flags)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(6), flags);
    }

    /// <summary>The whole message, its length filled in.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            BinaryPrimitives.WriteInt32LittleEndian(_bytes, _length);
            return _bytes.AsSpan(0, _length);
        }
    }

    /// <summary>About a network device: struct ifinfomsg.</summary>
    /// <param name="type">RTM_*LINK.</param>
    /// <param name="flags">NLM_F_*.</param>
    /// <param name="index">The device; 0 where an attribute names it.</param>
    /// <param name="deviceFlags">IFF_*; those in <paramref name="changed"/> count.</param>
    /// <param name="changed">Which IFF_* are to be as in <paramref name="deviceFlags"/>.</param>
    public static RouteRequest ForLink(ushort type, ushort flags, int index, uint deviceFlags = 0, uint changed = 0)
    {
        RouteRequest request = new(type, flags);
        Span<byte> part = request.Add(16);
        BinaryPrimitives.WriteInt32LittleEndian(part[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(part[8..], deviceFlags);
        BinaryPrimitives.WriteUInt32LittleEndian(part[12..], changed);
        return request;
    }

    /// <summary>About an address: struct ifaddrmsg.</summary>
    /// <param name="type">RTM_*ADDR.</param>
    /// <param name="flags">NLM_F_*.</param>
    /// <param name="family">AF_*; 0 for all.</param>
    /// <param name="prefixLength">In bits.</param>
    /// <param name="scope">RT_SCOPE_*.</param>
    /// <param name="index">The device.</param>
    public static RouteRequest ForAddress(
        ushort type, ushort flags, byte family, byte prefixLength = 0, byte scope = 0, int index = 0)
    {
        RouteRequest request = new(type, flags);
        Span<byte> part = request.Add(8);
        part[0] = family;
        part[1] = prefixLength;
        part[3] = scope;
        BinaryPrimitives.WriteInt32LittleEndian(part[4..], index);
        return request;
    }

    /// <summary>Adds an attribute.</summary>
    public RouteRequest With(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> part = Add(AttributeHeaderLength + value.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(part, (ushort)part.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(part[2..], type);
        value.CopyTo(part[AttributeHeaderLength..]);
        return this;
    }

    /// <summary>Adds an attribute of four bytes.</summary>
    public RouteRequest With(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return With(type, bytes);
    }

    /// <summary>Room at the end, at a multiple of four.</summary>
    private Span<byte> Add(int length)
    {
        int start = (_length + 3) & ~3;
        if (start + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(start + length, _bytes.Length * 2));
        }

        _length = start + length;
        return _bytes.AsSpan(start, length);
    }
}
