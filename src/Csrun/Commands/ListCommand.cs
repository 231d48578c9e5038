using System.Collections.Generic;
using System.Text;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>list</c>: all containers under the state root.</summary>
internal static class ListCommand
{
    public static int Run(Invocation invocation)
    {
        StateRoot root = CommandContext.Root(invocation);
        IReadOnlyList<string> ids = root.ListIds(out bool exists);
        if (!exists && invocation.GetString(Flag.Root) is string named)
        {
            throw new KernelException("open", named, Errno.ENOENT, "--root");
        }

        List<ContainerView> views = [];
        foreach (string id in ids)
        {
            using Container? container = Container.Peek(root, id);
            if (container is not null)
            {
                views.Add(ContainerViews.Of(container));
            }
        }

        return CommandContext.Print(
            invocation.IsSet(Flag.Quiet) ? Encoding.UTF8.GetBytes(ListFormatter.Ids(views))
            : invocation.GetString(Flag.Format) == "json" ? ListFormatter.Json(views, invocation.Dialect)
            : Encoding.UTF8.GetBytes(ListFormatter.Table(views, invocation.Dialect)));
    }
}
