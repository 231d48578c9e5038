using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Shim.Messages.Types;

namespace Csrun.Shim.Task;

/// <summary>
/// One mount by mount(2), with the options that containerd's mount library knows. What it does not know goes to the
/// file system.
/// </summary>
internal static class RootfsMount
{
    private const int PageSize = 4096;

    /// <summary>Room that containerd leaves in the page of options.</summary>
    private const int Spare = 512;

    /// <summary>Mounts.</summary>
    /// <exception cref="KernelException">The kernel refuses, or the mount needs what csrun has not.</exception>
    public static void Make(Mount mount, MountPlace target)
    {
        if (mount.Type.StartsWith("fuse", StringComparison.Ordinal))
        {
            throw new KernelException(
                "mount", mount.Type + " on " + target, Errno.EOPNOTSUPP, null, "csrun's shim runs no mount helpers");
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
                || option.StartsWith("uidmap=", StringComparison.Ordinal)
                || option.StartsWith("gidmap=", StringComparison.Ordinal))
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

    private static void MountWith(string type, string source, MountPlace target, ulong flags, List<string> data)
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

    private static void Call(string source, MountPlace target, string type, ulong flags, string data)
    {
        if (Encoding.UTF8.GetByteCount(data) >= PageSize)
        {
            throw new KernelException("mount", target.ToString(), Errno.E2BIG, null, "mount options is too long");
        }

        // Opened anew for each call: what is mounted there by now is what a remount is about.
        using Fd place = target.Open();
        byte[] path = Utf8.Terminated("/proc/self/fd/" + place.Number);
        int result = Kernel.mount(
            Utf8.Terminated(source), path, Utf8.Terminated(type), flags, Utf8.Terminated(data));
        if (result < 0)
        {
            throw new KernelException("mount " + type + " " + source + " on", target.ToString(), (Errno)(-result));
        }
    }

    private static (ulong Flag, bool Clears)? Flag(string option)
    {
        return option switch
        {
            "async" => (Kernel.MS_SYNCHRONOUS, true),
            "atime" => (Kernel.MS_NOATIME, true),
            "bind" => (Kernel.MS_BIND, false),
            "defaults" => (0, false),
            "dev" => (Kernel.MS_NODEV, true),
            "diratime" => (Kernel.MS_NODIRATIME, true),
            "dirsync" => (Kernel.MS_DIRSYNC, false),
            "exec" => (Kernel.MS_NOEXEC, true),
            "mand" => (Kernel.MS_MANDLOCK, false),
            "noatime" => (Kernel.MS_NOATIME, false),
            "nodev" => (Kernel.MS_NODEV, false),
            "nodiratime" => (Kernel.MS_NODIRATIME, false),
            "noexec" => (Kernel.MS_NOEXEC, false),
            "nomand" => (Kernel.MS_MANDLOCK, true),
            "norelatime" => (Kernel.MS_RELATIME, true),
            "nostrictatime" => (Kernel.MS_STRICTATIME, true),
            "nosuid" => (Kernel.MS_NOSUID, false),
            "rbind" => (Kernel.MS_BIND | Kernel.MS_REC, false),
            "relatime" => (Kernel.MS_RELATIME, false),
            "remount" => (Kernel.MS_REMOUNT, false),
            "ro" => (Kernel.MS_RDONLY, false),
            "rw" => (Kernel.MS_RDONLY, true),
            "strictatime" => (Kernel.MS_STRICTATIME, false),
            "suid" => (Kernel.MS_NOSUID, true),
            "sync" => (Kernel.MS_SYNCHRONOUS, false),
            _ => null,
        };
    }
}
