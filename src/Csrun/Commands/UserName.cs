using System;
using System.Buffers.Text;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary>User names of the host, from /etc/passwd: a static binary has no other name service.</summary>
internal static class UserName
{
    private const int MaxFile = 16 << 20;

    /// <summary>The name of a user, or the number where the file has none.</summary>
    public static string Of(uint uid)
    {
        using Fd file = new(Kernel.openat(Kernel.AT_FDCWD, "/etc/passwd\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        byte[]? content = file.IsOpen ? FileContent.Read(file.Number, MaxFile, out int length)?[..length] : null;
        foreach (Range range in new ReadOnlySpan<byte>(content).Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = content.AsSpan(range);
            int name = line.IndexOf((byte)':');
            int password = name < 0 ? -1 : line[(name + 1)..].IndexOf((byte)':');
            if (password >= 0 && Utf8Parser.TryParse(line[(name + password + 2)..], out uint found, out _)
                && found == uid)
            {
                return Utf8.ToText(line[..name]);
            }
        }

        return Utf8.ToText(Decimal(uid));
    }

    private static byte[] Decimal(uint number)
    {
        byte[] digits = new byte[10];
        _ = number.TryFormat(digits, out int length);
        return digits[..length];
    }
}
