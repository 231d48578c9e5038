namespace Csrun.Spec;

/// <content>Mounts and the maps of ids. Source: config.md, Mounts; config-linux.md, User namespace mappings.</content>
public static partial class ConfigValidator
{
    private const int MostMappings = 340; // user_namespaces(7), since Linux 4.15
    private const ulong IdsEnd = uint.MaxValue; // 4294967295 itself is no id

    private static void ValidateMounts(Mount[]? mounts, ref FaultList faults)
    {
        for (int i = 0; i < mounts?.Length; i++)
        {
            Mount mount = mounts[i];
            if (NotEmptyFault(mount.Destination, "a path") is string destination)
            {
                faults.Add($"mounts[{i}].destination", destination);
            }

            ValidateSource(mount, i, ref faults);
            if (mount.UidMappings is { Length: > 0 } != mount.GidMappings is { Length: > 0 })
            {
                faults.Add(
                    $"mounts[{i}]",
                    mount.UidMappings is { Length: > 0 }
                        ? "uidMappings needs gidMappings"
                        : "gidMappings needs uidMappings");
            }

            if (mount.UidMappings is not null || mount.GidMappings is not null)
            {
                ValidateMappings(mount.UidMappings, $"mounts[{i}].uidMappings", ref faults);
                ValidateMappings(mount.GidMappings, $"mounts[{i}].gidMappings", ref faults);
            }
        }
    }

    /// <summary>Whether it is a bind mount is said by the options alone; the type then counts for nothing.</summary>
    private static void ValidateSource(Mount mount, int index, ref FaultList faults)
    {
        bool isBind = Has(mount.Options, "bind") || Has(mount.Options, "rbind");
        if (Has(mount.Options, "remount"))
        {
            return;
        }

        if (isBind)
        {
            if (NotEmptyFault(mount.Source, "a path") is string source)
            {
                faults.Add($"mounts[{index}].source", source);
            }
        }
        else if (NotEmptyFault(mount.Type, "a file system type") is string type)
        {
            faults.Add($"mounts[{index}].type", type);
        }
        else if (mount.Type == "bind")
        {
            faults.Add($"mounts[{index}].type", "type bind needs the option bind or rbind");
        }
    }

    private static void ValidateMappings(LinuxIdMapping[]? mappings, string at, ref FaultList faults)
    {
        if (mappings?.Length > MostMappings)
        {
            faults.Add(at, Message.Expected("at most 340 entries", mappings.Length));
        }

        for (int i = 0; i < mappings?.Length; i++)
        {
            LinuxIdMapping mapping = mappings[i];
            ulong size = mapping.Size.GetValueOrDefault();
            if (IdsFault(mapping.ContainerId, size) is string inside)
            {
                faults.Add($"{at}[{i}].containerID", inside);
            }

            if (IdsFault(mapping.HostId, size) is string outside)
            {
                faults.Add($"{at}[{i}].hostID", outside);
            }

            if (size == 0)
            {
                faults.Add($"{at}[{i}].size", mapping.Size is null ? Missing : Message.Expected("at least 1", 0));
            }
        }
    }

    private static string? IdsFault(uint? first, ulong size)
    {
        if (first is null)
        {
            return Missing;
        }

        return first + size > IdsEnd ? $"{first} with size {size} goes beyond 4294967294" : null;
    }

    private static bool Has(string[]? options, string option)
    {
        for (int i = 0; i < options?.Length; i++)
        {
            if (options[i] == option)
            {
                return true;
            }
        }

        return false;
    }
}
