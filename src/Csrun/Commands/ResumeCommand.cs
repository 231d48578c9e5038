using Csrun.CommandLine;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Commands;

/// <summary><c>resume</c>: the processes of a paused container go on.</summary>
internal static class ResumeCommand
{
    public static int Run(Invocation invocation)
    {
        using Container container = Container.Open(CommandContext.Root(invocation), invocation.Operand(0)!);

        // crun's callers may resume what runs.
        if (invocation.Dialect != Dialect.Crun
            || container.Status() is not (ContainerStatus.Running or ContainerStatus.Created))
        {
            container.Resume();
        }

        return 0;
    }
}
