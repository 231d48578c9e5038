using System;
using System.Globalization;
using System.Text;
using Csrun.CommandLine;

namespace Csrun.Reporting;

/// <summary>One line of a log, with its newline, as each dialect writes it.</summary>
internal static class LogLine
{
    /// <summary>The line for a message at a time, which is UTC.</summary>
    internal static string Of(Dialect dialect, LogFormat format, LogLevel level, string message, DateTime now)
    {
        if (format == LogFormat.Json)
        {
            return dialect == Dialect.Crun ? CrunJson(level, message, now) : LogrusJson(level, message, now);
        }

        return dialect == Dialect.Crun
            ? ErrorReport.Readable(message, "\n") + "\n"
            : $"time={GoQuote.LogrusValue(Seconds(now))} level={Name(level)} msg={GoQuote.LogrusValue(message)}\n";
    }

    /// <summary>The level as logs name it.</summary>
    internal static string Name(LogLevel level) => level switch
    {
        LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        _ => "debug",
    };

    private static string LogrusJson(LogLevel level, string message, DateTime now) =>
        $"{{\"level\":\"{Name(level)}\",\"msg\":\"{JsonEscaped(message)}\",\"time\":\"{Seconds(now)}\"}}\n";

    private static string CrunJson(LogLevel level, string message, DateTime now)
    {
        string time = now.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        return $"{{\"msg\":\"{JsonEscaped(message)}\",\"level\":\"{Name(level)}\",\"time\":\"{time}\"}}\n";
    }

    private static string Seconds(DateTime now) =>
        now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // By hand, because Utf8JsonWriter throws for half a surrogate pair and an error must get out whatever it holds:
    // EnumerateRunes puts the replacement character there.
    private static string JsonEscaped(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"':
                case '\\':
                    escaped.Append('\\').Append((char)rune.Value);
                    break;
                case '\n':
                    escaped.Append("\\n");
                    break;
                case '\t':
                    escaped.Append("\\t");
                    break;
                case < ' ' or 0x7f or 0x2028 or 0x2029:
                    escaped.Append("\\u").Append(rune.Value.ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    escaped.Append(rune.ToString());
                    break;
            }
        }

        return escaped.ToString();
    }
}
