using System;
using System.Collections.Generic;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>runc's shape: headings in capitals, indented by three, columns as wide as they need to be.</summary>
internal static partial class HelpText
{
    private static string RuncProgram()
    {
        StringBuilder text = new(
            """
            NAME:
               runc - Open Container Initiative runtime

            This is csrun, which answers as runc when called by that name. It runs containers that
            are described by bundles: directories with a config.json and a root filesystem.

            To run the bundle in the current directory, as root:

                # runc run <container-id>

            USAGE:
               runc [global options] command [command options] [arguments...]

            VERSION:

            """);
        text.Append("   ").Append(VersionText.Of(Dialect.Runc, "")["runc version ".Length..]);
        text.Append("\nCOMMANDS:\n");
        List<(string Left, string Right)> rows = [];
        foreach (CommandRow row in CommandTable.Rows())
        {
            if (row.IsShown(Dialect.Runc))
            {
                rows.Add((row.Command == Command.Help ? "help, h" : row.Name, row.Help));
            }
        }

        AppendRuncColumns(text, rows);
        AppendRuncFlags(text, "GLOBAL OPTIONS", FlagTable.Globals());
        return text.ToString();
    }

    private static string RuncCommand(CommandRow row)
    {
        StringBuilder text = new();
        text.Append("NAME:\n   runc ").Append(row.Name).Append(" - ").Append(row.Help).Append('\n');
        text.Append("\nUSAGE:\n   ").Append(UsageLine(Dialect.Runc, row)).Append('\n');
        text.Append("\nDESCRIPTION:\n").Append(Wrap(CommandText.About(row.Command), "   ", Width)).Append('\n');
        AppendNotDone(text, row);
        AppendRuncFlags(text, "OPTIONS", FlagTable.Of(row.Command));
        return text.ToString();
    }

    private static void AppendRuncFlags(StringBuilder text, string heading, FlagRow[] flags)
    {
        List<(string Left, string Right)> rows = [];
        foreach (FlagRow row in Shown(Dialect.Runc, flags))
        {
            string value = row.Kind == ValueKind.None ? "" : " value";
            StringBuilder left = new($"--{row.Name}{value}");
            foreach (char letter in row.Letters(Dialect.Runc))
            {
                left.Append(", -").Append(letter).Append(value);
            }

            rows.Add((left.ToString(), row.Help));
        }

        if (rows.Count != 0)
        {
            text.Append('\n').Append(heading).Append(":\n");
            AppendRuncColumns(text, rows);
        }
    }

    private static void AppendRuncColumns(StringBuilder text, List<(string Left, string Right)> rows)
    {
        int width = 0;
        foreach ((string left, _) in rows)
        {
            width = Math.Max(width, left.Length);
        }

        foreach ((string left, string right) in rows)
        {
            text.Append("   ").Append(left.PadRight(width + 2)).Append(right).Append('\n');
        }
    }

    private static void AppendNotDone(StringBuilder text, CommandRow row)
    {
        if (row.Support == Support.NotYet)
        {
            text.Append('\n').Append(row.Name).Append(" is not supported by this version of csrun.\n");
        }
    }
}
