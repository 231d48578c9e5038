using System.Text;

namespace Csrun.CommandLine;

/// <summary>The script for bash.</summary>
internal static partial class CompletionScript
{
    private static string Bash()
    {
        StringBuilder script = new(
            """
            # bash completion for csrun, made by: csrun completion bash

            # What follows a flag: sets kind for COMMAND:FLAG, fails for a switch.
            _csrun_value()
            {
                case $1 in

            """);
        AppendBashValues(script, Command.None, "");
        foreach (CommandRow row in Commands())
        {
            AppendBashValues(script, row.Command, row.Name);
        }

        script.Append(
            """
                    *) return 1 ;;
                esac
            }

            # What an operand is: sets kind for COMMAND:PLACE, fails where nothing can be proposed.
            _csrun_operand()
            {
                case $1 in

            """);
        foreach (CommandRow row in Commands())
        {
            string[] words = OperandWords(row);
            for (int i = 0; i < words.Length; i++)
            {
                if (OperandKind(row, words[i]) is { Length: > 0 } kind)
                {
                    script.Append($"        {row.Name}:{i}) kind='{kind}' ;;\n");
                }
            }
        }

        script.Append(
            """
                    *) return 1 ;;
                esac
            }

            _csrun_flags()
            {
                case $1 in

            """);
        script.Append($"        '') kind='{FlagNames(Command.None)}' ;;\n");
        foreach (CommandRow row in Commands())
        {
            script.Append($"        {row.Name}) kind='{FlagNames(row.Command)}' ;;\n");
        }

        return script.Append(
            """
                    *) kind= ;;
                esac
            }

            _csrun()
            {
                local word=${COMP_WORDS[COMP_CWORD]} i=1 command= place=0 kind= flag
                local -a root=()
                COMPREPLY=()
                [[ $word == '=' ]] && word=

                # Walk over the words before this one. The shell cuts --flag=value into three.
                while ((i < COMP_CWORD)); do
                    flag=${COMP_WORDS[i++]}
                    if [[ $flag == -* ]]; then
                        _csrun_value "$command:$flag" || continue
                        [[ ${COMP_WORDS[i]} == '=' ]] && ((i < COMP_CWORD)) && ((i++))
                        ((i >= COMP_CWORD)) && break
                        [[ $flag == --root ]] && root=(--root "${COMP_WORDS[i]}")
                        ((i++))
                        kind=
                    elif [[ -z $command ]]; then
                        command=$flag
                    else
                        ((place++))
                    fi
                done

                if [[ -z $kind ]]; then
                    if [[ $word == -* ]]; then
                        _csrun_flags "$command"
                    elif [[ -z $command ]]; then

            """)
            .Append($"            kind='{CommandNames()}'\n")
            .Append(
            """
                    else
                        _csrun_operand "$command:$place" || return 0
                    fi
                fi

                local IFS=$' \t\n'
                case $kind in
                    dir) compopt -o filenames; IFS=$'\n'; COMPREPLY=($(compgen -d -- "$word")) ;;
                    file) compopt -o filenames; IFS=$'\n'; COMPREPLY=($(compgen -f -- "$word")) ;;
                    id) COMPREPLY=($(compgen -W "$(csrun "${root[@]}" list --quiet 2>/dev/null)" -- "$word")) ;;
                    text) ;;
                    *) COMPREPLY=($(compgen -W "$kind" -- "$word")) ;;
                esac
            }

            complete -F _csrun csrun

            """).ToString();
    }

    private static void AppendBashValues(StringBuilder script, Command command, string name)
    {
        foreach (FlagRow row in Flags(command))
        {
            if (row.Kind == ValueKind.None)
            {
                continue;
            }

            script.Append($"        {name}:--{row.Name}");
            foreach (char letter in row.Letters(Dialect.Csrun))
            {
                script.Append($"|{name}:-{letter}");
            }

            string kind = row.Kind switch
            {
                ValueKind.Directory => "dir",
                ValueKind.File => "file",
                ValueKind.Choice => Choices(row),
                _ => "text",
            };
            script.Append($") kind='{kind}' ;;\n");
        }
    }
}
