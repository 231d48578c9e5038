using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>delete</c>: what create made goes away.</summary>
internal static class DeleteCommand
{
    public static int Run(Invocation invocation, Reporter reporter)
    {
        bool force = invocation.IsSet(Flag.Force);
        StateRoot root = CommandContext.Root(invocation);
        ChosenContainers.ForEach(invocation, root, id => Delete(root, id, force, CommandContext.Hooks(reporter)));
        return 0;
    }

    private static void Delete(StateRoot root, string id, bool force, HookContext hooks)
    {
        if (force)
        {
            Container.DeleteByForce(root, id, hooks);
            return;
        }

        using Container container = Container.Open(root, id);
        container.Delete(force: false, hooks);
    }
}
