using System.Globalization;
using System.Text;
using Csrun.CommandLine;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Csrun.Shim;

namespace Csrun.Commands;

/// <summary><c>wait</c>: the exit code of a container with a shim, whenever it comes or came.</summary>
internal static class WaitCommand
{
    public static int Run(Invocation invocation)
    {
        string id = invocation.Operand(0)!;
        ContainerId.Check(id);
        using Container container = Container.Look(CommandContext.Root(invocation), id);
        using ShimWait wait = new(container);
        ShimStatus status = wait.ForEnd();
        if (status.Exit == ExitKnowledge.Unknown)
        {
            throw new RuntimeException("how the container ended is not known: its shim was gone by then");
        }

        string code = status.ShellStatus.ToString(CultureInfo.InvariantCulture);
        _ = CommandContext.Print(Encoding.UTF8.GetBytes(code + "\n"));
        return status.ShellStatus;
    }
}
