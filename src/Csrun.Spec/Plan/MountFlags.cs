using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>mount(2)'s MS_* flags and what of them belongs to the mount and to the superblock.</summary>
internal static class MountFlags
{
    public const ulong Readonly = 0x1;
    public const ulong NoSuid = 0x2;
    public const ulong NoDev = 0x4;
    public const ulong NoExec = 0x8;
    public const ulong Synchronous = 0x10;
    public const ulong Remount = 0x20;
    public const ulong MandatoryLocks = 0x40;
    public const ulong DirSync = 0x80;
    public const ulong NoSymFollow = 0x100;
    public const ulong NoAtime = 0x400;
    public const ulong NoDirAtime = 0x800;
    public const ulong Bind = 0x1000;
    public const ulong Recursive = 0x4000;
    public const ulong Silent = 0x8000;
    public const ulong RelAtime = 0x200000;
    public const ulong IVersion = 0x800000;
    public const ulong StrictAtime = 0x1000000;
    public const ulong LazyTime = 0x2000000;

    /// <summary>Flags of the superblock that only mount(2) can set: fsconfig(2) has no words for them.</summary>
    public const ulong OfCallOnly = Silent | IVersion;

    /// <summary>The ways to keep access times, of which a mount has one.</summary>
    public const ulong AtimeModes = NoAtime | RelAtime | StrictAtime;

    /// <summary>The same wishes as MOUNT_ATTR_* of mount_setattr(2); relatime is its zero.</summary>
    public static ulong ToAttributes(ulong flags)
    {
        ulong attributes = flags & (Readonly | NoSuid | NoDev | NoExec);
        attributes |= (flags & NoSymFollow) != 0 ? 0x200000UL : 0;
        attributes |= (flags & NoDirAtime) != 0 ? 0x80UL : 0;
        if ((flags & NoAtime) != 0)
        {
            return attributes | 0x10;
        }

        return (flags & StrictAtime) != 0 ? attributes | 0x20 : attributes;
    }

    /// <summary>Whether a flag is about access times other than diratime.</summary>
    public static bool IsAtime(ulong flag)
    {
        return (flag & AtimeModes) != 0;
    }

    /// <summary>The superblock's flags by fsconfig(2)'s words.</summary>
    public static List<string> SuperblockWords(ulong flags)
    {
        List<string> words = [];
        Add(Readonly, "ro");
        Add(Synchronous, "sync");
        Add(MandatoryLocks, "mand");
        Add(DirSync, "dirsync");
        Add(LazyTime, "lazytime");
        return words;

        void Add(ulong flag, string word)
        {
            if ((flags & flag) != 0)
            {
                words.Add(word);
            }
        }
    }
}
