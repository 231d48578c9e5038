using System;

namespace Csrun.Cgroups;

/// <summary>Lists of controllers as the kernel writes them: names with one separator between them.</summary>
internal static class ControllerList
{
    /// <summary>Whether the list, separated by commas, holds the name as a whole.</summary>
    public static bool Contains(ReadOnlySpan<char> list, ReadOnlySpan<char> name)
    {
        while (!list.IsEmpty)
        {
            int comma = list.IndexOf(',');
            ReadOnlySpan<char> first = comma < 0 ? list : list[..comma];
            if (first.SequenceEqual(name))
            {
                return true;
            }

            list = comma < 0 ? default : list[(comma + 1)..];
        }

        return false;
    }

    /// <summary>The same for bytes and any one-byte separator; an end of line ends the list.</summary>
    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> name, byte separator)
    {
        while (!list.IsEmpty)
        {
            int end = list.IndexOfAny(separator, (byte)'\n');
            ReadOnlySpan<byte> first = end < 0 ? list : list[..end];
            if (first.SequenceEqual(name))
            {
                return true;
            }

            list = end < 0 ? default : list[(end + 1)..];
        }

        return false;
    }
}
