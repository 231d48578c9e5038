using System;
using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>Takes the options of each mount apart (config.md, "Linux mount options").</summary>
internal static class MountPlanner
{
    private const ulong AtimeClass = 0x70; // MOUNT_ATTR__ATIME

    public static List<MountPlan> Plan(Mount[] mounts, NamespacePlan namespaces, string bundle, List<Fault> faults)
    {
        List<MountPlan> plans = new(mounts.Length);
        for (int i = 0; i < mounts.Length; i++)
        {
            plans.Add(PlanOne(mounts[i], "mounts[" + i + "]", namespaces, bundle, faults));
        }

        return plans;
    }

    /// <summary>
    /// crun's annotation run.oci.systemd.force_cgroup_v1: the mount with this destination becomes v1's hierarchy named
    /// systemd, for a systemd in the container that does not know cgroup v2.
    /// </summary>
    public static void ShowSystemdHierarchy(List<MountPlan> mounts, Dictionary<string, string>? annotations)
    {
        if (annotations is null || !annotations.TryGetValue("run.oci.systemd.force_cgroup_v1", out string? destination))
        {
            return;
        }

        for (int i = 0; i < mounts.Count; i++)
        {
            if (mounts[i].Destination == destination)
            {
                mounts[i] = mounts[i] with { Kind = MountKind.Cgroup, IsSystemdHierarchy = true };
            }
        }
    }

    /// <summary>linux.rootfsPropagation as an MS_* flag; the forms with r mean the same for one mount.</summary>
    public static ulong RootPropagation(string? word)
    {
        return word is { Length: > 0 } && MountOption.TryParse(word, out MountOption option)
            && option.Kind == MountOptionKind.Propagation
            ? option.Set & ~MountFlags.Recursive
            : 0;
    }

    private static MountPlan PlanOne(
        Mount mount, string place, NamespacePlan namespaces, string bundle, List<Fault> faults)
    {
        MountOptions options = new();
        foreach (string word in LabelOption.Unquoted(mount.Options ?? []))
        {
            options.Add(word);
        }

        MountKind kind = Kind(mount, options);
        CheckPlaceInProc(mount, kind, place, faults);
        ulong attributes = MountFlags.ToAttributes(options.Flags);
        ulong cleared = MountFlags.ToAttributes(options.ClearedFlags);
        if (kind == MountKind.Bind && options.Data.Count != 0)
        {
            faults.Add(new Fault(
                place + ".options", "a bind mount takes no option of a file system: " + options.Data[0]));
        }

        if (kind == MountKind.Remount && (options.Flags & MountFlags.IVersion) != 0)
        {
            faults.Add(new Fault(place + ".options", "iversion cannot be changed by a remount"));
        }

        if (options.Links != LinkHandling.None && kind != MountKind.Bind)
        {
            faults.Add(new Fault(
                place + ".options", "copy-symlink, src-nofollow and dest-nofollow are for bind mounts"));
        }

        MountPlan plan = new()
        {
            Place = place,
            Kind = kind,
            Destination = mount.Destination!.StartsWith('/') ? mount.Destination : "/" + mount.Destination,
            Source = Source(mount, kind, bundle),
            Type = kind == MountKind.Bind ? string.Empty : mount.Type ?? string.Empty,
            Recursive = (options.Flags & MountFlags.Recursive) != 0,
            SetAttributes = attributes,

            // A change of access times takes the whole class away first: the kernel insists (mount_setattr(2)).
            ClearAttributes = (cleared & ~attributes) | (options.NamesAtime ? AtimeClass : 0),
            RecursiveSetAttributes = options.RecursiveSet,
            RecursiveClearAttributes = options.RecursiveClear,
            Propagation = options.Propagation,
            SuperblockFlags = kind == MountKind.Bind ? [] : MountFlags.SuperblockWords(options.Flags),
            CallOnlyFlags = kind == MountKind.FileSystem ? options.Flags & MountFlags.OfCallOnly : 0,
            Data = options.Data,
            CopyUp = options.CopyUp,
            IdMap = options.IdMap || mount.UidMappings is { Length: > 0 }
                ? IdMapPlanner.Plan(mount, options, kind, namespaces, place, faults)
                : null,
            Links = options.Links,
        };
        if (plan.IdMap is not null && plan.NeedsMountCall)
        {
            faults.Add(new Fault(
                place + ".options", "idmap goes with neither silent nor iversion nor an option over 255 bytes"));
        }

        bool getsNoSysfs = namespaces.Has(NamespaceType.User) && !namespaces.Has(NamespaceType.Network);
        return plan is { Kind: MountKind.FileSystem, Type: "sysfs" } && getsNoSysfs ? HostsSysfs(plan) : plan;
    }

    /// <summary>
    /// A user namespace without a network namespace of its own gets no sysfs: the host's is bound, and all of it is
    /// read-only, the cgroups in it too (CVE-2023-25809).
    /// </summary>
    private static MountPlan HostsSysfs(MountPlan mount)
    {
        return mount with
        {
            Kind = MountKind.Bind,
            Source = "/sys",
            Recursive = true,
            SetAttributes = 0,
            ClearAttributes = 0,
            RecursiveSetAttributes = MountFlags.ToAttributes(
                MountFlags.Readonly | MountFlags.NoSuid | MountFlags.NoDev | MountFlags.NoExec),
            SuperblockFlags = [],
            CallOnlyFlags = 0,
            Data = [],
        };
    }

    private static MountKind Kind(Mount mount, MountOptions options)
    {
        if ((options.Flags & MountFlags.Remount) != 0)
        {
            return MountKind.Remount;
        }

        if ((options.Flags & MountFlags.Bind) != 0)
        {
            return MountKind.Bind;
        }

        return mount.Type is "cgroup" ? MountKind.Cgroup : MountKind.FileSystem;
    }

    private static string Source(Mount mount, MountKind kind, string bundle)
    {
        string source = mount.Source ?? string.Empty;
        return kind == MountKind.Bind ? PlanBuilder.Absolute(source, bundle) : source;
    }

    /// <summary>
    /// Inside /proc only files that engines fake are covered: anything else could stand in for what csrun itself writes
    /// there (CVE-2019-16884).
    /// </summary>
    private static void CheckPlaceInProc(Mount mount, MountKind kind, string place, List<Fault> faults)
    {
        string destination = WithoutDots(mount.Destination!);
        if (destination != "proc" && !destination.StartsWith("proc/", StringComparison.Ordinal))
        {
            return;
        }

        bool allowed = destination == "proc"
            ? kind is not MountKind.FileSystem || mount.Type is "proc" or "tmpfs"
            : destination["proc/".Length..] is "cpuinfo" or "diskstats" or "meminfo" or "stat" or "swaps" or "uptime"
                or "loadavg" or "slabinfo" or "sys/kernel/ns_last_pid" or "sys/crypto/fips_enabled" or "net/dev";
        if (!allowed)
        {
            faults.Add(new Fault(place + ".destination", "inside /proc only known files can be mounted over"));
        }
    }

    /// <summary>
    /// The path from the root by its names alone; what symbolic links make of it is seen when it is opened.
    /// </summary>
    private static string WithoutDots(string path)
    {
        List<string> names = [];
        foreach (string name in path.Split('/'))
        {
            if (name == "..")
            {
                names.RemoveRange(Math.Max(names.Count - 1, 0), Math.Min(names.Count, 1));
            }
            else if (name is not ("" or "."))
            {
                names.Add(name);
            }
        }

        return string.Join('/', names);
    }
}
