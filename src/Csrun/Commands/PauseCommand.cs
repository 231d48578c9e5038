using Csrun.CommandLine;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Commands;

/// <summary><c>pause</c>: every process of the container stands still until resume.</summary>
internal static class PauseCommand
{
    public static int Run(Invocation invocation)
    {
        using Container container = Container.Open(CommandContext.Root(invocation), invocation.Operand(0)!);

        // crun's callers may pause twice.
        if (invocation.Dialect != Dialect.Crun || container.Status() != ContainerStatus.Paused)
        {
            container.Pause();
        }

        return 0;
    }
}
