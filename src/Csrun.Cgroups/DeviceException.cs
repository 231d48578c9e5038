using System;
using System.Buffers.Text;
using System.Text;

namespace Csrun.Cgroups;

/// <summary>
/// Devices that a <see cref="DevicePolicy"/> treats other than its default.
/// </summary>
/// <param name="Type">c or b.</param>
/// <param name="Major">Major number, -1 for any.</param>
/// <param name="Minor">Minor number, -1 for any.</param>
/// <param name="Access">What is allowed (or denied, where the default is to allow).</param>
public readonly record struct DeviceException(char Type, long Major, long Minor, DeviceAccess Access)
{
    /// <summary>No rule's text is longer.</summary>
    internal const int LongestText = 64;

    /// <summary>The rule as devices.allow and devices.deny take it, such as <c>c 1:3 rwm</c>.</summary>
    public string ToKernelText()
    {
        Span<byte> text = stackalloc byte[LongestText];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }

    /// <summary>The same as bytes; their number.</summary>
    internal int Format(Span<byte> text)
    {
        text[0] = (byte)Type;
        text[1] = (byte)' ';
        int length = 2 + Format(Major, text[2..]);
        text[length++] = (byte)':';
        length += Format(Minor, text[length..]);
        text[length++] = (byte)' ';
        ReadOnlySpan<byte> letters = "mrw"u8;
        foreach (int bit in (ReadOnlySpan<int>)[1, 2, 0])
        {
            if (((int)Access & (1 << bit)) != 0)
            {
                text[length++] = letters[bit];
            }
        }

        return length;
    }

    private static int Format(long number, Span<byte> text)
    {
        if (number < 0)
        {
            text[0] = (byte)'*';
            return 1;
        }

        _ = Utf8Formatter.TryFormat(number, text, out int length);
        return length;
    }

    /// <summary>Whether every device of <paramref name="other"/> is one of these.</summary>
    internal bool Covers(in DeviceException other)
    {
        return Type == other.Type
            && (Major < 0 || Major == other.Major)
            && (Minor < 0 || Minor == other.Minor);
    }

    internal bool IsSameDevice(in DeviceException other)
    {
        return Type == other.Type && Major == other.Major && Minor == other.Minor;
    }
}
