using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>The container's root: attached, entered with pivot_root, given its final propagation and mode.</summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "the one type that changes the root")]
internal static class RootMount
{
    /// <summary>
    /// Cuts this mount namespace off from the host's: nothing that is mounted here gets out. Mounts of the host still
    /// come in during set-up, unless the configuration wants the root private.
    /// </summary>
    public static void StopPropagation(RootPlan root)
    {
        KernelException.Check(
            Kernel.mount(default, "/\0"u8, default, root.SetUpPropagation | Kernel.MS_REC, default),
            "make the mounts private", "/"u8);
    }

    /// <summary>
    /// Opens the root directory, in a mount namespace of the container as a mount: bound onto itself, with all mounts
    /// below.
    /// </summary>
    public static ContainerRoot Attach(Plan plan)
    {
        byte[] path = Utf8.Terminated(plan.Root.Path);
        int directory = KernelException.Check(
            HostPath.Open(path, Kernel.O_PATH | Kernel.O_DIRECTORY), "open", path, "root.path");
        if (!plan.Namespaces.Has(NamespaceType.Mount))
        {
            return new ContainerRoot(directory);
        }

        using Fd onto = new(directory);
        int tree = KernelException.Check(
            HostPath.CloneTree(path, recursive: true), "open", path, "root.path");
        KernelException.Check(Kernel.move_mount(tree, onto.Number), "mount the root at", path, "root.path");
        return new ContainerRoot(tree);
    }

    /// <summary>The root of a further program in the container: a directory, or that of the joined mounts.</summary>
    /// <param name="directory">The directory's descriptor; negative where the mount namespace was joined.</param>
    public static ContainerRoot Join(int directory)
    {
        if (directory >= 0)
        {
            ChangeRoot(directory);
            return new ContainerRoot(directory);
        }

        return new ContainerRoot(KernelException.Check(
            HostPath.Open("/\0"u8, Kernel.O_PATH | Kernel.O_DIRECTORY), "open", "/"u8));
    }

    /// <summary>Makes the attached root / and leaves the host's mounts behind.</summary>
    public static void Enter(Plan plan, ContainerRoot root, ProcFs proc)
    {
        if (!plan.Namespaces.Has(NamespaceType.Mount))
        {
            ChangeRoot(root.Descriptor);
            return;
        }

        if (plan.Root.NoPivot)
        {
            RootMove.Enter(root, proc);
        }
        else
        {
            Pivot(root);
        }

        KernelException.Check(Kernel.chdir("/\0"u8), "chdir", "/"u8);

        if (plan.Root.Propagation != 0)
        {
            KernelException.Check(
                Kernel.mount_setattr(root.Descriptor, 0, 0, 0, plan.Root.Propagation),
                "set the propagation of", "/"u8, "linux.rootfsPropagation");
        }

        if (plan.Root.Readonly)
        {
            KernelException.Check(
                Kernel.mount_setattr(root.Descriptor, 0, Kernel.MOUNT_ATTR_RDONLY, 0),
                "make read-only", "/"u8, "root.readonly");
        }
    }

    /// <summary>Makes a directory / by chroot.</summary>
    internal static void ChangeRoot(int directory)
    {
        KernelException.Check(Kernel.fchdir(directory), "fchdir", "the root"u8);
        KernelException.Check(Kernel.chroot(".\0"u8), "chroot", "the root"u8);
    }

    private static void Pivot(ContainerRoot root)
    {
        KernelException.Check(Kernel.fchdir(root.Descriptor), "fchdir", "the root"u8);
        KernelException.Check(Kernel.pivot_root(".\0"u8, ".\0"u8), "pivot_root", "."u8, "root.path");

        // The old root now covers the new one; it is cut off from the host, so its unmount stays here.
        KernelException.Check(Kernel.umount2(".\0"u8, Kernel.MNT_DETACH), "umount", "the old root"u8);
    }
}
