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

    public void Add(string word, string place, List<Fault> faults)
    {
        if (!MountOption.TryParse(word, out MountOption option))
        {
            Data.Add(word);
            return;
        }

        if (!option.IsDone)
        {
            faults.Add(new Fault(place, word + " is not supported by this version of csrun"));
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
            default:
                break;
        }
    }
}
