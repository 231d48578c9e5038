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
            using Container container = Container.Open(root, id);
            container.Kill(signal, invocation.IsSet(Flag.All));
        });
        return 0;
    }
}
