using System;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>The script for fish.</summary>
internal static partial class CompletionScript
{
    private static string Fish()
    {
        StringBuilder script = new(
            $"""
            # fish completion for csrun, made by: csrun completion fish

            # The command on the line, which global flags and their values may precede.
            function __csrun_command
                set -l words (commandline -opc)
                set -e words[1]
                while set -q words[1]
                    switch $words[1]
                        case {FishGlobalsWithValue()}
                            set -e words[1]
                        case '-*'
                        case '*'
                            echo $words[1]
                            return
                    end
                    set -e words[1]
                end
            end

            function __csrun_is --argument-names wanted
                set -l command (__csrun_command)
                test "$command" = "$wanted"
            end

            function __csrun_ids
                set -l words (commandline -opc)
                set -l root
                if set -l place (contains -i -- --root $words)
                    set root --root $words[(math $place + 1)]
                end
                csrun $root list --quiet 2>/dev/null
            end

            complete -c csrun -f

            """);
        AppendFishFlags(script, Command.None, FishQuoted("__csrun_is ''"));
        foreach (CommandRow row in Commands())
        {
            script.Append($"complete -c csrun -n {FishQuoted("__csrun_is ''")} -a {row.Name} -d {FishQuoted(row.Help)}\n");
            string condition = FishQuoted($"__csrun_is {row.Name}");
            AppendFishFlags(script, row.Command, condition);
            foreach (string word in OperandWords(row))
            {
                if (OperandKind(row, word) is { Length: > 0 } kind)
                {
                    script.Append($"complete -c csrun -n {condition} {FishProposals(kind)}\n");
                }
            }
        }

        return script.ToString();
    }

    private static void AppendFishFlags(StringBuilder script, Command command, string condition)
    {
        foreach (FlagRow row in Flags(command))
        {
            script.Append($"complete -c csrun -n {condition}");
            foreach (char letter in row.Letters(Dialect.Csrun))
            {
                script.Append($" -s {letter}");
            }

            script.Append($" -l {row.Name}").Append(row.Kind switch
            {
                ValueKind.None => "",
                ValueKind.Directory => " -r " + FishProposals("dir"),
                ValueKind.File => " -r " + FishProposals("file"),
                ValueKind.Choice => " -x " + FishProposals(Choices(row)),
                _ => " -x",
            });
            script.Append($" -d {FishQuoted(row.Help)}\n");
        }
    }

    private static string FishGlobalsWithValue()
    {
        StringBuilder names = new();
        foreach (FlagRow row in Flags(Command.None))
        {
            names.Append(row.Kind == ValueKind.None ? "" : $" --{row.Name}");
        }

        return names.ToString().TrimStart();
    }

    private static string FishProposals(string kind) => kind switch
    {
        "id" => "-a '(__csrun_ids)'",
        "dir" => "-a '(__fish_complete_directories)'",
        "file" => "-F",
        _ => $"-a {FishQuoted(kind)}",
    };

    private static string FishQuoted(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
