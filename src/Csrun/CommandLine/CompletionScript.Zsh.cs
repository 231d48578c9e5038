using System;
using System.Text;

namespace Csrun.CommandLine;

/// <summary>The script for zsh.</summary>
internal static partial class CompletionScript
{
    private static string Zsh()
    {
        StringBuilder script = new(
            """
            #compdef csrun
            # zsh completion for csrun, made by: csrun completion zsh

            _csrun_ids()
            {
                local -a ids root
                [[ -n $csrun_root ]] && root=(--root $csrun_root)
                ids=(${(f)"$(csrun $root list --quiet 2>/dev/null)"})
                compadd -a ids
            }

            _csrun()
            {
                local context state state_descr line csrun_root
                local -a commands
                typeset -A opt_args
                commands=(

            """);
        foreach (CommandRow row in Commands())
        {
            script.Append($"        {ZshQuoted($"{row.Name}:{row.Help}")}\n");
        }

        script.Append("    )\n    _arguments -C -S");
        AppendZshFlags(script, Command.None, "        ");
        return script.Append(
            """
             \
                    '1:command:->command' \
                    '*::argument:->argument'
                csrun_root=${opt_args[--root]}
                case $state in
                    command) _describe command commands ;;
                    argument)
                        case $words[1] in

            """)
            .Append(ZshCommands())
            .Append(
            """
                        esac
                        ;;
                esac
            }

            _csrun "$@"

            """).ToString();
    }

    private static string ZshCommands()
    {
        StringBuilder script = new();
        foreach (CommandRow row in Commands())
        {
            script.Append($"                {row.Name})\n                    _arguments -S");
            AppendZshFlags(script, row.Command, "                        ");
            string[] words = OperandWords(row);
            for (int i = 0; i < words.Length; i++)
            {
                string action = ZshAction(OperandKind(row, words[i]));
                script.Append(" \\\n                        ");
                script.Append(ZshQuoted($"{i + 1}:{words[i]}:{action}"));
            }

            script.Append("\n                    ;;\n");
        }

        return script.ToString();
    }

    private static void AppendZshFlags(StringBuilder script, Command command, string indent)
    {
        foreach (FlagRow row in Flags(command))
        {
            bool hasValue = row.Kind != ValueKind.None;
            string value = hasValue ? $":{ZshEscaped(row.Word)}:{ZshAction(ZshKind(row))}" : "";
            string letters = row.Letters(Dialect.Csrun);
            string help = $"[{ZshEscaped(row.Help)}]{value}";
            string equals = hasValue ? "=" : "";
            script.Append(" \\\n").Append(indent).Append(letters.Length == 0
                ? ZshQuoted($"--{row.Name}{equals}{help}")
                : $"{ZshQuoted($"(-{letters[0]} --{row.Name})")}{{-{letters[0]},--{row.Name}{equals}}}{ZshQuoted(help)}");
        }
    }

    private static string ZshKind(FlagRow row) => row.Kind switch
    {
        ValueKind.Directory => "dir",
        ValueKind.File => "file",
        ValueKind.Choice => Choices(row),
        _ => "",
    };

    private static string ZshAction(string kind) => kind switch
    {
        "" => " ",
        "id" => "_csrun_ids",
        "dir" => "_files -/",
        "file" => "_files",
        _ => $"({kind})",
    };

    private static string ZshQuoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // Within a specification of _arguments these have a meaning.
    private static string ZshEscaped(string text)
    {
        StringBuilder escaped = new();
        foreach (char c in text)
        {
            escaped.Append(c is '\\' or '[' or ']' or ':' ? "\\" : "").Append(c);
        }

        return escaped.ToString();
    }
}
