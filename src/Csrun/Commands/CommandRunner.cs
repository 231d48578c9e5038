using System;
using System.Text;
using Csrun.CommandLine;
using Csrun.Reporting;

namespace Csrun.Commands;

/// <summary>From an understood command line to the command's own file.</summary>
internal static class CommandRunner
{
    /// <summary>Runs the command and returns the exit code.</summary>
    public static int Run(Invocation invocation, Reporter reporter)
    {
        string runDirectory = invocation.Request == Request.Version
            ? CommandContext.Root(invocation).Path
            : string.Empty;
        if (OwnAnswers.Of(invocation, runDirectory) is not Answer answer)
        {
            return Execute(invocation, reporter);
        }

        CommandContext.Print(Encoding.UTF8.GetBytes(answer.Text));
        if (answer.Error is not null)
        {
            reporter.Error(answer.Error, DateTime.UtcNow);
        }

        return answer.ExitCode;
    }

    private static int Execute(Invocation invocation, Reporter reporter)
    {
        return invocation.Command switch
        {
            Command.Run => RunCommand.Run(invocation, reporter),
            Command.Create => CreateCommand.Run(invocation, reporter),
            Command.Start => StartCommand.Run(invocation, reporter),
            Command.Exec => ExecCommand.Run(invocation, reporter),
            Command.Pause => PauseCommand.Run(invocation),
            Command.Resume => ResumeCommand.Run(invocation),
            Command.Update => UpdateCommand.Run(invocation),
            Command.Events => EventsCommand.Run(invocation),
            Command.Ps => PsCommand.Run(invocation),
            Command.State => StateCommand.Run(invocation),
            Command.Wait => WaitCommand.Run(invocation),
            Command.Attach => AttachCommand.Run(invocation),
            Command.Logs => LogsCommand.Run(invocation),
            Command.Shim => ShimCommand.Run(invocation, reporter),
            Command.Kill => KillCommand.Run(invocation),
            Command.Delete => DeleteCommand.Run(invocation, reporter),
            Command.List => ListCommand.Run(invocation),
            Command.Checkpoint => CheckpointCommand.Run(invocation, reporter),
            Command.Restore => RestoreCommand.Run(invocation, reporter),
            Command.Spec => SpecCommand.Run(invocation),
            Command.Features => FeaturesCommand.Run(),
            Command.Plan => PlanCommand.Run(invocation),
            _ => throw new InvalidOperationException("no code for " + invocation.Command),
        };
    }
}
