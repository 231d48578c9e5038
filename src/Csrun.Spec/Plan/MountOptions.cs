using System;
using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>What the options of one mount add up to; of opposite options the last one counts.</summary>
internal sealed class MountOptions
{
    /// <summary>MS_* flags set.</summary>
    public ulong Flags { get; private set; }

    /// <summary>MS_* flags that an option took away.</summary>
    public ulong ClearedFlags { get; private set; }

    /// <summary>Whether an option spoke of access times.</summary>
    public bool NamesAtime { get; private set; }

    /// <summary>MOUNT_ATTR_* to set on all mounts below.</summary>
    public ulong RecursiveSet { get; private set; }

    /// <summary>MOUNT_ATTR_* to clear on all mounts below.</summary>
    public ulong RecursiveClear { get; private set; }

    /// <summary>Propagation changes in order.</summary>
    public List<ulong> Propagation { get; } = [];

    /// <summary>What is not an option of mounts: the file system's.</summary>
    public List<string> Data { get; } = [];

    /// <summary>tmpcopyup.</summary>
    public bool CopyUp { get; private set; }

    /// <summary>idmap or ridmap.</summary>
    public bool IdMap { get; private set; }

    /// <summary>ridmap.</summary>
    public bool RecursiveIdMap { get; private set; }

    /// <summary>What stands behind <c>idmap=</c> or <c>ridmap=</c>; null without it.</summary>
    public string? IdMapWords { get; private set; }

    /// <summary>copy-symlink, src-nofollow, dest-nofollow.</summary>
    public LinkHandling Links { get; private set; }

    public void Add(string word)
    {
        if (!MountOption.TryParse(word, out MountOption option))
        {
            if (!AddIdMapWords(word))
            {
                Data.Add(word);
            }

            return;
        }

        switch (option.Kind)
        {
            case MountOptionKind.SetFlags:
            case MountOptionKind.ClearFlags:
                ulong opposite = option.Clear | (MountFlags.IsAtime(option.Set) ? MountFlags.AtimeModes : 0);
                Flags = (Flags & ~opposite) | option.Set;
                ClearedFlags = (ClearedFlags & ~option.Set) | option.Clear;
                NamesAtime |= MountFlags.IsAtime(option.Set | option.Clear);
                break;
            case MountOptionKind.Propagation:
                Propagation.Add(option.Set);
                break;
            case MountOptionKind.RecursiveAttributes:
                RecursiveSet = (RecursiveSet & ~(ulong)option.Clear) | option.Set;
                RecursiveClear = (RecursiveClear & ~(ulong)option.Set) | option.Clear;
                break;
            case MountOptionKind.TmpCopyUp:
                CopyUp = true;
                break;
            case MountOptionKind.IdMap:
            case MountOptionKind.RecursiveIdMap:
                IdMap = true;
                RecursiveIdMap |= option.Kind == MountOptionKind.RecursiveIdMap;
                break;
            case MountOptionKind.CopySymlink:
                Links |= LinkHandling.CopySource;
                break;
            case MountOptionKind.SourceNoFollow:
                Links |= LinkHandling.MountSource;
                break;
            case MountOptionKind.DestinationNoFollow:
                Links |= LinkHandling.MountOnDestination;
                break;
            default:
                break;
        }
    }

    /// <summary>crun's <c>idmap=uids=...;gids=...</c>.</summary>
    private bool AddIdMapWords(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || word.AsSpan(0, equals) is not ("idmap" or "ridmap"))
        {
            return false;
        }

        IdMap = true;
        RecursiveIdMap |= word[0] == 'r';
        IdMapWords = word[(equals + 1)..];
        return true;
    }
}
