using Csrun.Checkpoint;
using Csrun.CommandLine;
using Csrun.Reporting;

namespace Csrun.Commands;

/// <summary><c>checkpoint</c>: the container's processes are saved, and it is gone.</summary>
internal static class CheckpointCommand
{
    public static int Run(Invocation invocation, Reporter reporter)
    {
        Dumper.Checkpoint(
            CommandContext.Root(invocation),
            invocation.Operand(0)!,
            CheckpointFlags.Read(invocation),
            CommandContext.Hooks(reporter));
        return 0;
    }
}
