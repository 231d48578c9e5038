using System;
using System.Globalization;

namespace Csrun.CommandLine;

/// <summary>
/// Amounts of memory as runc's flags take them: bytes, or a number with k, m, g, t or p for powers of 1024 in either
/// case, and B or iB behind that changes nothing (<c>512m</c>, <c>1.5GiB</c>).
/// </summary>
internal static class MemorySize
{
    /// <summary>Reads one; false for anything else, a negative number among it.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        int digits = Words.NumberLength(text);
        ReadOnlySpan<char> number = text[..digits];
        ReadOnlySpan<char> unit = text[digits..].TrimStart(' ');
        if (!decimal.TryParse(
            number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount))
        {
            return false;
        }

        int power = unit.IsEmpty ? 0 : "bkmgtp".IndexOf(char.ToLowerInvariant(unit[0]), StringComparison.Ordinal);
        ReadOnlySpan<char> rest = unit.IsEmpty ? default : unit[1..];
        bool isUnit = rest.IsEmpty
            || (power > 0 && (rest.Equals("b", StringComparison.OrdinalIgnoreCase)
                || rest.Equals("ib", StringComparison.OrdinalIgnoreCase)));
        decimal factor = power > 0 ? 1L << (10 * power) : 1;
        if (power < 0 || !isUnit || amount > long.MaxValue / factor)
        {
            return false;
        }

        bytes = (long)(amount * factor);
        return true;
    }
}
