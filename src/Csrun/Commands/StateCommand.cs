using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>state</c>: the container's state as JSON.</summary>
internal static class StateCommand
{
    public static int Run(Invocation invocation)
    {
        string id = invocation.Operand(0)!;
        ContainerId.Check(id);
        using Container container = Container.Peek(CommandContext.Root(invocation), id)
            ?? throw new RuntimeException("container does not exist");
        ContainerView view = ContainerViews.Of(container);
        if (container.Record.HasShim && invocation.Dialect == Dialect.Csrun)
        {
            view = view with { Shim = ShimView.Of(container) };
        }

        return CommandContext.Print(StateFormatter.Format(view, invocation.Dialect));
    }
}
