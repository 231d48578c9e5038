using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Csrun.Init;

/// <summary>
/// Arguments and environments in the form execve takes, in memory that does not move. Who becomes the program, or ends
/// soon, frees none of it.
/// </summary>
public static unsafe class NativeText
{
    /// <summary>A vector of <paramref name="count"/> entries and room for more, all null as yet.</summary>
    public static byte** Vector(int count, int room)
    {
        return (byte**)NativeMemory.AllocZeroed((nuint)(count + room + 1), (nuint)sizeof(byte*));
    }

    /// <summary>A vector of these texts, ended by a null pointer.</summary>
    public static byte** Vector(IReadOnlyList<string> texts)
    {
        byte** vector = Vector(texts.Count, 0);
        for (int i = 0; i < texts.Count; i++)
        {
            vector[i] = Copy(texts[i]);
        }

        return vector;
    }

    /// <summary>A text as bytes that end with NUL.</summary>
    public static byte* Copy(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* copy = (byte*)NativeMemory.Alloc((nuint)(length + 1));
        Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
        copy[length] = 0;
        return copy;
    }

    /// <summary>A vector of these bytes, each entry with a NUL behind it, ended by a null pointer.</summary>
    public static byte** Vector(IReadOnlyList<byte[]> entries)
    {
        byte** vector = Vector(entries.Count, 0);
        for (int i = 0; i < entries.Count; i++)
        {
            vector[i] = Copy(entries[i]);
        }

        return vector;
    }

    /// <summary>Bytes with a NUL behind them.</summary>
    public static byte* Copy(ReadOnlySpan<byte> bytes)
    {
        byte* copy = (byte*)NativeMemory.Alloc((nuint)(bytes.Length + 1));
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return copy;
    }

    /// <summary>Frees a text.</summary>
    public static void Free(byte* text)
    {
        NativeMemory.Free(text);
    }

    /// <summary>Frees a vector with all its texts.</summary>
    public static void Free(byte** vector)
    {
        for (byte** entry = vector; *entry is not null; entry++)
        {
            NativeMemory.Free(*entry);
        }

        NativeMemory.Free(vector);
    }
}
