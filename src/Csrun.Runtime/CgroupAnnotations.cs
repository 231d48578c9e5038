using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>crun's annotations on cgroups (crun(1), EXTENSIONS TO OCI).</summary>
/// <param name="Subgroup">run.oci.systemd.subgroup: the cgroup below the scope in which the container is; null without.
/// crun has one named "container" where the annotation is missing, csrun as runc none.</param>
/// <param name="Delegated">run.oci.delegate-cgroup: the cgroup below that one, free of limits, in which the program
/// begins; null without.</param>
internal sealed record CgroupAnnotations(string? Subgroup, string? Delegated)
{
    private const string SubgroupName = "run.oci.systemd.subgroup";
    private const string DelegatedName = "run.oci.delegate-cgroup";

    /// <summary>Where the configuration names the delegated cgroup.</summary>
    public const string DelegatedPlace = "annotations[\"" + DelegatedName + "\"]";

    /// <summary>Reads them.</summary>
    /// <param name="annotations">Those of config.json.</param>
    /// <param name="isSystemd">Whether systemd makes the cgroups: the subgroup is only for that.</param>
    /// <param name="isPureV2">Whether cgroup v2 is all there is, as both need.</param>
    /// <exception cref="KernelException">One is no name of a cgroup, or the host has cgroup v1.</exception>
    public static CgroupAnnotations Read(
        IReadOnlyDictionary<string, string>? annotations, bool isSystemd, bool isPureV2)
    {
        return annotations is null || annotations.Count == 0
            ? new CgroupAnnotations(null, null)
            : new CgroupAnnotations(
                isSystemd ? Name(annotations, SubgroupName, isPureV2) : null,
                Name(annotations, DelegatedName, isPureV2));
    }

    private static string? Name(IReadOnlyDictionary<string, string> annotations, string key, bool isPureV2)
    {
        if (!annotations.TryGetValue(key, out string? name) || name.Length == 0)
        {
            return null;
        }

        string place = "annotations[\"" + key + "\"]";
        if (name is "." or ".." || name.Length > 255 || name.AsSpan().ContainsAny("/\n\0"))
        {
            throw new KernelException("use cgroup", name, Errno.EINVAL, place, "one name without a slash is wanted");
        }

        return isPureV2
            ? name
            : throw new KernelException(
                "use cgroup", name, Errno.EOPNOTSUPP, place, "only on a host with cgroup v2 alone");
    }
}
