using System;
using System.Collections.Generic;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>Completion scripts for three shells, made from the tables: commands, flags, their values, ids.</summary>
internal static partial class CompletionScript
{
    private const string Signals = "HUP INT QUIT KILL USR1 USR2 TERM CONT STOP";

    /// <summary>The script for bash, zsh or fish.</summary>
    internal static string For(string shell) => shell switch
    {
        "zsh" => Zsh(),
        "fish" => Fish(),
        _ => Bash(),
    };

    private static List<CommandRow> Commands()
    {
        List<CommandRow> commands = [];
        foreach (CommandRow row in CommandTable.Rows())
        {
            if (row.IsShown(Dialect.Csrun))
            {
                commands.Add(row);
            }
        }

        return commands;
    }

    private static List<FlagRow> Flags(Command command) => HelpText.Shown(
        Dialect.Csrun,
        command == Command.None ? FlagTable.Globals() : [.. FlagTable.Of(command), .. FlagTable.Common()]);

    private static string CommandNames()
    {
        StringBuilder names = new();
        foreach (CommandRow row in Commands())
        {
            names.Append(names.Length == 0 ? "" : " ").Append(row.Name);
        }

        return names.ToString();
    }

    private static string FlagNames(Command command)
    {
        StringBuilder names = new();
        foreach (FlagRow row in Flags(command))
        {
            names.Append(names.Length == 0 ? "--" : " --").Append(row.Name);
        }

        return names.ToString();
    }

    // The words of a choice that are done, divided by spaces.
    private static string Choices(FlagRow row) =>
        (row.Note.Length != 0 ? row.Note : row.Word).Replace('|', ' ');

    // What an operand may be: a kind of the scripts (dir, file, id) or words; empty where nothing can be proposed, as for
    // the name of a container that is yet to be made.
    private static string OperandKind(CommandRow row, string word) => word switch
    {
        "ID" => row.Command is Command.Create or Command.Restore ? "" : "id",
        "ID|DIR/" or "BUNDLE" => "dir",
        "FILE" => "file",
        "SIGNAL" => Signals,
        "COMMAND" => CommandNames(),
        _ => word.Contains('|', StringComparison.Ordinal) ? word.Replace('|', ' ') : "",
    };

    private static string[] OperandWords(CommandRow row)
    {
        string[] words = row.Operands.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = words[i].Trim('[', ']');
        }

        return words;
    }
}
