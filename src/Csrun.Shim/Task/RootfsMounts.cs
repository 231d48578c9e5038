using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>
/// A container's root file system: the mounts that containerd's snapshotter asks for, made in order on the bundle's
/// rootfs directory, in the host's mount namespace.
/// </summary>
internal static class RootfsMounts
{
    private const uint DirectoryMode = 0x1C9; // 0711

    /// <summary>Mounts all, or nothing.</summary>
    /// <exception cref="TtrpcException">One of them fails; the others are gone again.</exception>
    public static void MountAll(IReadOnlyList<Mount> mounts, string target)
    {
        if (mounts.Count == 0)
        {
            return;
        }

        _ = Kernel.mkdirat(Kernel.AT_FDCWD, Utf8.Terminated(target), DirectoryMode);
        foreach (Mount mount in mounts)
        {
            try
            {
                RootfsMount.Make(mount, new MountPlace(target, mount.Target));
            }
            catch (KernelException error)
            {
                UnmountNow(target);
                throw new TtrpcException(
                    StatusCode.Unknown, "failed to mount rootfs component: " + ErrorText.Of(error));
            }
        }
    }

    /// <summary>Unmounts all that is mounted on the directory and below it; what is busy is detached.</summary>
    /// <exception cref="KernelException">It cannot be.</exception>
    public static void UnmountNow(string target)
    {
        Errno result = TryUnmount(target);
        if (result == Errno.EBUSY)
        {
            result = Unmount(target, Kernel.MNT_DETACH);
        }

        if (result != 0)
        {
            throw new KernelException("umount", target, result);
        }
    }

    /// <summary>The same without force; EBUSY tells to try again.</summary>
    public static Errno TryUnmount(string target)
    {
        Errno result = Unmount(target, 0);
        if (result != Errno.EBUSY)
        {
            return result;
        }

        List<string> below = Below(target);
        for (int i = below.Count - 1; i >= 0; i--)
        {
            _ = Unmount(below[i], 0);
        }

        return Unmount(target, 0);
    }

    /// <summary>Until nothing is mounted there: EINVAL, which is zero here, as is a directory that is gone.</summary>
    private static Errno Unmount(string target, int flags)
    {
        byte[] path = Utf8.Terminated(target);
        int result;
        do
        {
            result = Kernel.umount2(path, flags);
        }
        while (result == 0);

        return (Errno)(-result) is Errno.EINVAL or Errno.ENOENT ? 0 : (Errno)(-result);
    }

    /// <summary>The mounts below a directory, in the order they were made.</summary>
    private static List<string> Below(string target)
    {
        const int MountPoint = 4;
        List<string> below = [];
        foreach (string line in Encoding.UTF8.GetString(Files.Read("/proc/self/mountinfo") ?? []).Split('\n'))
        {
            string[] fields = line.Split(' ');
            string place = fields.Length > MountPoint ? Decode(fields[MountPoint]) : "";
            if (place.StartsWith(target + "/", StringComparison.Ordinal))
            {
                below.Add(place);
            }
        }

        return below;
    }

    private static string Decode(string text)
    {
        return text.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
    }
}
