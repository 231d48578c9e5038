using Csrun.Checkpoint;
using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>restore</c>: a container whose processes were saved goes on.</summary>
internal static class RestoreCommand
{
    public static int Run(Invocation invocation, Reporter reporter)
    {
        CheckpointOptions options = CheckpointFlags.Read(invocation);
        CreateRequest request = CommandContext.CreateRequest(
            invocation, reporter, invocation.Operand(0)!, invocation.GetString(Flag.Bundle) ?? ".");
        return Restorer.Restore(
            request with
            {
                Root = new StateRoot(CommandContext.Absolute(request.Root.Path)), // criu is told a path below it
                NotifySocket = null, // the program said that it was ready in its life before
                IsForeground = !invocation.IsSet(Flag.Detach),
            },
            options,
            reaps: !invocation.IsSet(Flag.NoSubreaper));
    }
}
