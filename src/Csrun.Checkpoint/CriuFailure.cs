using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Checkpoint.Messages;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Checkpoint;

/// <summary>
/// What criu could not do, with its own words about it: runc's beginning, and the errors of criu's log.
/// </summary>
internal static class CriuFailure
{
    private const int MaxLines = 5;

    /// <summary>The error to throw.</summary>
    /// <param name="answer">criu's answer; null where it ended without one.</param>
    /// <param name="ended">How it ended.</param>
    /// <param name="logDirectory">Where its log is, as a path.</param>
    /// <param name="logName">The log's name.</param>
    public static RuntimeException Of(CriuAnswer? answer, Kernel.ExitInfo ended, string logDirectory, string logName)
    {
        StringBuilder text = new("criu failed: ");
        if (answer is null)
        {
            text.Append(ended.Code == Kernel.CLD_EXITED ? "exit code " : "killed by signal ").Append(ended.Status);
        }
        else
        {
            text.Append("type ").Append(Word(answer.Type)).Append(" errno ").Append(answer.CrErrno);
            if (answer.CrErrno > 0)
            {
                text.Append(" (").Append(((Errno)answer.CrErrno).Message()).Append(')');
            }

            if (answer.CrErrmsg.Length != 0)
            {
                text.Append(": ").Append(answer.CrErrmsg.TrimEnd());
            }
        }

        string path = logDirectory + "/" + logName;
        text.Append("\nlog file: ").Append(path);
        foreach (string line in Errors(FileContent.ReadText(path)))
        {
            text.Append('\n').Append(line);
        }

        return new RuntimeException(text.ToString());
    }

    /// <summary>
    /// Whether processes did not stop in time (<c>--timeout</c> of criu(8)), which is before anything is saved.
    /// </summary>
    public static bool IsTimeout(CriuAnswer? answer)
    {
        return answer is { Success: false } && answer.CrErrmsg.Contains("Timeout reached", StringComparison.Ordinal);
    }

    /// <summary>The last lines of a log that tell of errors.</summary>
    internal static IReadOnlyList<string> Errors(string log)
    {
        List<string> errors = [];
        foreach (Range range in log.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = log.AsSpan()[range];
            if (line.Contains("Error (", StringComparison.Ordinal))
            {
                errors.Add(line.TrimEnd().ToString());
            }
        }

        return errors.Count <= MaxLines ? errors : errors.GetRange(errors.Count - MaxLines, MaxLines);
    }

    private static string Word(CriuTask task)
    {
        return task switch
        {
            CriuTask.Dump => "DUMP",
            CriuTask.Restore => "RESTORE",
            CriuTask.PreDump => "PRE_DUMP",
            CriuTask.Notify => "NOTIFY",
            _ => "EMPTY",
        };
    }
}
