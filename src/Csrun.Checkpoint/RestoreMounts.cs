using System;
using Csrun.Cgroups;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Checkpoint;

/// <summary>
/// The mount namespace that criu starts in: the host's, and the container's root as a mount of its own, which criu
/// makes the root of the namespace it restores. Nothing of it is seen on the host, and all goes with criu.
/// </summary>
internal sealed class RestoreMounts : IDisposable
{
    private const uint DirectoryMode = 0x1ED; // 0755

    private readonly NamespaceVisit _visit;

    private RestoreMounts(string directory)
    {
        Root = directory + "/root";
        NotifyDirectory = directory + "/notify";
        Yard = directory + "/yard";
        _visit = NamespaceVisit.NewMounts();
    }

    /// <summary>Where the root is mounted.</summary>
    public string Root { get; }

    /// <summary>An empty directory in the place of that of a notify socket: nobody listens there any more.</summary>
    public string NotifyDirectory { get; }

    /// <summary>Where criu finds the cgroup hierarchies, as at a dump (<see cref="CgroupYard"/>).</summary>
    public string Yard { get; }

    /// <summary>Takes this process into a new such namespace.</summary>
    /// <param name="directory">A directory of csrun's, absolute: covered there by what is made.</param>
    /// <param name="plan">The container.</param>
    public static RestoreMounts Enter(string directory, Plan plan)
    {
        RestoreMounts mounts = new(directory);
        try
        {
            mounts.Make(directory, plan);
            return mounts;
        }
        catch
        {
            mounts.Dispose();
            throw;
        }
    }

    /// <summary>Brings this process back to the host's mounts.</summary>
    public void Dispose()
    {
        _visit.Dispose();
    }

    private void Make(string directory, Plan plan)
    {
        KernelException.Check(
            Kernel.mount(default, "/\0"u8, default, Kernel.MS_SLAVE | Kernel.MS_REC, default),
            "make the mounts slaves", "/"u8);
        byte[] holder = Utf8.Terminated(directory);
        KernelException.Check(
            Kernel.mount("tmpfs\0"u8, holder, "tmpfs\0"u8, 0, "mode=700\0"u8), "mount tmpfs on", holder);
        byte[] root = MakeDirectory(Root);
        MakeDirectory(NotifyDirectory);
        MakeYard();
        KernelException.Check(
            Kernel.mount(Utf8.Terminated(plan.Root.Path), root, default, Kernel.MS_BIND | Kernel.MS_REC, default),
            "mount the root at", root, "root.path");
        using Fd place = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, root, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC), "open", root));
        MakeMountPoints(new ContainerRoot(place.Number), plan);
    }

    /// <summary>
    /// Mounts and no links: the processes that go to their cgroups have the container's root by then.
    /// </summary>
    private void MakeYard()
    {
        _ = MakeDirectory(Yard);
        foreach (CgroupHierarchy hierarchy in CgroupLayout.Detect().Hierarchies)
        {
            byte[] place = MakeDirectory(Yard + "/" + CgroupYard.NameOf(hierarchy));
            KernelException.Check(
                Kernel.mount(hierarchy.MountPoint, place, default, Kernel.MS_BIND, default),
                "bind", hierarchy.MountPoint);
        }
    }

    /// <summary>
    /// criu makes none. Those below other mounts come with their contents, or are there from the create; one that
    /// cannot be made is for criu to tell.
    /// </summary>
    private static void MakeMountPoints(ContainerRoot root, Plan plan)
    {
        for (int i = 0; i < plan.Mounts.Count; i++)
        {
            MountPlan mount = plan.Mounts[i];
            if (IsBelowAnother(plan, i))
            {
                continue;
            }

            byte[] path = Utf8.Terminated(mount.Destination);
            bool isFile = mount.Kind == MountKind.Bind && !IsDirectory(mount.Source);
            using Fd made = new(isFile ? root.OpenOrMakeFile(path) : root.OpenOrMakeDirectory(path));
        }
    }

    private static bool IsBelowAnother(Plan plan, int index)
    {
        string path = plan.Mounts[index].Destination;
        for (int i = 0; i < index; i++)
        {
            string other = plan.Mounts[i].Destination;
            if (path.Length > other.Length
                && path[other.Length] == '/'
                && path.StartsWith(other, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDirectory(string path)
    {
        return Kernel.statx(
            Kernel.AT_FDCWD, Utf8.Terminated(path), 0, Kernel.STATX_TYPE, out Tmds.Linux.statx info) == 0
            && ((uint)info.stx_mode & Kernel.S_IFMT) == Kernel.S_IFDIR;
    }

    private static byte[] MakeDirectory(string path)
    {
        byte[] name = Utf8.Terminated(path);
        KernelException.Check(Kernel.mkdirat(Kernel.AT_FDCWD, name, DirectoryMode), "mkdir", name);
        return name;
    }
}
