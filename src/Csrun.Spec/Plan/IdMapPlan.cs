using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// How a mount translates ids (mount_setattr(2), MOUNT_ATTR_IDMAP): as a user namespace of these mappings does, from
/// the ids in the file system to those of the host.
/// </summary>
public sealed record IdMapPlan
{
    /// <summary>Whether the mounts below it are translated too (ridmap).</summary>
    public required bool Recursive { get; init; }

    /// <summary>User ids, as lines of uid_map: containerID is the file system's, hostID what the host sees.</summary>
    public required IReadOnlyList<LinuxIdMapping> Uids { get; init; }

    /// <summary>Group ids, likewise.</summary>
    public required IReadOnlyList<LinuxIdMapping> Gids { get; init; }

    /// <summary>The user namespace that the container joins, whose mappings count; null where they are given.</summary>
    public NamespaceJoin? Joined { get; init; }

    /// <summary>Whether one user namespace serves both.</summary>
    public bool HasSameMappings(IdMapPlan other)
    {
        return Joined == other.Joined && AreSame(Uids, other.Uids) && AreSame(Gids, other.Gids);
    }

    private static bool AreSame(IReadOnlyList<LinuxIdMapping> one, IReadOnlyList<LinuxIdMapping> other)
    {
        bool same = one.Count == other.Count;
        for (int i = 0; same && i < one.Count; i++)
        {
            same = one[i] == other[i];
        }

        return same;
    }
}
