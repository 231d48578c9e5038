using System;
using System.Text;
using System.Text.Json;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Csrun.Shim;
using Csrun.Shim.Logs;

namespace Csrun.Reporting;

/// <summary>The shim of a container, as csrun's state shows it.</summary>
internal sealed class ShimView
{
    private readonly ShimStatus _status;
    private readonly ShimOptions _options;
    private readonly string _logPath;

    private ShimView(ShimStatus status, ShimOptions options, string logPath)
    {
        _status = status;
        _options = options;
        _logPath = logPath;
    }

    /// <summary>What there is to tell; null where the shim's directory cannot be read.</summary>
    internal static ShimView? Of(Container container)
    {
        using ShimDirectory? directory = container.OpenShim();
        if (directory?.ReadStatus() is not ShimStatus status)
        {
            return null;
        }

        ShimOptions options = ShimOptions.FromText(directory.ReadOptions());
        return new ShimView(status, options, options.LogPath ?? LogPlace.PathInState(directory));
    }

    /// <summary>Writes the member <c>shim</c>, and <c>exit</c> once the container has ended.</summary>
    internal void Write(Utf8JsonWriter writer)
    {
        bool isAlive = _status.Shim.IsAlive();
        writer.WriteStartObject("shim"u8);
        writer.WriteNumber("pid"u8, isAlive ? _status.ShimPid : 0);
        writer.WriteString(
            "status"u8, isAlive ? "running"u8 : _status.Exit == ExitKnowledge.None ? "killed"u8 : "ended"u8);
        writer.WriteNumber("generation"u8, _status.Shims);
        writer.WriteString("stdin"u8, ShimOptions.Word(_options.Stdin));
        writer.WriteBoolean("terminal"u8, _options.HasTerminal);
        writer.WriteString("started"u8, Time(_status.Started));
        WriteLog(writer);
        writer.WriteEndObject();
        if (_status.Exit != ExitKnowledge.None)
        {
            WriteExit(writer);
        }
    }

    private void WriteLog(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("log"u8);
        writer.WriteString("path"u8, _logPath);
        writer.WriteString("format"u8, ShimOptions.Word(_options.Format));
        writer.WriteString("whenFull"u8, _options.BlocksWhenFull ? "block"u8 : "drop"u8);
        writer.WriteString("error"u8, _status.LogError == 0 ? "" : ((Csrun.Linux.Errno)_status.LogError).ToString());
        writer.WriteStartObject("lostBytes"u8);
        writer.WriteNumber("stdout"u8, _status.LostOutput);
        writer.WriteNumber("stderr"u8, _status.LostError);
        writer.WriteNumber("attached"u8, _status.LostAttached);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteExit(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("exit"u8);
        bool isKnown = _status.Exit == ExitKnowledge.Known;
        writer.WriteBoolean("known"u8, isKnown);
        if (isKnown && _status.ExitSignal == 0)
        {
            writer.WriteNumber("code"u8, _status.ExitCode);
        }
        else if (isKnown)
        {
            writer.WriteNumber("signal"u8, _status.ExitSignal);
        }

        writer.WriteBoolean("outOfMemory"u8, _status.OutOfMemory != 0);
        writer.WriteString("finished"u8, Time(_status.Finished));
        writer.WriteEndObject();
    }

    private static string Time(long ticks)
    {
        if (ticks == 0)
        {
            return "";
        }

        Span<byte> text = stackalloc byte[LogTime.Length];
        LogTime.Write(new DateTime(ticks, DateTimeKind.Utc), text);
        return Encoding.UTF8.GetString(text);
    }
}
