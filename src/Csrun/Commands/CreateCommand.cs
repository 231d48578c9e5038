using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>create</c>: the container as config.json describes it, its program not yet started.</summary>
internal static class CreateCommand
{
    public static int Run(Invocation invocation, Reporter reporter)
    {
        CreateRequest request = CommandContext.CreateRequest(
            invocation, reporter, invocation.Operand(0)!, invocation.GetString(Flag.Bundle) ?? ".");
        if (invocation.IsSet(Flag.Shim))
        {
            return ShimCommand.Create(invocation, request);
        }

        Bundle bundle = request.LoadBundle();
        using SignalReader signals = new();
        using CreatedContainer container = Creator.Create(request, bundle, signals);
        return 0;
    }
}
