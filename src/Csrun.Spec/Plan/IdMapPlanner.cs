using System;
using System.Collections.Generic;
using System.Globalization;

namespace Csrun.Spec;

/// <summary>
/// The options idmap and ridmap with uidMappings and gidMappings of a mount (config.md, Linux mount options), and
/// crun's form of both in one word. Mappings without an option mean idmap, as in runc.
/// </summary>
internal static class IdMapPlanner
{
    private const int TripletLength = 3;

    /// <summary>Plans for a mount that has one of them.</summary>
    public static IdMapPlan Plan(
        Mount mount, MountOptions options, MountKind kind, NamespacePlan namespaces, string place, List<Fault> faults)
    {
        bool hasMappings = mount.UidMappings is { Length: > 0 };
        if (Obstacle(options, kind, namespaces) is string obstacle)
        {
            faults.Add(new Fault(place, obstacle));
        }

        if (options.IdMapWords is string words)
        {
            return FromWords(words, options.RecursiveIdMap, hasMappings, namespaces, place, faults);
        }

        bool ofContainer = !hasMappings;
        return new IdMapPlan
        {
            Recursive = options.RecursiveIdMap,
            Uids = ofContainer ? namespaces.UidMappings : mount.UidMappings!,
            Gids = ofContainer ? namespaces.GidMappings : mount.GidMappings!,
            Joined = ofContainer ? namespaces.JoinOf(NamespaceType.User) : null,
        };
    }

    /// <summary>
    /// What the kernel would refuse without a word of why: a mount that is there already cannot be mapped, nor can a
    /// file system that was made inside a user namespace, to anything from outside.
    /// </summary>
    private static string? Obstacle(MountOptions options, MountKind kind, NamespacePlan namespaces)
    {
        if ((options.Links & LinkHandling.CopySource) != 0)
        {
            return "idmap goes not with copy-symlink, which may mount nothing";
        }

        if (kind is MountKind.Remount or MountKind.Cgroup)
        {
            return "only a new bind mount or file system can be id-mapped";
        }

        if (kind == MountKind.Bind && namespaces.JoinOf(NamespaceType.Mount) is not null)
        {
            return "the source is looked up before the mount namespace is joined, where it may be something else";
        }

        return kind == MountKind.FileSystem && namespaces.Has(NamespaceType.User)
            ? "in a user namespace only bind mounts can be id-mapped: a new file system has its ids already"
            : null;
    }

    private static IdMapPlan FromWords(
        string words, bool recursive, bool hasMappings, NamespacePlan namespaces, string place, List<Fault> faults)
    {
        List<LinuxIdMapping> uids = [];
        List<LinuxIdMapping> gids = [];
        bool valid = true;
        foreach (string part in words.Split(';'))
        {
            valid &= part.StartsWith("uids=", StringComparison.Ordinal)
                ? Add(part["uids=".Length..], namespaces.UidMappings, uids)
                : part.StartsWith("gids=", StringComparison.Ordinal)
                    && Add(part["gids=".Length..], namespaces.GidMappings, gids);
        }

        if (!valid || uids.Count == 0 || gids.Count == 0)
        {
            faults.Add(new Fault(
                place + ".options",
                Message.Expected("idmap=uids=FROM-TO-COUNT[#...];gids=FROM-TO-COUNT[#...]", words)));
        }
        else if (hasMappings)
        {
            faults.Add(new Fault(place, "expected not both of uidMappings and mappings in the option idmap"));
        }

        return new IdMapPlan { Recursive = recursive, Uids = uids, Gids = gids };
    }

    private static bool Add(string triplets, IReadOnlyList<LinuxIdMapping> ofContainer, List<LinuxIdMapping> mappings)
    {
        foreach (string triplet in triplets.Split('#'))
        {
            bool isRelative = triplet.StartsWith('@');
            string[] numbers = (isRelative ? triplet[1..] : triplet).Split('-');
            if (numbers.Length != TripletLength || !TryId(numbers[0], out uint from) || !TryId(numbers[1], out uint to)
                || !TryId(numbers[2], out uint size) || size == 0)
            {
                return false;
            }

            if (isRelative && !TryMakeAbsolute(ofContainer, size, ref to))
            {
                return false;
            }

            mappings.Add(new LinuxIdMapping { ContainerId = from, HostId = to, Size = size });
        }

        return true;
    }

    /// <summary>
    /// An id of the container as one of the host; all ids must lie in one range of its user namespace.
    /// </summary>
    private static bool TryMakeAbsolute(IReadOnlyList<LinuxIdMapping> ofContainer, uint size, ref uint id)
    {
        foreach (LinuxIdMapping mapping in ofContainer)
        {
            ulong first = mapping.ContainerId ?? 0;
            if (id >= first && (ulong)id + size <= first + (mapping.Size ?? 0))
            {
                id = id - (uint)first + (mapping.HostId ?? 0);
                return true;
            }
        }

        return false;
    }

    private static bool TryId(string text, out uint id)
    {
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id != uint.MaxValue;
    }
}
