using System;
using System.Text;

namespace Csrun.Linux;

/// <summary>Text for people on one side, bytes that end with NUL for the kernel on the other.</summary>
public static class Utf8
{
    /// <summary>The bytes of <paramref name="text"/> with a NUL behind them.</summary>
    public static byte[] Terminated(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>The pieces one behind the other, with a NUL at the end.</summary>
    public static byte[] Terminated(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third = default)
    {
        byte[] bytes = new byte[first.Length + second.Length + third.Length + 1];
        first.CopyTo(bytes);
        second.CopyTo(bytes.AsSpan(first.Length));
        third.CopyTo(bytes.AsSpan(first.Length + second.Length));
        return bytes;
    }

    /// <summary>Bytes as text for a message, without their NUL; what is not UTF-8 becomes U+FFFD.</summary>
    public static string ToText(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
