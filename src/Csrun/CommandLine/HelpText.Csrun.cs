using System;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>Our own help: what one wants to do, in the order in which one does it.</summary>
internal static partial class HelpText
{
    private const int FlagColumn = 27;

    private static string CsrunProgram()
    {
        StringBuilder text = new("csrun makes and runs OCI containers.\n\n"
            + "Usage: csrun [GLOBAL FLAGS] COMMAND [FLAGS] [ARGUMENTS]\n");
        StringBuilder notYet = new();
        CommandRow[] rows = CommandTable.Rows();
        foreach (CommandGroup group in Enum.GetValues<CommandGroup>())
        {
            AppendGroup(text, notYet, rows, group);
        }

        AppendCsrunFlags(text, "Global flags", [.. FlagTable.Globals()]);
        AppendExamples(text, Command.None);
        if (notYet.Length != 0)
        {
            text.Append('\n').Append(Wrap($"Not in this version: {notYet}.", "", Width)).Append('\n');
        }

        text.Append("\ncsrun COMMAND --help tells more. Called runc or crun, csrun answers as they do.\n");
        return text.ToString();
    }

    private static string CsrunCommand(CommandRow row)
    {
        StringBuilder text = new();
        text.Append("csrun ").Append(row.Name).Append(": ").Append(row.Help).Append("\n\nUsage: ");
        text.Append(UsageLine(Dialect.Csrun, row)).Append("\n\n");
        text.Append(Wrap(CommandText.About(row.Command), "", Width)).Append('\n');
        AppendNotDone(text, row);
        AppendOperands(text, row);
        AppendCsrunFlags(text, "Flags", [.. FlagTable.Of(row.Command), .. FlagTable.Common()]);
        AppendExamples(text, row.Command);
        AppendFlagsNotYet(text, row);
        return text.ToString();
    }

    private static void AppendGroup(StringBuilder text, StringBuilder notYet, CommandRow[] rows, CommandGroup group)
    {
        bool isFirst = true;
        foreach (CommandRow row in rows)
        {
            if (row.Group != group || !Dialect.Csrun.IsIn(row.Dialects))
            {
                continue;
            }

            if (row.Support == Support.NotYet)
            {
                notYet.Append(notYet.Length == 0 ? "" : ", ").Append(row.Name);
                continue;
            }

            text.Append(isFirst ? $"\n{CommandText.Heading(group)}\n" : "");
            isFirst = false;
            AppendColumns(text, $"  {row.Name}", row.Help, 14);
        }
    }

    private static void AppendOperands(StringBuilder text, CommandRow row)
    {
        string[] words = row.Operands.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool isFirst = true;
        foreach (string word in words)
        {
            string name = word.Trim('[', ']');
            string meaning = CommandText.Operand(name);
            if (meaning.Length != 0)
            {
                text.Append(isFirst ? "\nArguments\n" : "");
                isFirst = false;
                AppendColumns(text, $"  {name}", meaning, FlagColumn);
            }
        }
    }

    private static void AppendCsrunFlags(StringBuilder text, string heading, FlagRow[] rows)
    {
        text.Append('\n').Append(heading).Append('\n');
        foreach (FlagRow row in Shown(Dialect.Csrun, rows))
        {
            string letters = row.Letters(Dialect.Csrun);
            string letter = letters.Length == 0 ? "      " : $"  -{letters[0]}, ";
            AppendColumns(text, $"{letter}--{row.Name} {DoneWords(row)}".TrimEnd(), row.Help, FlagColumn);
        }
    }

    private static string DoneWords(FlagRow row) => row.Note.Length != 0 ? row.Note : row.Word;

    private static void AppendExamples(StringBuilder text, Command command)
    {
        string examples = CommandText.Examples(command);
        if (examples.Length == 0)
        {
            return;
        }

        text.Append("\nExamples\n");
        foreach (string example in examples.Split('\n'))
        {
            string[] parts = example.Split('\t');
            AppendColumns(text, $"  {parts[0]}", parts[1], 34);
        }
    }

    private static void AppendFlagsNotYet(StringBuilder text, CommandRow row)
    {
        StringBuilder names = new();
        foreach (FlagRow flag in FlagTable.Of(row.Command))
        {
            if (row.Support == Support.Done && flag.Support == Support.NotYet && Dialect.Csrun.IsIn(flag.Dialects))
            {
                names.Append(names.Length == 0 ? "" : ", ").Append("--").Append(flag.Name);
            }
        }

        if (names.Length != 0)
        {
            text.Append('\n').Append(Wrap($"Not in this version: {names}.", "", Width)).Append('\n');
        }
    }
}
