using System;
using System.Globalization;

namespace Csrun.Shim.Logs;

/// <summary>
/// Times of log lines: RFC 3339 in UTC with nine digits behind the point, so that text sorts as time does.
/// </summary>
public static class LogTime
{
    /// <summary>The bytes of a time.</summary>
    public const int Length = 30;

    private const int TicksPerSecondDigits = 7;

    /// <summary>Writes <c>2026-11-27T00:00:00.123456700Z</c>; allocates nothing.</summary>
    public static void Write(DateTime time, Span<byte> text)
    {
        Number(time.Year, 4, text);
        text[4] = (byte)'-';
        Number(time.Month, 2, text[5..]);
        text[7] = (byte)'-';
        Number(time.Day, 2, text[8..]);
        text[10] = (byte)'T';
        Number(time.Hour, 2, text[11..]);
        text[13] = (byte)':';
        Number(time.Minute, 2, text[14..]);
        text[16] = (byte)':';
        Number(time.Second, 2, text[17..]);
        text[19] = (byte)'.';
        Number((int)(time.Ticks % TimeSpan.TicksPerSecond), TicksPerSecondDigits, text[20..]);
        text[27] = (byte)'0';
        text[28] = (byte)'0';
        text[29] = (byte)'Z';
    }

    /// <summary>
    /// Reads what --since takes: a time of RFC 3339 (UTC where it names no zone) or only its date, seconds since 1970
    /// with or without a fraction.
    /// </summary>
    public static bool TryParse(string text, out DateTime time)
    {
        time = default;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds))
        {
            bool fits = seconds < (decimal)(DateTime.MaxValue - DateTime.UnixEpoch).TotalSeconds;
            time = fits ? DateTime.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : default;
            return fits;
        }

        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        string[] forms =
            ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];
        return DateTime.TryParseExact(Shortened(text), forms, CultureInfo.InvariantCulture, Styles, out time);
    }

    /// <summary>Without the digits behind the seventh of a fraction: .NET counts no finer.</summary>
    private static string Shortened(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int end = point + 1;
        while (point > 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return point > 0 && end - point - 1 > TicksPerSecondDigits
            ? text[..(point + 1 + TicksPerSecondDigits)] + text[end..]
            : text;
    }

    private static void Number(int value, int digits, Span<byte> text)
    {
        for (int i = digits - 1; i >= 0; i--)
        {
            text[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
