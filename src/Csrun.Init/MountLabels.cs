using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// linux.mountLabel on new file systems, as runc does it: by a mount option; by an attribute where the file system
/// takes no such option; not at all on proc and sysfs, which the policy labels by itself.
/// </summary>
internal static class MountLabels
{
    /// <summary>Whether a mount's file system is labelled by a mount option.</summary>
    public static bool AreByOption(MountPlan mount)
    {
        return mount.Type is not ("proc" or "sysfs" or "mqueue");
    }

    /// <summary>Whether its root is labelled by an extended attribute.</summary>
    public static bool AreByAttribute(MountPlan mount)
    {
        return mount.Type is "mqueue";
    }

    /// <summary>The option for a superblock that is being made.</summary>
    public static void Configure(int superblock, MountContext context)
    {
        byte[] option = Utf8.Terminated(context.Option);
        KernelException.Check(
            Kernel.fsconfig_string(superblock, option, Utf8.Terminated(context.Label)),
            "mount with option " + context.Option, Utf8.Terminated(context.Label), "linux.mountLabel");
    }

    /// <summary>A mount's own options and that one as mount(2) takes them.</summary>
    public static string Options(MountPlan mount, MountContext? context)
    {
        List<string> options = [];
        foreach (string option in mount.Data)
        {
            options.Add(LabelOption.Quoted(option));
        }

        if (context is not null && AreByOption(mount))
        {
            options.Add(LabelOption.Quoted(context.Option + "=" + context.Label));
        }

        return string.Join(',', options);
    }

    /// <summary>The attribute security.selinux of a mount's root.</summary>
    public static void SetAttribute(int tree, MountContext context, MountPlan mount)
    {
        byte[] label = Utf8.Terminated(context.Label);
        using Fd root = new(KernelException.Check(
            Kernel.openat(tree, ".\0"u8, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC),
            "open", Utf8.Terminated(mount.Destination), mount.Place));
        KernelException.Check(
            Kernel.fsetxattr(root.Number, "security.selinux\0"u8, label),
            "label " + mount.Destination, label, "linux.mountLabel");
    }
}
