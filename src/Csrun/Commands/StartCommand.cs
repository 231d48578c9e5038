using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>start</c>: a created container's program.</summary>
internal static class StartCommand
{
    public static int Run(Invocation invocation, Reporter reporter)
    {
        using Container container = Container.Open(CommandContext.Root(invocation), invocation.Operand(0)!);
        container.Start(CommandContext.Hooks(reporter), CommandContext.NotifySocket());
        return 0;
    }
}
