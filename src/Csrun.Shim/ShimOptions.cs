using System;
using System.Globalization;
using System.Text;
using Csrun.Linux;

namespace Csrun.Shim;

/// <summary>The form of a log's lines.</summary>
public enum LogFormat
{
    /// <summary>docker's: an object a line, with log, stream and time.</summary>
    JsonFile,

    /// <summary>The Kubernetes container runtime interface's: time, stream, F or P, text.</summary>
    Cri,
}

/// <summary>What the program reads.</summary>
public enum StdinMode
{
    /// <summary>A pipe that stays open as long as the container: it survives its shim, and never ends.</summary>
    Open,

    /// <summary>
    /// A pipe that ends when the first attached client that writes ends its own input; it ends with the shim.
    /// </summary>
    Once,

    /// <summary>/dev/null.</summary>
    Null,
}

/// <summary>
/// What a shim is asked to do, kept in the container's directory so that a later shim does the same. The text is a line
/// for each: a name, a space, the value.
/// </summary>
public sealed record ShimOptions
{
    /// <summary>The log's file, absolute and free of links; null is the one in the container's directory.</summary>
    public string? LogPath { get; init; }

    /// <summary>The form of its lines.</summary>
    public LogFormat Format { get; init; }

    /// <summary>How many bytes a file of it may have before the next is begun; 0 is no limit.</summary>
    public long MaxSize { get; init; } = 16 << 20;

    /// <summary>How many files it may have, the one that is written among them; 1 or more.</summary>
    public int MaxFiles { get; init; } = 2;

    /// <summary>
    /// Whether the container waits when the log cannot be written; else the bytes are dropped and counted.
    /// </summary>
    public bool BlocksWhenFull { get; init; }

    /// <summary>What the program reads.</summary>
    public StdinMode Stdin { get; init; }

    /// <summary>Whether the program has a terminal.</summary>
    public bool HasTerminal { get; init; }

    /// <summary>The word of a format.</summary>
    public static string Word(LogFormat format)
    {
        return format == LogFormat.Cri ? "cri" : "json-file";
    }

    /// <summary>The word of a mode.</summary>
    public static string Word(StdinMode mode)
    {
        return mode switch
        {
            StdinMode.Once => "once",
            StdinMode.Null => "null",
            _ => "open",
        };
    }

    /// <summary>The format of a word; json-file for any other.</summary>
    public static LogFormat FormatOf(string? word)
    {
        return word == "cri" ? LogFormat.Cri : LogFormat.JsonFile;
    }

    /// <summary>The mode of a word; open for any other.</summary>
    public static StdinMode StdinOf(string? word)
    {
        return word switch
        {
            "once" => StdinMode.Once,
            "null" => StdinMode.Null,
            _ => StdinMode.Open,
        };
    }

    /// <summary>The text that is kept.</summary>
    public byte[] ToText()
    {
        StringBuilder text = new();
        Line(text, "format", Word(Format));
        Line(text, "size", MaxSize.ToString(CultureInfo.InvariantCulture));
        Line(text, "files", MaxFiles.ToString(CultureInfo.InvariantCulture));
        Line(text, "full", BlocksWhenFull ? "block" : "drop");
        Line(text, "stdin", Word(Stdin));
        Line(text, "terminal", HasTerminal ? "true" : "false");
        if (LogPath is not null)
        {
            Line(text, "log", LogPath);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads the text; names it does not know are left out.</summary>
    /// <exception cref="KernelException">A number in it is none.</exception>
    public static ShimOptions FromText(ReadOnlySpan<byte> text)
    {
        ShimOptions options = new();
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            string value = line[(space + 1)..];
            options = (space < 0 ? "" : line[..space]) switch
            {
                "format" => options with { Format = FormatOf(value) },
                "size" => options with { MaxSize = Number(value) },
                "files" => options with { MaxFiles = (int)Number(value) },
                "full" => options with { BlocksWhenFull = value == "block" },
                "stdin" => options with { Stdin = StdinOf(value) },
                "terminal" => options with { HasTerminal = value == "true" },
                "log" => options with { LogPath = value },
                _ => options,
            };
        }

        return options;
    }

    private static void Line(StringBuilder text, string name, string value)
    {
        text.Append(name).Append(' ').Append(value).Append('\n');
    }

    private static long Number(string text)
    {
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new KernelException("read", "shim/options", Errno.EINVAL);
    }
}
