using System;
using System.Text;

namespace Csrun.Runtime;

/// <summary>
/// A JSON document written as bytes: the little that state and hooks need, on the path where the first use of a general
/// writer would cost more than the document.
/// </summary>
internal struct JsonBytes
{
    private byte[] _buffer;
    private int _length;
    private bool _needsComma;

    /// <summary>Starts with room for <paramref name="capacity"/> bytes.</summary>
    public JsonBytes(int capacity)
    {
        _buffer = new byte[capacity];
    }

    /// <summary>The document so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Opens an object, as a member's value or as the document.</summary>
    public void BeginObject()
    {
        Separate();
        Raw("{"u8);
        _needsComma = false;
    }

    /// <summary>Closes the innermost object.</summary>
    public void EndObject()
    {
        Raw("}"u8);
        _needsComma = true;
    }

    /// <summary>Opens an array as a value.</summary>
    public void BeginArray()
    {
        Separate();
        Raw("["u8);
        _needsComma = false;
    }

    /// <summary>Closes the innermost array.</summary>
    public void EndArray()
    {
        Raw("]"u8);
        _needsComma = true;
    }

    /// <summary>A member's name; its value follows.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        Separate();
        Raw("\""u8);
        Raw(name);
        Raw("\":"u8);
        _needsComma = false;
    }

    /// <summary>A member's name that may need escapes; its value follows.</summary>
    public void Name(string name)
    {
        Separate();
        Quoted(name);
        Raw(":"u8);
        _needsComma = false;
    }

    /// <summary>A string.</summary>
    public void Value(string value)
    {
        Separate();
        Quoted(value);
    }

    /// <summary>A number.</summary>
    public void Value(long value)
    {
        Separate();
        Ensure(20);
        _ = value.TryFormat(_buffer.AsSpan(_length), out int written);
        _length += written;
    }

    /// <summary>A number.</summary>
    public void Value(ulong value)
    {
        Separate();
        Ensure(20);
        _ = value.TryFormat(_buffer.AsSpan(_length), out int written);
        _length += written;
    }

    /// <summary>true or false.</summary>
    public void Value(bool value)
    {
        Separate();
        Raw(value ? "true"u8 : "false"u8);
    }

    /// <summary>A value that is JSON already.</summary>
    public void Json(ReadOnlySpan<byte> json)
    {
        Separate();
        Raw(json);
    }

    private void Separate()
    {
        if (_needsComma)
        {
            Raw(","u8);
        }

        _needsComma = true;
    }

    private void Quoted(string text)
    {
        Raw("\""u8);
        Ensure(Encoding.UTF8.GetMaxByteCount(text.Length));
        int start = _length;
        _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
        if (_buffer.AsSpan(start, _length - start).IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0
            || _buffer.AsSpan(start, _length - start).IndexOfAny((byte)'"', (byte)'\\') >= 0)
        {
            Escape(start);
        }

        Raw("\""u8);
    }

    private void Escape(int start)
    {
        byte[] plain = _buffer.AsSpan(start, _length - start).ToArray();
        _length = start;
        foreach (byte b in plain)
        {
            switch (b)
            {
                case (byte)'"':
                    Raw("\\\""u8);
                    break;
                case (byte)'\\':
                    Raw("\\\\"u8);
                    break;
                case < 0x20:
                    Raw("\\u00"u8);
                    Ensure(2);
                    _ = b.TryFormat(_buffer.AsSpan(_length), out int written, "x2");
                    _length += written;
                    break;
                default:
                    Ensure(1);
                    _buffer[_length++] = b;
                    break;
            }
        }
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Ensure(int more)
    {
        if (_length + more > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + more));
        }
    }
}
