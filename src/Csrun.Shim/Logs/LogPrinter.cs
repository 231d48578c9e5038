using System;
using Csrun.Linux;

namespace Csrun.Shim.Logs;

/// <summary>Prints entries of a log: each stream to its own descriptor.</summary>
public sealed class LogPrinter
{
    private readonly byte[] _scratch = new byte[(LogFormatter.BufferSize * 2) + 1];
    private readonly bool[] _isInLine = new bool[2];
    private readonly bool[] _isSkipped = new bool[2];
    private readonly bool[] _isInCounted = new bool[2];
    private readonly byte[] _since;
    private readonly bool _withTimes;

    /// <summary>A printer.</summary>
    /// <param name="since">The time before which nothing is printed; empty for all.</param>
    /// <param name="withTimes">Whether each line begins with its time.</param>
    public LogPrinter(byte[] since, bool withTimes)
    {
        _since = since;
        _withTimes = withTimes;
    }

    /// <summary>How many lines are to be passed over before the first is printed.</summary>
    public long Skip { get; set; }

    /// <summary>
    /// How many lines <see cref="Count"/> has found: those that ended, and of each stream one that has not yet.
    /// </summary>
    public long Counted { get; private set; }

    /// <summary>Counts the lines of a file. One that goes on in the next file is one.</summary>
    public void Count(LogLines lines)
    {
        while (lines.Next(out ReadOnlySpan<byte> line))
        {
            if (LogEntry.TryParse(line, _scratch, out LogEntry entry) && entry.IsSince(_since))
            {
                ref bool isInLine = ref _isInCounted[(int)entry.Stream];
                Counted += isInLine ? 0 : 1;
                isInLine = !entry.IsWhole;
            }
        }
    }

    /// <summary>Prints all whole lines that are there.</summary>
    public void Print(LogLines lines)
    {
        while (lines.Next(out ReadOnlySpan<byte> line))
        {
            if (LogEntry.TryParse(line, _scratch, out LogEntry entry) && entry.IsSince(_since))
            {
                Print(in entry);
            }
        }
    }

    private void Print(in LogEntry entry)
    {
        int stream = (int)entry.Stream;
        bool isBegin = !_isInLine[stream];
        _isInLine[stream] = !entry.IsWhole;
        if (isBegin)
        {
            _isSkipped[stream] = Skip > 0;
            Skip -= _isSkipped[stream] ? 1 : 0;
        }

        if (_isSkipped[stream])
        {
            return;
        }

        int target = entry.Stream == LogStream.Output ? 1 : 2;
        if (_withTimes && isBegin)
        {
            Write(target, entry.Time);
            Write(target, " "u8);
        }

        Write(target, entry.Text);
    }

    private static void Write(int target, ReadOnlySpan<byte> bytes)
    {
        KernelException.Check(
            Kernel.WriteAll(target, bytes), "write", target == 1 ? "standard output"u8 : "standard error"u8);
    }
}
