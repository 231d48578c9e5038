using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>linux.namespaces: what clone makes and what is joined.</summary>
internal static class NamespacePlanner
{
    public static NamespacePlan Plan(LinuxConfig linux)
    {
        NamespaceType made = 0;
        List<NamespaceJoin> joins = [];
        LinuxNamespace[] namespaces = linux.Namespaces ?? [];
        for (int i = 0; i < namespaces.Length; i++)
        {
            LinuxNamespace entry = namespaces[i];
            string place = "linux.namespaces[" + i + "]";
            if (!NamespaceTypeWords.TryParse(entry.Type, out NamespaceType type))
            {
                continue;
            }

            if (entry.Path is { Length: > 0 } path)
            {
                joins.Add(new NamespaceJoin(type, path, place + ".path"));
            }
            else
            {
                made |= type;
            }
        }

        // The user namespace owns the others, so it is entered first; the mount namespace last, since paths are the
        // caller's.
        joins.Sort(static (one, other) => Order(one.Type) - Order(other.Type));
        return new NamespacePlan
        {
            New = made,
            Join = joins,
            UidMappings = linux.UidMappings ?? [],
            GidMappings = linux.GidMappings ?? [],
            TimeOffsets = AttributePlanner.Plan(linux.TimeOffsets ?? []),
        };
    }

    private static int Order(NamespaceType type)
    {
        return type switch { NamespaceType.User => 0, NamespaceType.Mount => 2, _ => 1 };
    }
}
