using Csrun.CommandLine;

namespace Csrun.Reporting;

/// <summary>The form of log lines.</summary>
internal enum LogFormat : byte
{
    /// <summary>logrus' text form; crun's bare messages in its dialect.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}

/// <summary>How serious a line is.</summary>
internal enum LogLevel : byte
{
    /// <summary>The command failed.</summary>
    Error,

    /// <summary>The command goes on, and somebody should know.</summary>
    Warning,

    /// <summary>What was done, for --debug.</summary>
    Debug,
}

/// <summary>Where log lines go, by --log, --log-format, --log-level and --debug.</summary>
/// <param name="Path">
/// The file, or null for standard error alone. To be opened before anything else is done, with O_WRONLY, O_CREAT,
/// O_APPEND and O_CLOEXEC, mode 0644.
/// </param>
/// <param name="Format">The form of the lines.</param>
/// <param name="Level">The least serious lines that are written.</param>
internal readonly record struct LogSettings(string? Path, LogFormat Format, LogLevel Level)
{
    /// <summary>What a command line asks for; also a faulty one, as far as it could be read.</summary>
    internal static LogSettings From(Invocation invocation)
    {
        string? path = invocation.GetString(Flag.Log);
        LogLevel level = invocation.GetString(Flag.LogLevel) switch
        {
            "error" => LogLevel.Error,
            "warning" => LogLevel.Warning,
            "debug" => LogLevel.Debug,
            _ => invocation.Dialect == Dialect.Crun ? LogLevel.Error : LogLevel.Warning,
        };
        return new LogSettings(
            path is "" or "/dev/stderr" ? null : path,
            invocation.GetString(Flag.LogFormat) == "json" ? LogFormat.Json : LogFormat.Text,
            invocation.IsSet(Flag.Debug) ? LogLevel.Debug : level);
    }
}
