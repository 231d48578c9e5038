using System.Numerics;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>Capabilities that config.json asks for and nobody here can give: a warning, no error (config.md, Capabilities).</summary>
internal static class MissingCapabilities
{
    /// <summary>The warning; null where all can be given, as always in a user namespace of the container's own.</summary>
    public static string? Warning(Plan plan)
    {
        if (plan.Process?.Capabilities is not CapabilitySets sets || plan.Namespaces.Has(NamespaceType.User))
        {
            return null;
        }

        _ = Kernel.capget(out _, out ulong permitted, out _);
        ulong missing = (sets.Permitted | sets.Effective | sets.Inheritable | sets.Ambient) & ~permitted;
        if (missing == 0)
        {
            return null;
        }

        StringBuilder text = new("process.capabilities: not given, as csrun does not have them:");
        string separator = " ";
        for (; missing != 0; missing &= missing - 1)
        {
            text.Append(separator).Append(CapabilityWords.Word((Capability)BitOperations.TrailingZeroCount(missing)));
            separator = ", ";
        }

        return text.ToString();
    }
}
