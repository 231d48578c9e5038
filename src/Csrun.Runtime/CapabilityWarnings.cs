using System;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// Capabilities that are asked for and that csrun cannot give because it does not have them itself: a warning, and the
/// container runs without (config.md, Capabilities: runtimes should not fail).
/// </summary>
internal static class CapabilityWarnings
{
    /// <summary>Says which ones they are, in one line.</summary>
    /// <param name="sets">process.capabilities; null asks for none.</param>
    /// <param name="namespaces">The container's namespaces: in a user namespace its root has them all.</param>
    /// <param name="warn">Takes the line.</param>
    public static void Say(CapabilitySets? sets, NamespaceType namespaces, Action<string> warn)
    {
        if (sets is null || (namespaces & NamespaceType.User) != 0)
        {
            return;
        }

        _ = Kernel.capget(out _, out ulong permitted, out _);
        ulong asked = sets.Bounding | sets.Effective | sets.Permitted | sets.Inheritable | sets.Ambient;
        ulong missing = asked & ~permitted;
        if (missing != 0)
        {
            warn("process.capabilities: not given, as csrun does not have them: " + Names(missing));
        }
    }

    private static string Names(ulong set)
    {
        StringBuilder names = new();
        for (int capability = 0; capability < 64; capability++)
        {
            if ((set >> capability & 1) != 0)
            {
                names.Append(names.Length == 0 ? "" : ", ").Append(CapabilityWords.Word((Capability)capability));
            }
        }

        return names.ToString();
    }
}
