namespace Csrun.Spec;

/// <content>
/// What members say of each other. Most of it guards the host: what is meant for a namespace of the container must not
/// happen in the runtime's own.
/// </content>
public static partial class ConfigValidator
{
    /// <summary>Checks what needs a namespace against the namespaces there are.</summary>
    internal static void ValidateWhole(ContainerConfig config, ref FaultList faults)
    {
        NamespaceType made = 0;
        NamespaceType joined = 0;
        for (int i = 0; i < config.Linux?.Namespaces?.Length; i++)
        {
            LinuxNamespace entry = config.Linux.Namespaces[i];
            if (!NamespaceTypeWords.TryParse(entry.Type, out NamespaceType type))
            {
                continue;
            }

            if (string.IsNullOrEmpty(entry.Path))
            {
                made |= type;
                ValidateNewNamespace(config.Linux, type, i, ref faults);
            }
            else
            {
                joined |= type;
            }
        }

        NamespaceType all = made | joined;
        Need(all, NamespaceType.Uts, !string.IsNullOrEmpty(config.Hostname), "hostname", ref faults);
        Need(all, NamespaceType.Uts, !string.IsNullOrEmpty(config.Domainname), "domainname", ref faults);
        Need(all, NamespaceType.Mount, config.Mounts is { Length: > 0 }, "mounts", ref faults);
        for (int i = 0; i < config.Mounts?.Length; i++)
        {
            ValidateIdMap(config.Mounts[i], i, all, ref faults);
        }

        if (config.Linux is not LinuxConfig linux)
        {
            return;
        }

        Need(all, NamespaceType.Mount, linux.MaskedPaths is { Length: > 0 }, "linux.maskedPaths", ref faults);
        Need(all, NamespaceType.Mount, linux.ReadonlyPaths is { Length: > 0 }, "linux.readonlyPaths", ref faults);
        Need(all, NamespaceType.Network, linux.NetDevices is { Count: > 0 }, "linux.netDevices", ref faults);
        if (linux.TimeOffsets is { Count: > 0 } && (made & NamespaceType.Time) == 0)
        {
            // They can only be set before the first process enters.
            faults.Add("linux.timeOffsets", "needs a new time namespace");
        }

        ValidateSysctlNamespaces(linux, all, ref faults);
        if (linux.Resources?.Memory is { Swap: > 0, Limit: null or 0 })
        {
            faults.Add("linux.resources.memory.swap", "needs a memory limit");
        }
    }

    private static void Need(
        NamespaceType present, NamespaceType type, bool isNeeded, string place, ref FaultList faults)
    {
        if (isNeeded && (present & type) == 0)
        {
            string article = type == NamespaceType.Ipc ? "an" : "a";
            faults.Add(place, $"needs {article} {NamespaceTypeWords.Word(type)} namespace");
        }
    }

    private static void ValidateNewNamespace(LinuxConfig linux, NamespaceType type, int index, ref FaultList faults)
    {
        if (type == NamespaceType.User
            && (linux.UidMappings is not { Length: > 0 } || linux.GidMappings is not { Length: > 0 }))
        {
            faults.Add($"linux.namespaces[{index}]", "a new user namespace needs uidMappings and gidMappings");
        }
    }

    private static void ValidateIdMap(Mount mount, int index, NamespaceType present, ref FaultList faults)
    {
        if (mount.UidMappings is not { Length: > 0 }
            && (present & NamespaceType.User) == 0
            && (Has(mount.Options, "idmap") || Has(mount.Options, "ridmap")))
        {
            faults.Add($"mounts[{index}]", "idmap needs uidMappings and gidMappings, or a user namespace");
        }
    }

    private static void ValidateSysctlNamespaces(LinuxConfig linux, NamespaceType present, ref FaultList faults)
    {
        if (linux.Sysctl is null)
        {
            return;
        }

        foreach (string name in linux.Sysctl.Keys)
        {
            if (Sysctl.TryFindNamespace(Sysctl.PathOf(name), out NamespaceType type))
            {
                Need(present, type, true, $"linux.sysctl[{Message.Quote(name)}]", ref faults);
            }
        }
    }
}
