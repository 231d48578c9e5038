using System;
using System.Globalization;

namespace Csrun.CommandLine;

/// <summary>Durations as Go's time.ParseDuration reads them: <c>5s</c>, <c>100ms</c>, <c>1h15m30.5s</c>, and
/// <c>0</c>.</summary>
internal static class GoDuration
{
    /// <summary>Reads one; false for anything else, and where it is beyond a TimeSpan.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        bool negative = text.StartsWith('-');
        text = negative || text.StartsWith('+') ? text[1..] : text;
        if (text is "0")
        {
            return true;
        }

        double ticks = 0;
        bool any = false;
        while (!text.IsEmpty)
        {
            int digits = Words.NumberLength(text);
            if (digits == 0
                || !double.TryParse(
                    text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double amount))
            {
                return false;
            }

            text = text[digits..];
            int letters = 0;
            while (letters < text.Length && !char.IsAsciiDigit(text[letters]) && text[letters] != '.')
            {
                letters++;
            }

            ReadOnlySpan<char> unit = text[..letters];
            double ticksPerUnit = TicksOf(unit);
            if (ticksPerUnit == 0)
            {
                return false;
            }

            ticks += amount * ticksPerUnit;
            text = text[unit.Length..];
            any = true;
        }

        if (!any || ticks >= long.MaxValue)
        {
            return false;
        }

        duration = new TimeSpan((long)(negative ? -ticks : ticks));
        return true;
    }

    private static double TicksOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 0.01,
        "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => 0,
    };
}
