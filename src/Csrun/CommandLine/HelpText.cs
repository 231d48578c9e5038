using System;
using System.Collections.Generic;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>
/// Help in the shape of each dialect, made from the tables. What is not done is not listed, so that whoever greps for a
/// flag learns the truth; csrun's own help names it at the end.
/// </summary>
internal static partial class HelpText
{
    private const int Width = 80;

    /// <summary>The help of a command, or of the program where it is None.</summary>
    internal static string Of(Dialect dialect, Command command)
    {
        CommandRow row = CommandTable.Find(dialect, command);
        return dialect switch
        {
            Dialect.Runc => row.Command == Command.None ? RuncProgram() : RuncCommand(row),
            Dialect.Crun => row.Command == Command.None ? CrunProgram() : CrunCommand(row),
            _ => row.Command == Command.None ? CsrunProgram() : CsrunCommand(row),
        };
    }

    /// <summary>How a command is called, on one line.</summary>
    internal static string UsageLine(Dialect dialect, CommandRow row)
    {
        bool hasFlags = HasFlags(dialect, row.Command);
        string line = dialect switch
        {
            Dialect.Runc => $"runc {row.Name} {(hasFlags ? "[command options] " : "")}"
                + row.Operands.Replace("ID", "<container-id>", StringComparison.Ordinal),
            Dialect.Crun => $"crun [OPTION...] {row.Name} {(hasFlags ? "[OPTION...] " : "")}"
                + row.Operands.Replace("ID", "CONTAINER", StringComparison.Ordinal),
            _ => $"csrun {row.Name} {(hasFlags ? "[FLAGS] " : "")}{row.Operands}",
        };
        return line.TrimEnd();
    }

    /// <summary>The rows of a dialect that are done.</summary>
    internal static List<FlagRow> Shown(Dialect dialect, FlagRow[] rows)
    {
        List<FlagRow> shown = [];
        foreach (FlagRow row in rows)
        {
            if (row.IsShown(dialect))
            {
                shown.Add(row);
            }
        }

        return shown;
    }

    /// <summary>Text in lines of at most <paramref name="width"/> characters, each after an indent; no newline last.</summary>
    internal static string Wrap(string text, string indent, int width)
    {
        StringBuilder wrapped = new();
        foreach (string paragraph in text.Split('\n'))
        {
            wrapped.Append(wrapped.Length == 0 ? "" : "\n").Append(indent);
            int column = indent.Length;
            bool isFirst = true;
            foreach (string word in paragraph.Split(' '))
            {
                if (!isFirst && column + 1 + word.Length > width)
                {
                    wrapped.Append('\n').Append(indent).Append(word);
                    column = indent.Length + word.Length;
                    continue;
                }

                wrapped.Append(isFirst ? "" : " ").Append(word);
                column += word.Length + (isFirst ? 0 : 1);
                isFirst = false;
            }
        }

        return wrapped.ToString();
    }

    private static bool HasFlags(Dialect dialect, Command command) =>
        Shown(dialect, FlagTable.Of(command)).Count != 0;

    // Two columns: the right one wraps under itself, and begins a line below a left one that reaches into it.
    private static void AppendColumns(StringBuilder text, string left, string right, int column)
    {
        string wrapped = Wrap(right, new string(' ', column), Width);
        text.Append(left);
        if (left.Length + 2 <= column)
        {
            text.Append(' ', column - left.Length).Append(wrapped.AsSpan(column)).Append('\n');
        }
        else
        {
            text.Append('\n').Append(wrapped).Append('\n');
        }
    }
}
