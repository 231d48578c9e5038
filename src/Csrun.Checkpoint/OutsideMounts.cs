using System.Collections.Generic;
using Csrun.Cgroups;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Checkpoint;

/// <summary>A mount of a container whose contents are the host's.</summary>
/// <param name="Destination">Its place, as config.json has it, and its name in the images.</param>
/// <param name="Source">The host's path.</param>
internal readonly record struct OutsideMount(string Destination, string Source);

/// <summary>
/// The mounts that criu neither saves nor makes: what config.json binds, the cgroups where they are bound, the device
/// nodes where they are, and the directory of the notify socket.
/// </summary>
internal static class OutsideMounts
{
    /// <summary>The mounts, in the order of config.json, none twice.</summary>
    /// <param name="plan">What the container is.</param>
    /// <param name="cgroups">Its cgroups.</param>
    /// <param name="notifyDirectory">The source of the mount for the notify socket; null where there is none.</param>
    public static IReadOnlyList<OutsideMount> Of(Plan plan, ContainerCgroups cgroups, string? notifyDirectory)
    {
        List<OutsideMount> mounts = [];
        foreach (MountPlan mount in plan.Mounts)
        {
            if (mount.Kind == MountKind.Bind)
            {
                Add(mounts, mount.Destination, mount.Source);
            }
            else if (mount.Kind == MountKind.Cgroup && !mount.IsSystemdHierarchy)
            {
                AddCgroups(mounts, plan, cgroups, mount.Destination);
            }
        }

        if (plan.Namespaces.Has(NamespaceType.User))
        {
            foreach (DevicePlan device in plan.Devices)
            {
                Add(mounts, device.Path, device.Path);
            }
        }

        if (notifyDirectory is not null)
        {
            Add(mounts, NotifyMount.Destination, notifyDirectory);
        }

        return mounts;
    }

    /// <summary>
    /// Hierarchies of v1 are always bound; v2 alone is a mount of the container's own in a cgroup namespace.
    /// </summary>
    private static void AddCgroups(List<OutsideMount> mounts, Plan plan, ContainerCgroups cgroups, string destination)
    {
        bool isItsOwn = plan.Namespaces.Has(NamespaceType.Cgroup);
        if (cgroups.Mounts.Count == 0 && !isItsOwn && cgroups.UnifiedPath is byte[] unified)
        {
            Add(mounts, destination, Utf8.ToText(unified));
        }

        foreach (CgroupMount hierarchy in cgroups.Mounts)
        {
            Add(mounts, destination + "/" + hierarchy.Name, Utf8.ToText(hierarchy.Source));
        }
    }

    private static void Add(List<OutsideMount> mounts, string destination, string source)
    {
        mounts.RemoveAll(other => other.Destination == destination);
        mounts.Add(new OutsideMount(destination, source));
    }
}
