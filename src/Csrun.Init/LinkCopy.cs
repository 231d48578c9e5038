using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>crun's mount option copy-symlink: a source that is a symbolic link is made anew inside the root.</summary>
internal static class LinkCopy
{
    private const int MaxTarget = 4096;

    /// <summary>Makes the link, in the directory that the root opens; whatever it points to is not looked at.</summary>
    /// <returns>False where the source is no link: it is to be mounted.</returns>
    /// <exception cref="KernelException">The destination is there and is no link to the same target.</exception>
    public static bool TryMake(MountPlan mount, ContainerRoot root)
    {
        byte[] source = Utf8.Terminated(mount.Source);
        using Fd link = new(KernelException.Check(
            HostPath.Open(source, Kernel.O_PATH | Kernel.O_NOFOLLOW), "open", source, mount.Place + ".source"));

        // Of anything else the kernel says with ENOENT or EINVAL that it is no link.
        byte[] target = new byte[MaxTarget + 1];
        int length = Kernel.readlinkat(link.Number, Kernel.EmptyPath, target.AsSpan(0, MaxTarget));
        if (length < 0)
        {
            return false;
        }

        byte[] destination = Utf8.Terminated(mount.Destination);
        using Fd directory = new(KernelException.Check(
            root.OpenParent(destination, out ReadOnlySpan<byte> name),
            "open", destination, mount.Place + ".destination"));
        int made = Kernel.symlinkat(target.AsSpan(0, length + 1), directory.Number, name);
        if (made == -(int)Errno.EEXIST && IsLinkTo(target.AsSpan(0, length), directory.Number, name))
        {
            return true;
        }

        KernelException.Check(made, "make the symbolic link", destination, mount.Place + ".destination");
        return true;
    }

    private static bool IsLinkTo(ReadOnlySpan<byte> target, int directory, ReadOnlySpan<byte> name)
    {
        byte[] there = new byte[MaxTarget];
        int length = Kernel.readlinkat(directory, name, there);
        return length >= 0 && target.SequenceEqual(there.AsSpan(0, length));
    }
}
