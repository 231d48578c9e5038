using System;
using System.Buffers.Binary;

namespace Csrun.Linux;

/// <summary>Walks the attributes behind the fixed part of an rtnetlink(7) message.</summary>
public ref struct RouteAttributes
{
    private const int HeaderLength = 4; // struct rtattr
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins with the first one.</summary>
    public RouteAttributes(ReadOnlySpan<byte> attributes)
    {
        _rest = attributes;
    }

    /// <summary>Its type, without the flags that some carry.</summary>
    public ushort Type { get; private set; }

    /// <summary>Its value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next one; false at the end, and where a length is none.</summary>
    public bool MoveNext()
    {
        const ushort TypeMask = 0x3FFF;
        if (_rest.Length < HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < HeaderLength || length > _rest.Length)
        {
            return false;
        }

        Type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & TypeMask);
        Value = _rest[HeaderLength..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
