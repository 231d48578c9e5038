using System;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>crun's shape, which is argp's: a usage line, flags in two columns, the right one at 29.</summary>
internal static partial class HelpText
{
    private const int ArgpColumn = 29;

    /// <summary>The short usage message of --usage.</summary>
    internal static string CrunUsage(Command command)
    {
        CommandRow row = CommandTable.Find(Dialect.Crun, command);
        bool isProgram = row.Command == Command.None;
        StringBuilder line = new(isProgram ? "Usage: crun" : $"Usage: crun [OPTION...] {row.Name}");
        FlagRow[] rows = isProgram ? FlagTable.Globals() : [.. FlagTable.Of(row.Command), .. FlagTable.Common()];
        foreach (FlagRow flag in Shown(Dialect.Crun, rows))
        {
            line.Append(" [--").Append(flag.Name).Append(ArgpValue(flag)).Append(']');
        }

        line.Append(' ').Append(isProgram ? "COMMAND [OPTION...]" : CrunOperands(row));
        return Wrap(line.ToString().TrimEnd(), "            ", Width).TrimStart() + "\n";
    }

    private static string CrunProgram()
    {
        StringBuilder text = new("Usage: crun [OPTION...] COMMAND [OPTION...]\n\nCOMMANDS:\n");
        foreach (CommandRow row in CommandTable.Rows())
        {
            if (row.IsShown(Dialect.Crun))
            {
                text.Append('\t').Append(row.Name.PadRight(12)).Append("- ").Append(row.Help).Append('\n');
            }
        }

        text.Append('\n');
        AppendArgpFlags(text, FlagTable.Globals());
        return text.Append("\nThis is csrun, which answers as crun when called by that name.\n").ToString();
    }

    private static string CrunCommand(CommandRow row)
    {
        StringBuilder text = new();
        text.Append("Usage: ").Append(UsageLine(Dialect.Crun, row)).Append('\n');
        text.Append("OCI runtime\n\n").Append(Wrap(CommandText.About(row.Command), "", Width)).Append('\n');
        AppendNotDone(text, row);
        text.Append('\n');
        AppendArgpFlags(text, [.. FlagTable.Of(row.Command), .. FlagTable.Common()]);
        return text.ToString();
    }

    private static void AppendArgpFlags(StringBuilder text, FlagRow[] rows)
    {
        foreach (FlagRow row in Shown(Dialect.Crun, rows))
        {
            StringBuilder left = new("  ");
            foreach (char letter in row.Letters(Dialect.Crun))
            {
                left.Append('-').Append(letter).Append(", ");
            }

            left.Append(' ', Math.Max(0, 6 - left.Length)).Append("--").Append(row.Name).Append(ArgpValue(row));
            AppendColumns(text, left.ToString(), row.Help, ArgpColumn);
        }
    }

    private static string ArgpValue(FlagRow row) => row.Kind switch
    {
        ValueKind.None => "",
        ValueKind.Optional => $"[={row.Word[1..]}",
        _ => $"={row.Word}",
    };

    private static string CrunOperands(CommandRow row) =>
        row.Operands.Replace("ID", "CONTAINER", StringComparison.Ordinal);
}
