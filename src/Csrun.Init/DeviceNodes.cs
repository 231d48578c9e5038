using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>The nodes and links of /dev (linux.devices, "Default Devices" of config-linux.md).</summary>
internal static class DeviceNodes
{
    /// <summary>Makes them in the attached root; nothing where /dev is the host's own.</summary>
    /// <param name="plan">What is asked for.</param>
    /// <param name="root">The container's root.</param>
    /// <param name="proc">Tells whether this kernel has a kcore to link to.</param>
    public static void Make(Plan plan, ContainerRoot root, ProcFs proc)
    {
        // mknod takes the umask away; engines rely on the mode they asked for.
        uint mask = Kernel.umask(0);
        foreach (DevicePlan device in plan.Devices)
        {
            MakeNode(root, proc, device, plan.Namespaces.Has(NamespaceType.User));
        }

        _ = Kernel.umask(mask);

        if (plan.MakeDeviceLinks)
        {
            MakeLinks(root, hasCore: proc.Has("kcore\0"u8));
        }
    }

    private static void MakeNode(ContainerRoot root, ProcFs proc, DevicePlan device, bool bind)
    {
        byte[] path = Utf8.Terminated(device.Path);
        using Fd parent = new(KernelException.Check(
            root.OpenParent(path, out ReadOnlySpan<byte> name), "open the directory of", path, device.Place));
        if (bind)
        {
            BindFromHost(root, parent.Number, name, device);
            return;
        }

        int made = Kernel.mknodat(
            parent.Number, name, device.Type | device.Mode, Kernel.MakeDevice(device.Major, device.Minor));
        if (made == -(int)Errno.EPERM)
        {
            // The caller is himself in a user namespace, as rootless podman is, or has no CAP_MKNOD.
            BindFromHost(root, parent.Number, name, device);
            return;
        }

        if (made == -(int)Errno.EEXIST)
        {
            // It stays as it is: it may be the host's, bound there.
            OpenProven(parent.Number, name, device).Dispose();
            return;
        }

        KernelException.Check(made, "mknod", path, device.Place);
        if ((device.Uid | device.Gid) != 0)
        {
            SetModeAndOwner(parent.Number, name, device, proc);
        }
    }

    private static void SetModeAndOwner(int parent, ReadOnlySpan<byte> name, DevicePlan device, ProcFs proc)
    {
        byte[] path = Utf8.Terminated(device.Path);
        using Fd node = OpenProven(parent, name, device);
        KernelException.Check(
            proc.ChangeMode(node.Number, device.Mode), "chmod", path, device.Place);
        KernelException.Check(
            Kernel.fchownat(node.Number, Kernel.EmptyPath, device.Uid, device.Gid, Kernel.AT_EMPTY_PATH),
            "chown", path, device.Place);
    }

    /// <summary>
    /// One descriptor, proven to be the device that was asked for (config-linux.md, Devices): a name in a directory
    /// that others share may be a link to any file of the host by the time it is used.
    /// </summary>
    private static Fd OpenProven(int parent, ReadOnlySpan<byte> name, DevicePlan device)
    {
        byte[] path = Utf8.Terminated(device.Path);
        Fd node = new(KernelException.Check(
            Kernel.openat(parent, name, Kernel.O_PATH | Kernel.O_NOFOLLOW | Kernel.O_CLOEXEC),
            "open", path, device.Place));
        int told = Kernel.statx(
            node.Number, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        bool sameNumber = device.Type == Kernel.S_IFIFO
            || ((uint)info.stx_rdev_major == device.Major && (uint)info.stx_rdev_minor == device.Minor);
        if (told < 0 || ((uint)info.stx_mode & Kernel.S_IFMT) != device.Type || !sameNumber)
        {
            node.Dispose();
            KernelException.Check(told, "stat", path, device.Place);
            throw new KernelException(
                "mknod", device.Path, Errno.EEXIST, device.Place, "something that is not this device is there already");
        }

        return node;
    }

    /// <summary>In a user namespace nodes cannot be made; the host's node is bound over an empty file.</summary>
    private static void BindFromHost(ContainerRoot root, int parent, ReadOnlySpan<byte> name, DevicePlan device)
    {
        byte[] path = Utf8.Terminated(device.Path);
        if (device.Type == Kernel.S_IFIFO)
        {
            KernelException.Check(
                Kernel.mknodat(parent, name, Kernel.S_IFIFO | device.Mode, 0), "mkfifo", path, device.Place);
            return;
        }

        using Fd tree = new(KernelException.Check(
            HostPath.CloneTree(path, recursive: false), "open the host's", path, device.Place));
        using Fd onto = new(KernelException.Check(root.OpenOrMakeFile(path), "open", path, device.Place));
        KernelException.Check(Kernel.move_mount(tree.Number, onto.Number), "bind", path, device.Place);
    }

    private static void MakeLinks(ContainerRoot root, bool hasCore)
    {
        using Fd dev = new(KernelException.Check(root.OpenOrMakeDirectory("/dev\0"u8), "open", "/dev"u8));
        Link(dev.Number, "fd\0"u8, "/proc/self/fd\0"u8);
        Link(dev.Number, "stdin\0"u8, "/proc/self/fd/0\0"u8);
        Link(dev.Number, "stdout\0"u8, "/proc/self/fd/1\0"u8);
        Link(dev.Number, "stderr\0"u8, "/proc/self/fd/2\0"u8);
        if (hasCore)
        {
            Link(dev.Number, "core\0"u8, "/proc/kcore\0"u8);
        }

        // The container's own pseudo-terminals, whatever the image brought.
        _ = Kernel.unlinkat(dev.Number, "ptmx\0"u8, 0);
        Link(dev.Number, "ptmx\0"u8, "pts/ptmx\0"u8);
    }

    private static void Link(int dev, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        int made = Kernel.symlinkat(target, dev, name);
        if (made < 0 && made != -(int)Errno.EEXIST)
        {
            KernelException.Check(made, "symlink in /dev", name);
        }
    }
}
