using System;
using System.Globalization;

namespace Csrun.Spec;

/// <summary>Lists of CPUs and memory nodes as in <c>0-3,7</c>. Source: cpuset(7), List format.</summary>
public static class NumberList
{
    /// <summary>
    /// The highest number plus one that the kernel can be built for, for CPUs (8192) as for nodes (1024).
    /// </summary>
    public const int Limit = 8192;

    /// <summary>Words of a mask for all numbers there can be.</summary>
    public const int MaskLength = Limit / 64;

    /// <summary>Reads a list into a mask as sched_setaffinity(2) and set_mempolicy(2) take it.</summary>
    /// <param name="list">The list; blanks around numbers and ranges are ignored, an empty list is none.</param>
    /// <param name="mask">Gets bit N % 64 of word N / 64 set for every number N; other bits stay.</param>
    /// <returns>False when the list is malformed or a number is beyond the mask.</returns>
    public static bool TryFill(ReadOnlySpan<char> list, Span<ulong> mask)
    {
        if (list.Trim(' ').IsEmpty)
        {
            return true;
        }

        foreach (Range part in list.Split(','))
        {
            ReadOnlySpan<char> range = list[part];
            int dash = range.IndexOf('-');
            ReadOnlySpan<char> low = dash < 0 ? range : range[..dash];
            ReadOnlySpan<char> high = dash < 0 ? range : range[(dash + 1)..];
            if (!TryNumber(low, out int first) || !TryNumber(high, out int last)
                || first > last || last >= 64 * mask.Length)
            {
                return false;
            }

            for (int number = first; number <= last; number++)
            {
                mask[number / 64] |= 1ul << (number % 64);
            }
        }

        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text.Trim(' '), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
