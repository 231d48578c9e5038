using Csrun.Reporting;

namespace Csrun.CommandLine;

/// <summary>What the program answers by itself, without a container or the kernel.</summary>
/// <param name="Text">For standard output.</param>
/// <param name="Error">To be reported after it, or null.</param>
/// <param name="ExitCode">What to exit with.</param>
internal readonly record struct Answer(string Text, ErrorDetail? Error, int ExitCode);

/// <summary>The answers to faulty command lines, to --help, --usage and --version, to completion and man.</summary>
internal static class OwnAnswers
{
    /// <summary>
    /// The answer to an invocation, or null where its command must be run. <paramref name="runDirectory"/> is where the
    /// containers' state is kept.
    /// </summary>
    internal static Answer? Of(Invocation invocation, string runDirectory)
    {
        if (invocation.Error is { } error)
        {
            return new Answer(Preface(invocation, error), error.Detail, error.ExitCode);
        }

        return invocation.Request switch
        {
            Request.Help => Help(invocation, HelpText.Of(invocation.Dialect, invocation.Command)),
            Request.Usage => Help(invocation, HelpText.CrunUsage(invocation.Command)),
            Request.Version => new Answer(VersionText.Of(invocation.Dialect, runDirectory), null, 0),
            _ => invocation.Command switch
            {
                Command.Completion => new Answer(CompletionScript.For(invocation.Operands[0]), null, 0),
                Command.Man => Man(invocation),
                _ => null,
            },
        };
    }

    // The help of a command that is not done fails: engines ask "checkpoint --help" to learn whether it is.
    private static Answer Help(Invocation invocation, string text)
    {
        CommandRow row = CommandTable.Find(invocation.Dialect, invocation.Command);
        if (row.Command == Command.None || row.Support == Support.Done)
        {
            return new Answer(text, null, 0);
        }

        UsageError refusal = UsageErrors.NotSupported(invocation, row.Name);
        return new Answer(text, refusal.Detail, refusal.ExitCode);
    }

    private static Answer Man(Invocation invocation)
    {
        if (invocation.IsSet(Flag.Pages))
        {
            return new Answer(ManPage.List(), null, 0);
        }

        if (invocation.Operand(0) is not { } name)
        {
            return new Answer(ManPage.Of(Command.None), null, 0);
        }

        foreach (CommandRow row in CommandTable.Rows())
        {
            if (row.Name == name && Dialect.Csrun.IsIn(row.Dialects))
            {
                return new Answer(ManPage.Of(row.Command), null, 0);
            }
        }

        UsageError error = UsageErrors.UnknownCommand(invocation, name);
        return new Answer("", error.Detail, error.ExitCode);
    }

    private static string Preface(Invocation invocation, UsageError error) => error.Preface is null
        ? ""
        : $"{error.Preface}\n\n{HelpText.Of(invocation.Dialect, invocation.Command)}";
}
