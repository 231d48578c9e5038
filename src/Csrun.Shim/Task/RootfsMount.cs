using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Shim.Messages.Types;

namespace Csrun.Shim.Task;

/// <summary>
/// One mount by mount(2), with the options that containerd's mount library knows. What it does not know goes to the file
/// system.
/// </summary>
internal static class RootfsMount
{
    private const ulong MsNoSuid = 0x2;
    private const ulong MsNoDev = 0x4;
    private const ulong MsNoExec = 0x8;
    private const ulong MsSynchronous = 0x10;
    private const ulong MsMandLock = 0x40;
    private const ulong MsDirSync = 0x80;
    private const ulong MsNoAtime = 0x400;
    private const ulong MsNoDirAtime = 0x800;
    private const ulong MsRelAtime = 0x200000;
    private const ulong MsStrictAtime = 0x1000000;
    private const int PageSize = 4096;

    /// <summary>Room that containerd leaves in the page of options.</summary>
    private const int Spare = 512;

    /// <summary>Mounts.</summary>
    /// <exception cref="KernelException">The kernel refuses, or the mount needs what csrun has not.</exception>
    public static void Make(Mount mount, string target)
    {
        if (mount.Type.StartsWith("fuse", StringComparison.Ordinal))
        {
            throw new KernelException("mount", mount.Type + " on " + target, Errno.EOPNOTSUPP, null, "csrun's shim runs no mount helpers");
        }

        ulong flags = 0;
        bool isLoop = false;
        List<string> data = [];
        foreach (string option in mount.Options)
        {
            if (option == "loop")
            {
                isLoop = true;
            }
            else if (option.StartsWith("X-containerd.", StringComparison.Ordinal)
                || option.StartsWith("uidmap=", StringComparison.Ordinal) || option.StartsWith("gidmap=", StringComparison.Ordinal))
            {
                throw new KernelException("mount", option + " on " + target, Errno.EOPNOTSUPP);
            }
            else if (Flag(option) is (ulong flag, bool clears))
            {
                flags = clears ? flags & ~flag : flags | flag;
            }
            else
            {
                data.Add(option);
            }
        }

        using Fd loop = isLoop ? LoopDevice.Attach(mount.Source, (flags & Kernel.MS_RDONLY) != 0) : default;
        string source = isLoop ? LoopDevice.PathOf(loop) : mount.Source;
        MountWith(mount.Type, source, target, flags, data);
        if ((flags & (Kernel.MS_BIND | Kernel.MS_RDONLY)) == (Kernel.MS_BIND | Kernel.MS_RDONLY))
        {
            Call("", target, "", flags | Kernel.MS_REMOUNT, "");
        }
    }

    private static void MountWith(string type, string source, string target, ulong flags, List<string> data)
    {
        string joined = string.Join(',', data);
        if (type != "overlay" || Encoding.UTF8.GetByteCount(joined) < PageSize - Spare)
        {
            Call(source, target, type, flags, joined);
            return;
        }

        // Long paths of many layers: from the directory they share they are short.
        (string directory, string shortened) = Shorten(data);
        string back = StartAction.WorkingDirectory();
        KernelException.Check(Kernel.chdir(Utf8.Terminated(directory)), "chdir", Utf8.Terminated(directory));
        try
        {
            Call(source, target, type, flags, shortened);
        }
        finally
        {
            // A working directory that is gone is no loss: nothing is found by it.
            if (Kernel.chdir(Utf8.Terminated(back)) < 0)
            {
                _ = Kernel.chdir("/\0"u8);
            }
        }
    }

    private static (string Directory, string Data) Shorten(List<string> data)
    {
        const string Key = "lowerdir=";
        int place = data.FindIndex(option => option.StartsWith(Key, StringComparison.Ordinal));
        string[] layers = place < 0 ? [] : data[place][Key.Length..].Split(':');
        if (layers.Length < 2)
        {
            return ("/", string.Join(',', data));
        }

        string common = layers[0];
        foreach (string layer in layers)
        {
            int length = 0;
            while (length < common.Length && length < layer.Length && common[length] == layer[length])
            {
                length++;
            }

            common = common[..length];
        }

        common = common[..(common.LastIndexOf('/') + 1)];
        List<string> shortened = [.. data];
        shortened[place] = Key + string.Join(':', Array.ConvertAll(layers, layer => layer[common.Length..]));
        return (common.Length == 0 ? "/" : common, string.Join(',', shortened));
    }

    private static void Call(string source, string target, string type, ulong flags, string data)
    {
        if (Encoding.UTF8.GetByteCount(data) >= PageSize)
        {
            throw new KernelException("mount", target, Errno.E2BIG, null, "mount options is too long");
        }

        int result = Kernel.mount(
            Utf8.Terminated(source), Utf8.Terminated(target), Utf8.Terminated(type), flags, Utf8.Terminated(data));
        if (result < 0)
        {
            throw new KernelException("mount " + type + " " + source + " on", target, (Errno)(-result));
        }
    }

    private static (ulong Flag, bool Clears)? Flag(string option)
    {
        return option switch
        {
            "async" => (MsSynchronous, true),
            "atime" => (MsNoAtime, true),
            "bind" => (Kernel.MS_BIND, false),
            "defaults" => (0, false),
            "dev" => (MsNoDev, true),
            "diratime" => (MsNoDirAtime, true),
            "dirsync" => (MsDirSync, false),
            "exec" => (MsNoExec, true),
            "mand" => (MsMandLock, false),
            "noatime" => (MsNoAtime, false),
            "nodev" => (MsNoDev, false),
            "nodiratime" => (MsNoDirAtime, false),
            "noexec" => (MsNoExec, false),
            "nomand" => (MsMandLock, true),
            "norelatime" => (MsRelAtime, true),
            "nostrictatime" => (MsStrictAtime, true),
            "nosuid" => (MsNoSuid, false),
            "rbind" => (Kernel.MS_BIND | Kernel.MS_REC, false),
            "relatime" => (MsRelAtime, false),
            "remount" => (Kernel.MS_REMOUNT, false),
            "ro" => (Kernel.MS_RDONLY, false),
            "rw" => (Kernel.MS_RDONLY, true),
            "strictatime" => (MsStrictAtime, false),
            "suid" => (MsNoSuid, true),
            "sync" => (MsSynchronous, false),
            _ => null,
        };
    }
}
