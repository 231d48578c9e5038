using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>kill</c>: a signal for the first process, or for all.</summary>
internal static class KillCommand
{
    public static int Run(Invocation invocation)
    {
        string word = invocation.Operand(1) ?? "TERM";
        if (!SignalNames.TryParse(word, out int signal))
        {
            throw new RuntimeException("unknown signal \"" + word + "\"");
        }

        StateRoot root = CommandContext.Root(invocation);
        ChosenContainers.ForEach(invocation, root, id =>
        {
            using Container? container = Open(root, id, signal, out bool endedCreate);
            if (endedCreate && container is not { IsUnfinished: false })
            {
                // That was the signal's work, whatever is left of the container.
                return;
            }

            if (container is not null)
            {
                container.Kill(signal, invocation.IsSet(Flag.All));
            }
            else
            {
                throw new RuntimeException("container does not exist");
            }
        });
        return 0;
    }

    /// <summary>
    /// What ends a container that waits for its start also ends a create, and SIGKILL a checkpoint; other signals wait.
    /// </summary>
    private static Container? Open(StateRoot root, string id, int signal, out bool endedCreate)
    {
        endedCreate = false;
        return Container.Ends(signal)
            ? Container.TryOpenEndingCreate(root, id, out endedCreate, evenCheckpoint: signal == Kernel.SIGKILL)
            : Container.TryOpen(root, id);
    }
}
