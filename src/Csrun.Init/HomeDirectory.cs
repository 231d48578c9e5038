using System;
using System.Buffers.Text;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>The home directory that the container's own /etc/passwd gives a user (passwd(5)).</summary>
internal static class HomeDirectory
{
    private const int UidField = 2;
    private const int HomeField = 5;

    /// <summary>The directory of <paramref name="uid"/>, or / where the file does not tell.</summary>
    public static string Find(ContainerRoot root, uint uid)
    {
        ReadOnlySpan<byte> rest = AccountFile.Read(root, "/etc/passwd\0"u8);
        while (AccountFile.NextLine(ref rest, out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> number = AccountFile.Field(line, UidField);
            if (Utf8Parser.TryParse(number, out uint found, out int used) && used == number.Length && found == uid)
            {
                ReadOnlySpan<byte> home = AccountFile.Field(line, HomeField);
                return home.IsEmpty ? "/" : Utf8.ToText(home);
            }
        }

        return "/";
    }
}
