using System;
using System.Text.Json;

namespace Csrun.Spec;

/// <content>The plain values. Each returns null for JSON null and for a value that is at fault.</content>
internal ref partial struct JsonCursor
{
    /// <summary>Reads a string that a C program can hold: no U+0000, no lone surrogate.</summary>
    public string? ReadString()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            if (_json.TokenType != JsonTokenType.Null)
            {
                Expected("a string");
            }

            return null;
        }

        if (!_json.ValueIsEscaped)
        {
            return JsonText.ToString(_json.ValueSpan);
        }

        if (JsonText.FaultOfEscapes(_json.ValueSpan) is string fault)
        {
            Fail(fault, hidesBelow: true);
            return null;
        }

        return _json.GetString();
    }

    /// <summary>Reads true or false.</summary>
    public bool? ReadBoolean()
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.Null:
                return null;
            default:
                Expected("true or false");
                return null;
        }
    }

    /// <summary>Reads an integer of 32 bits; a fraction or an exponent is a fault, in all that follow too.</summary>
    public int? ReadInt32()
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out int value))
        {
            return value;
        }

        ExpectedInteger("-2147483648", "2147483647");
        return null;
    }

    /// <summary>Reads an integer of 64 bits.</summary>
    public long? ReadInt64()
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out long value))
        {
            return value;
        }

        ExpectedInteger("-9223372036854775808", "9223372036854775807");
        return null;
    }

    /// <summary>Reads an unsigned integer of 16 bits.</summary>
    public ushort? ReadUInt16()
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetUInt16(out ushort value))
        {
            return value;
        }

        ExpectedInteger("0", "65535");
        return null;
    }

    /// <summary>Reads an unsigned integer of 32 bits.</summary>
    public uint? ReadUInt32()
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetUInt32(out uint value))
        {
            return value;
        }

        ExpectedInteger("0", "4294967295");
        return null;
    }

    /// <summary>Reads an unsigned integer of 64 bits.</summary>
    public ulong? ReadUInt64()
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetUInt64(out ulong value))
        {
            return value;
        }

        ExpectedInteger("0", "18446744073709551615");
        return null;
    }

    /// <summary>Reads an array of strings; null is no string.</summary>
    public string[]? ReadStrings()
    {
        if (!EnterArray())
        {
            return null;
        }

        int start = _elementCount;
        while (NextElement())
        {
            Push(ReadElementString() ?? "");
        }

        return Pop<string>(start);
    }

    /// <summary>Reads an array of unsigned integers of 32 bits.</summary>
    public uint[]? ReadUInt32s()
    {
        if (!EnterArray())
        {
            return null;
        }

        uint[] values = new uint[8];
        int count = 0;
        while (NextElement())
        {
            if (_json.TokenType == JsonTokenType.Null)
            {
                Expected("an integer");
            }

            if (count == values.Length)
            {
                Array.Resize(ref values, 2 * count);
            }

            values[count++] = ReadUInt32().GetValueOrDefault();
        }

        Array.Resize(ref values, count);
        return values;
    }

    private string? ReadElementString()
    {
        if (_json.TokenType == JsonTokenType.Null)
        {
            Expected("a string");
        }

        return ReadString();
    }

    private void ExpectedInteger(string lowest, string highest)
    {
        if (_json.TokenType != JsonTokenType.Null)
        {
            Expected(_collector is null ? "" : $"an integer from {lowest} to {highest}");
        }
    }
}
