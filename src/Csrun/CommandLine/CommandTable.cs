using System;

namespace Csrun.CommandLine;

/// <summary>
/// Every command of every dialect. The parser, each help, the completion scripts and the manual pages know commands
/// from here only. Built anew when asked for: some twenty rows cost less than a static constructor.
/// </summary>
internal static class CommandTable
{
    private const Dialects All = Dialects.All;
    private const Dialects Csrun = Dialects.Csrun;
    private const Dialects Runc = Dialects.Runc;
    private const Dialects Crun = Dialects.Crun;
    private const Support Done = Support.Done;
    private const Support NotYet = Support.NotYet;

    /// <summary>The rows, in the order of the help texts.</summary>
    internal static CommandRow[] Rows() =>
    [
        new(Command.Run, "run", Csrun, CommandGroup.Life, "ID|DIR/", Done,
            "make a container from a bundle, start it and wait for it"),
        new(Command.Run, "run", Runc | Crun, CommandGroup.Life, "ID", Done,
            "make a container from a bundle, start it and wait for it"),
        new(Command.Create, "create", All, CommandGroup.Life, "ID", Done,
            "make a container from a bundle; its program waits for start"),
        new(Command.Start, "start", All, CommandGroup.Life, "ID", Done,
            "let the program of a created container begin"),
        new(Command.Kill, "kill", All, CommandGroup.Life, "ID [SIGNAL]", Done,
            "send a signal to a container, TERM unless told otherwise"),
        new(Command.Delete, "delete", All, CommandGroup.Life, "ID", Done,
            "remove a stopped or created container and all that was made for it"),

        new(Command.Exec, "exec", All, CommandGroup.Running, "ID [PROGRAM [ARGUMENT...]]", Done,
            "run another program in a container"),
        new(Command.Pause, "pause", All, CommandGroup.Running, "ID", Done,
            "freeze every process of a container"),
        new(Command.Resume, "resume", All, CommandGroup.Running, "ID", Done,
            "let a paused container go on"),
        new(Command.Update, "update", All, CommandGroup.Running, "ID", Done,
            "change the limits of a container"),
        new(Command.Attach, "attach", Csrun, CommandGroup.Running, "ID", Done,
            "connect this terminal to a container with a shim"),
        new(Command.Shim, "shim", Csrun, CommandGroup.Running, "ID", Done,
            "give a container a new shim when its own is gone"),
        new(Command.Mounts, "mounts", Csrun | Crun, CommandGroup.Running, "add|remove ID FILE", NotYet,
            "add mounts to a running container, or remove them"),

        new(Command.State, "state", All, CommandGroup.Looking, "ID", Done,
            "print the state of a container as JSON"),
        new(Command.Logs, "logs", Csrun, CommandGroup.Looking, "ID", Done,
            "print what a container with a shim has written"),
        new(Command.Wait, "wait", Csrun, CommandGroup.Looking, "ID", Done,
            "wait for the end of a container with a shim and print its exit code"),
        new(Command.List, "list", All, CommandGroup.Looking, "", Done,
            "list the containers under --root"),
        new(Command.Ps, "ps", Csrun | Runc, CommandGroup.Looking, "ID [PS-OPTION...]", Done,
            "list the processes of a container"),
        new(Command.Ps, "ps", Crun, CommandGroup.Looking, "ID", Done,
            "list the processes of a container"),
        new(Command.Events, "events", Csrun | Runc, CommandGroup.Looking, "ID", Done,
            "print statistics and out-of-memory events of a container as JSON"),

        new(Command.Checkpoint, "checkpoint", All, CommandGroup.Saving, "ID", Done,
            "save the processes of a container with criu"),
        new(Command.Restore, "restore", All, CommandGroup.Saving, "ID", Done,
            "make a container from saved processes"),

        new(Command.Spec, "spec", All, CommandGroup.Preparing, "", Done,
            "write a config.json to start from"),
        new(Command.Plan, "plan", Csrun, CommandGroup.Preparing, "BUNDLE", Done,
            "print what create would do, without doing it"),
        new(Command.Features, "features", All, CommandGroup.Preparing, "", Done,
            "print what this program can do, as JSON"),
        new(Command.Info, "info", Csrun, CommandGroup.Preparing, "", NotYet,
            "print what this machine offers to containers"),

        new(Command.Completion, "completion", Csrun, CommandGroup.Person, "bash|zsh|fish", Done,
            "print a completion script for a shell"),
        new(Command.Man, "man", Csrun, CommandGroup.Person, "[COMMAND]", Done,
            "print a manual page, in troff"),
        new(Command.Help, "help", Csrun | Runc, CommandGroup.Person, "[COMMAND]", Done,
            "print the help of a command"),
    ];

    /// <summary>The row of a word in a dialect; one with <see cref="Command.None"/> if it has none.</summary>
    internal static CommandRow Find(Dialect dialect, ReadOnlySpan<byte> word)
    {
        foreach (CommandRow row in Rows())
        {
            if (dialect.IsIn(row.Dialects) && (Words.Same(word, row.Name)
                || (row.Command == Command.Help && word.SequenceEqual("h"u8))))
            {
                return row;
            }
        }

        return default;
    }

    /// <summary>The row of a command in a dialect; one with <see cref="Command.None"/> if it has none.</summary>
    internal static CommandRow Find(Dialect dialect, Command command)
    {
        foreach (CommandRow row in Rows())
        {
            if (row.Command == command && dialect.IsIn(row.Dialects))
            {
                return row;
            }
        }

        return default;
    }
}
