using System;
using System.Text;
using Csrun.CommandLine;

namespace Csrun.Reporting;

/// <summary>
/// The one way errors, warnings and debug lines leave the program. An error goes to standard error always, and to the log
/// where there is one; warnings and debug lines go to the log, to standard error only where there is none.
/// </summary>
/// <remarks>
/// With a log, standard error gets the bare text (runc and crun do so, and shims quote it); without one it gets the form
/// that --log-format names. Times are UTC and given, so that the output can be compared in tests.
/// </remarks>
internal sealed class Reporter
{
    private readonly Dialect _dialect;
    private readonly LogSettings _settings;
    private readonly IByteSink _standardError;
    private readonly IByteSink? _log;

    /// <summary>A reporter. <paramref name="log"/> is the file of the settings, opened, or null.</summary>
    internal Reporter(Dialect dialect, LogSettings settings, IByteSink standardError, IByteSink? log)
    {
        _dialect = dialect;
        _settings = settings;
        _standardError = standardError;
        _log = log;
    }

    /// <summary>Whether debug lines are wanted: ask before putting one together.</summary>
    internal bool IsDebug => _settings.Level == LogLevel.Debug;

    /// <summary>Reports the error that ends the command.</summary>
    internal void Error(ErrorDetail error, DateTime now)
    {
        string message = ErrorReport.Message(error, _dialect);
        string line = LogLine.Of(_dialect, _settings.Format, LogLevel.Error, message, now);
        if (_log is not null)
        {
            Write(_log, line);
        }

        bool isBare = _log is not null || (_settings.Format == LogFormat.Text && _dialect != Dialect.Runc);
        Write(_standardError, isBare ? ErrorReport.ForPerson(error, _dialect) : line);
    }

    /// <summary>Reports what somebody should know although the command goes on.</summary>
    internal void Warning(string message, DateTime now) => WriteLine(LogLevel.Warning, message, now);

    /// <summary>Reports what is being done, if that is wanted.</summary>
    internal void Debug(string message, DateTime now) => WriteLine(LogLevel.Debug, message, now);

    private void WriteLine(LogLevel level, string message, DateTime now)
    {
        if (level > _settings.Level)
        {
            return;
        }

        bool isForPerson = _log is null && _settings.Format == LogFormat.Text && _dialect == Dialect.Csrun;
        Write(_log ?? _standardError, isForPerson
            ? $"csrun: {LogLine.Name(level)}: {ErrorReport.Readable(message, "\n    ")}\n"
            : LogLine.Of(_dialect, _settings.Format, level, message, now));
    }

    private static void Write(IByteSink sink, string text) => sink.Write(Encoding.UTF8.GetBytes(text));
}
