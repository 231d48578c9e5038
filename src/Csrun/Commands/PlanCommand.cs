using System.Text;
using Csrun.CommandLine;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Commands;

/// <summary>
/// <c>plan</c>: what would be done for a bundle, in order; nothing is touched and no privilege needed.
/// </summary>
internal static class PlanCommand
{
    public static int Run(Invocation invocation)
    {
        string bundle = CommandContext.Absolute(invocation.Operand(0) ?? invocation.GetString(Flag.Bundle) ?? ".");
        string id = bundle[(bundle.LastIndexOf('/') + 1)..];
        Bundle loaded = Bundle.Load(new PlanOptions { Id = id, Bundle = bundle });
        return CommandContext.Print(Encoding.UTF8.GetBytes(PlanText.Print(loaded.Plan)));
    }
}
