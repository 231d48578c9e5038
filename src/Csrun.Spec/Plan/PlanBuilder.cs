using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// Works out a <see cref="Plan"/> from config.json and the command line. What the configuration asks for and csrun does
/// not do is a fault here, so that nothing is silently left out.
/// </summary>
public static class PlanBuilder
{
    private const string DefaultRoot = "rootfs";

    /// <summary>The umask of a program whose process names none: 0022.</summary>
    internal const uint DefaultUmask = 0x12;

    /// <summary>Builds the plan; null exactly when there are faults.</summary>
    /// <param name="config">A valid configuration: <see cref="ConfigReader.Read"/> found no fault.</param>
    /// <param name="options">What the command line adds.</param>
    /// <param name="faults">What csrun does not do, each with its place; empty if the plan is whole.</param>
    public static Plan? Build(ContainerConfig config, PlanOptions options, out IReadOnlyList<Fault> faults)
    {
        List<Fault> found = [];
        LinuxConfig linux = config.Linux ?? new LinuxConfig();
        NamespacePlan namespaces = NamespacePlanner.Plan(linux);
        List<MountPlan> mounts = MountPlanner.Plan(config.Mounts ?? [], namespaces, options.Bundle, found);
        MountPlanner.ShowSystemdHierarchy(mounts, config.Annotations);
        bool ownsDev = OwnsDev(mounts);
        if (options.NotifyDirectory is not null && namespaces.Has(NamespaceType.Mount))
        {
            mounts.Add(NotifyMount.Of(options.NotifyDirectory));
        }

        Plan plan = new()
        {
            Id = options.Id,
            Bundle = options.Bundle,
            Namespaces = namespaces,
            Root = new RootPlan
            {
                Path = Absolute(config.Root?.Path ?? DefaultRoot, options.Bundle),
                Readonly = config.Root?.Readonly ?? false,
                NoPivot = options.NoPivot,
                Propagation = MountPlanner.RootPropagation(linux.RootfsPropagation),
            },
            Hostname = config.Hostname is { Length: > 0 } ? config.Hostname : null,
            Domainname = config.Domainname is { Length: > 0 } ? config.Domainname : null,
            Sysctl = SysctlPlanner.Plan(linux.Sysctl ?? []),
            NetDevices = linux.NetDevices is { Count: > 0 } devices ? NetDevicePlanner.Plan(devices) : [],
            Mounts = mounts,
            Devices = ownsDev ? DevicePlanner.Plan(linux.Devices ?? []) : [],
            MakeDeviceLinks = ownsDev,
            MountContext = linux.MountLabel is { Length: > 0 } label
                ? MountContextPlanner.Plan(label, config.Annotations, found)
                : null,
            MaskedPaths = linux.MaskedPaths ?? [],
            ReadonlyPaths = linux.ReadonlyPaths ?? [],
            CgroupsPath = linux.CgroupsPath is { Length: > 0 } ? linux.CgroupsPath : null,
            Resources = linux.Resources,
            IntelRdt = linux.IntelRdt,
            MemoryPolicy = AttributePlanner.Plan(linux.MemoryPolicy),
            Personality = AttributePlanner.Plan(linux.Personality),
            Process = config.Process is null ? null : PlanProcess(config, config.Process, options, namespaces),
            Seccomp = linux.Seccomp,
            Hooks = config.Hooks ?? new Hooks(),
            Annotations = config.Annotations ?? [],
            NewKeyring = !options.NoNewKeyring,
        };
        faults = found;
        return found.Count == 0 ? plan : null;
    }

    private static ProcessPlan PlanProcess(
        ContainerConfig config, Process process, PlanOptions options, NamespacePlan namespaces)
    {
        ProcessPlan plan = ProcessPlanner.Plan(
            process, DefaultUmask, options.ListenDescriptors,
            options.NotifyDirectory is not null && namespaces.Has(NamespaceType.Mount));
        return config.Annotations?.ContainsKey(ProcessPlan.KeepGroupsAnnotation) == true
            ? plan with { KeepsGroups = true }
            : plan;
    }

    /// <summary>A path of config.json that is absolute or relative to the bundle.</summary>
    internal static string Absolute(string path, string bundle)
    {
        return path.StartsWith('/') ? path : bundle + "/" + path;
    }

    /// <summary>A /dev that is bound from the host is not filled: its nodes are the host's.</summary>
    private static bool OwnsDev(List<MountPlan> mounts)
    {
        foreach (MountPlan mount in mounts)
        {
            if (mount.Kind == MountKind.Bind && mount.Destination.TrimEnd('/') == "/dev")
            {
                return false;
            }
        }

        return true;
    }
}
