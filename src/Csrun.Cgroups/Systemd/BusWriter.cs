using System;
using System.Buffers.Binary;
using System.Text;

namespace Csrun.Cgroups.Systemd;

/// <summary>
/// Writes values in D-Bus' wire format, little-endian: each aligned to its size from the message's beginning.
/// Source: the D-Bus specification, Marshaling.
/// </summary>
internal sealed class BusWriter
{
    private byte[] _buffer = new byte[1024];

    /// <summary>How much is written.</summary>
    public int Length { get; private set; }

    /// <summary>What is written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Align(int size)
    {
        int padding = (size - (Length % size)) % size;
        Take(padding).Clear();
    }

    public void Byte(byte value)
    {
        Take(1)[0] = value;
    }

    public void UInt16(ushort value)
    {
        Align(2);
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);
    }

    public void UInt32(uint value)
    {
        Align(4);
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
    }

    public void UInt64(ulong value)
    {
        Align(8);
        BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
    }

    /// <summary>A string, or an object path.</summary>
    public void String(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        UInt32((uint)length);
        Span<byte> bytes = Take(length + 1);
        Encoding.UTF8.GetBytes(value, bytes);
        bytes[length] = 0;
    }

    public void Signature(string value)
    {
        Byte((byte)value.Length);
        Span<byte> bytes = Take(value.Length + 1);
        Encoding.ASCII.GetBytes(value, bytes);
        bytes[value.Length] = 0;
    }

    /// <summary>Opens an array; what it returns goes to <see cref="EndArray"/>.</summary>
    public (int LengthAt, int Start) BeginArray(int elementAlignment)
    {
        UInt32(0);
        int lengthAt = Length - sizeof(uint);
        Align(elementAlignment);
        return (lengthAt, Length);
    }

    public void EndArray((int LengthAt, int Start) array)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(array.LengthAt), (uint)(Length - array.Start));
    }

    /// <summary>Sets a number that was not known when it was written.</summary>
    public void Patch(int at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(at), value);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
    }

    /// <summary>An array of (name, variant), as StartTransientUnit and SetUnitProperties take it.</summary>
    public void Properties(System.Collections.Generic.IReadOnlyList<UnitProperty> properties)
    {
        (int, int) array = BeginArray(8);
        foreach (UnitProperty property in properties)
        {
            Align(8);
            String(property.Name);
            Signature(property.Signature);
            Value(property);
        }

        EndArray(array);
    }

    private void Value(UnitProperty property)
    {
        switch (property.Value)
        {
            case bool value:
                UInt32(value ? 1u : 0u);
                break;
            case byte value:
                Byte(value);
                break;
            case short value:
                UInt16((ushort)value);
                break;
            case ushort value:
                UInt16(value);
                break;
            case int value:
                UInt32((uint)value);
                break;
            case uint value:
                UInt32(value);
                break;
            case long value:
                UInt64((ulong)value);
                break;
            case ulong value:
                UInt64(value);
                break;
            case double value:
                UInt64(BitConverter.DoubleToUInt64Bits(value));
                break;
            case string value:
                String(value);
                break;
            default:
                ArrayValue(property);
                break;
        }
    }

    private void ArrayValue(UnitProperty property)
    {
        (int, int) array = BeginArray(property.Signature[1] is 't' or '(' ? 8 : property.Signature[1] == 'y' ? 1 : 4);
        switch (property.Value)
        {
            case byte[] values:
                Bytes(values);
                break;
            case string[] values:
                Array.ForEach(values, String);
                break;
            case uint[] values:
                Array.ForEach(values, UInt32);
                break;
            case ulong[] values:
                Array.ForEach(values, UInt64);
                break;
            case (string, string)[] values:
                foreach ((string first, string second) in values)
                {
                    Align(8);
                    String(first);
                    String(second);
                }

                break;
            default:
                throw new ArgumentException("no D-Bus form for property " + property.Name, nameof(property));
        }

        EndArray(array);
    }

    private Span<byte> Take(int count)
    {
        if (Length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, int.Max(_buffer.Length * 2, Length + count));
        }

        Span<byte> taken = _buffer.AsSpan(Length, count);
        Length += count;
        return taken;
    }
}
