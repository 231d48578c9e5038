using Csrun.CommandLine;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>start</c>: a created container's program.</summary>
internal static class StartCommand
{
    public static int Run(Invocation invocation)
    {
        using Container container = Container.Open(CommandContext.Root(invocation), invocation.Operand(0)!);
        container.Start();
        return 0;
    }
}
