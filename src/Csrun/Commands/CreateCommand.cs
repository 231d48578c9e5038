using Csrun.CommandLine;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>create</c>: the container as config.json describes it, its program not yet started.</summary>
internal static class CreateCommand
{
    public static int Run(Invocation invocation)
    {
        using SignalReader signals = new();
        CreateRequest request = CommandContext.CreateRequest(
            invocation, invocation.Operand(0)!, invocation.GetString(Flag.Bundle) ?? ".");
        using CreatedContainer container = Creator.Create(request, signals);
        return 0;
    }
}
