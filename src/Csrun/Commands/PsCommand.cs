using System.Collections.Generic;
using System.Text;
using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>ps</c>: the processes of a container, as ps(1) on the host shows them or by number.</summary>
internal static class PsCommand
{
    public static int Run(Invocation invocation)
    {
        string id = invocation.Operand(0)!;
        ContainerId.Check(id);
        List<int> pids = [];
        using (Container container = Container.Peek(CommandContext.Root(invocation), id)
            ?? throw new RuntimeException("container does not exist"))
        {
            container.Cgroups.ReadProcesses(pids);
        }

        pids.Sort();
        return CommandContext.Print(Encoding.UTF8.GetBytes(
            invocation.GetString(Flag.Format) == "json" ? ProcessListFormatter.Json(pids, invocation.Dialect)
            : invocation.Dialect == Dialect.Crun ? ProcessListFormatter.Numbers(pids)
            : ProcessListFormatter.Filter(HostPs.Run(invocation.ProgramArguments), pids)));
    }
}
