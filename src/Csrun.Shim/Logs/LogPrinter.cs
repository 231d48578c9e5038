using System;
using Csrun.Linux;

namespace Csrun.Shim.Logs;

/// <summary>Prints entries of a log: each stream to its own descriptor.</summary>
public sealed class LogPrinter
{
    private readonly byte[] _scratch = new byte[(LogFormatter.BufferSize * 2) + 1];
    private readonly bool[] _isInLine = new bool[2];
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

    /// <summary>Counts the lines of a file, one that is not finished among them.</summary>
    public long Count(LogLines lines)
    {
        long count = 0;
        bool isWhole = true;
        while (lines.Next(out ReadOnlySpan<byte> line))
        {
            if (LogEntry.TryParse(line, _scratch, out LogEntry entry) && entry.IsSince(_since))
            {
                isWhole = entry.IsWhole;
                count += isWhole ? 1 : 0;
            }
        }

        return count + (isWhole ? 0 : 1);
    }

    /// <summary>Prints all whole lines that are there.</summary>
    public void Print(LogLines lines)
    {
        while (lines.Next(out ReadOnlySpan<byte> line))
        {
            if (!LogEntry.TryParse(line, _scratch, out LogEntry entry) || !entry.IsSince(_since))
            {
                continue;
            }

            if (Skip > 0)
            {
                Skip -= entry.IsWhole ? 1 : 0;
                continue;
            }

            Print(in entry);
        }
    }

    private void Print(in LogEntry entry)
    {
        int target = entry.Stream == LogStream.Output ? 1 : 2;
        if (_withTimes && !_isInLine[(int)entry.Stream])
        {
            Write(target, entry.Time);
            Write(target, " "u8);
        }

        Write(target, entry.Text);
        _isInLine[(int)entry.Stream] = !entry.IsWhole;
    }

    private static void Write(int target, ReadOnlySpan<byte> bytes)
    {
        KernelException.Check(
            Kernel.WriteAll(target, bytes), "write", target == 1 ? "standard output"u8 : "standard error"u8);
    }
}
