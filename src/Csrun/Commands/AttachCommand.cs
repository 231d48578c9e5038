using Csrun.CommandLine;
using Csrun.Runtime;
using Csrun.Shim.Attach;

namespace Csrun.Commands;

/// <summary><c>attach</c>: this terminal, or these pipes, at a container with a shim.</summary>
internal static class AttachCommand
{
    public static int Run(Invocation invocation)
    {
        string id = invocation.Operand(0)!;
        ContainerId.Check(id);
        string given = invocation.GetString(Flag.DetachKeys) ?? DetachKeys.Default;
        DetachKeys keys = DetachKeys.Parse(given)
            ?? throw new RuntimeException("--detach-keys: not a list of keys such as ctrl-p,ctrl-q: " + given);
        using Container container = Container.Look(CommandContext.Root(invocation), id);
        using AttachClient client = new(container, keys, !invocation.IsSet(Flag.NoStdin));
        return client.Run();
    }
}
