namespace Csrun.Spec;

/// <content>What is allowed but not meant; the command goes on.</content>
public static partial class ConfigValidator
{
    /// <summary>
    /// Says what is worth a warning: capabilities nobody knows, deprecated forms, what the specification's SHOULD and
    /// NOT RECOMMENDED speak of.
    /// </summary>
    public static void Warn(ContainerConfig config, ref FaultList warnings)
    {
        if (config.Process is not null)
        {
            Warn(config.Process.Capabilities, "process.", ref warnings);
        }

        for (int i = 0; i < config.Mounts?.Length; i++)
        {
            if (config.Mounts[i].Destination is { Length: > 0 } destination && !destination.StartsWith('/'))
            {
                warnings.Add(
                    $"mounts[{i}].destination",
                    Message.Expected("an absolute path (relative is deprecated)", destination));
            }
        }

        if (config.Linux?.IntelRdt?.L3CacheSchema is { Length: > 0 } l3
            && (!l3.StartsWith("L3:", System.StringComparison.Ordinal) || l3.Contains('\n')))
        {
            warnings.Add("linux.intelRdt.l3CacheSchema", Message.Expected("one line that begins with L3:", l3));
        }

        if (config.Linux?.Resources is not null)
        {
            Warn(config.Linux.Resources, "linux.resources.", ref warnings);
        }
    }

    /// <summary>As <see cref="Warn(ContainerConfig, ref FaultList)"/>, for the process that exec reads.</summary>
    public static void Warn(Process process, ref FaultList warnings) => Warn(process.Capabilities, "", ref warnings);

    /// <summary>As <see cref="Warn(ContainerConfig, ref FaultList)"/>, for the limits that update reads.</summary>
    public static void Warn(LinuxResources resources, ref FaultList warnings) => Warn(resources, "", ref warnings);

    private static void Warn(LinuxResources resources, string at, ref FaultList warnings)
    {
        if (resources.Memory?.Kernel > 0)
        {
            warnings.Add(at + "memory.kernel", "not recommended, and gone from newer kernels");
        }

        if (resources.Memory?.KernelTcp > 0)
        {
            warnings.Add(at + "memory.kernelTCP", "not recommended");
        }
    }

    private static void Warn(LinuxCapabilities? capabilities, string at, ref FaultList warnings)
    {
        if (capabilities is null)
        {
            return;
        }

        Warn(capabilities.Bounding, at, "bounding", ref warnings);
        Warn(capabilities.Effective, at, "effective", ref warnings);
        Warn(capabilities.Inheritable, at, "inheritable", ref warnings);
        Warn(capabilities.Permitted, at, "permitted", ref warnings);
        Warn(capabilities.Ambient, at, "ambient", ref warnings);
    }

    private static void Warn(string[]? capabilities, string at, string set, ref FaultList warnings)
    {
        for (int i = 0; i < capabilities?.Length; i++)
        {
            if (!CapabilityWords.TryParse(capabilities[i], out _))
            {
                warnings.Add(
                    $"{at}capabilities.{set}[{i}]",
                    $"no capability is named {Message.Quote(capabilities[i])}; ignored");
            }
        }
    }
}
