using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// linux.readonlyPaths and linux.maskedPaths, applied in the entered root. A path that does not exist is skipped.
/// </summary>
internal static class PathRestrictions
{
    private const ulong EmptyMountAttributes =
        Kernel.MOUNT_ATTR_RDONLY | Kernel.MOUNT_ATTR_NOSUID | Kernel.MOUNT_ATTR_NODEV | Kernel.MOUNT_ATTR_NOEXEC;

    public static void Apply(Plan plan, ContainerRoot root, MountContext? context)
    {
        for (int i = 0; i < plan.ReadonlyPaths.Count; i++)
        {
            MakeReadonly(root, plan.ReadonlyPaths, i);
        }

        int emptyDirectory = -1;
        for (int i = 0; i < plan.MaskedPaths.Count; i++)
        {
            Mask(root, plan.MaskedPaths, i, context, ref emptyDirectory);
        }

        if (emptyDirectory >= 0)
        {
            Kernel.close(emptyDirectory);
        }
    }

    /// <summary>A read-only bind of the path onto itself, on one descriptor from first to last.</summary>
    private static void MakeReadonly(ContainerRoot root, IReadOnlyList<string> paths, int index)
    {
        byte[] path = Utf8.Terminated(paths[index]);
        int opened = root.Open(path);
        if (IsMissing(opened))
        {
            return;
        }

        string place = Place("linux.readonlyPaths", index);
        using Fd target = new(KernelException.Check(opened, "open", path, place));
        using Fd tree = new(KernelException.Check(
            Kernel.open_tree(
                target.Number,
                Kernel.EmptyPath,
                Kernel.OPEN_TREE_CLONE | Kernel.OPEN_TREE_CLOEXEC | (uint)(Kernel.AT_RECURSIVE | Kernel.AT_EMPTY_PATH)),
            "bind", path, place));
        KernelException.Check(
            Kernel.mount_setattr(tree.Number, Kernel.AT_RECURSIVE, Kernel.MOUNT_ATTR_RDONLY, 0),
            "make read-only", path, place);
        KernelException.Check(Kernel.move_mount(tree.Number, target.Number), "bind", path, place);
    }

    /// <summary>
    /// /dev/null over a file, one shared empty read-only tmpfs over every directory. Copies of it are made from where
    /// it is attached first: before Linux 6.15 none can be made of a mount that is attached nowhere.
    /// </summary>
    private static void Mask(
        ContainerRoot root, IReadOnlyList<string> paths, int index, MountContext? label, ref int emptyDirectory)
    {
        byte[] path = Utf8.Terminated(paths[index]);
        int opened = root.Open(path);
        if (IsMissing(opened))
        {
            return;
        }

        string place = Place("linux.maskedPaths", index);
        using Fd target = new(KernelException.Check(opened, "open", path, place));
        if (Mounter.IsDirectory(target.Number))
        {
            if (emptyDirectory < 0)
            {
                emptyDirectory = MakeEmptyDirectory(label, place);
                KernelException.Check(Kernel.move_mount(emptyDirectory, target.Number), "mask", path, place);
                return;
            }

            Cover(emptyDirectory, target.Number, path, place);
            return;
        }

        using Fd empty = new(OpenDevNull(root, place));
        Cover(empty.Number, target.Number, path, place);
    }

    private static void Cover(int source, int target, byte[] path, string place)
    {
        using Fd tree = new(KernelException.Check(
            Kernel.open_tree(
                source,
                Kernel.EmptyPath,
                Kernel.OPEN_TREE_CLONE | Kernel.OPEN_TREE_CLOEXEC | (uint)Kernel.AT_EMPTY_PATH),
            "bind over", path, place));
        KernelException.Check(Kernel.move_mount(tree.Number, target), "mask", path, place);
    }

    private static int MakeEmptyDirectory(MountContext? label, string place)
    {
        using Fd context = new(KernelException.Check(Kernel.fsopen("tmpfs\0"u8), "fsopen", "tmpfs"u8, place));
        _ = Kernel.fsconfig_string(context.Number, "source\0"u8, "tmpfs\0"u8);
        _ = Kernel.fsconfig_string(context.Number, "nr_blocks\0"u8, "1\0"u8);
        _ = Kernel.fsconfig_string(context.Number, "nr_inodes\0"u8, "1\0"u8);
        if (label is not null)
        {
            MountLabels.Configure(context.Number, label);
        }

        int made = Kernel.fsconfig_command(context.Number, Kernel.FSCONFIG_CMD_CREATE);
        return KernelException.Check(
            made < 0 ? made : Kernel.fsmount(context.Number, EmptyMountAttributes), "mount", "tmpfs"u8, place);
    }

    /// <summary>
    /// The container's /dev/null, proven to be the null device: an image or a shared volume may have put anything else
    /// there, which would then be what the masked path shows (CVE-2025-31133).
    /// </summary>
    private static int OpenDevNull(ContainerRoot root, string place)
    {
        int fd = KernelException.Check(root.Open("/dev/null\0"u8, Kernel.O_NOFOLLOW), "open", "/dev/null"u8, place);
        int known = Kernel.statx(
            fd, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        KernelException.Check(known, "stat", "/dev/null"u8, place);
        if (((uint)info.stx_mode & Kernel.S_IFMT) != Kernel.S_IFCHR || info.stx_rdev_major != 1
            || info.stx_rdev_minor != 3)
        {
            throw new KernelException(
                "mask with", "/dev/null", Errno.ENODEV, place, "the container's /dev/null is not the null device");
        }

        return fd;
    }

    private static bool IsMissing(int result)
    {
        return result is -(int)Errno.ENOENT or -(int)Errno.ENOTDIR;
    }

    private static string Place(string property, int index)
    {
        return property + "[" + index + "]";
    }
}
