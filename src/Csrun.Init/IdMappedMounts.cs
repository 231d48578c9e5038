using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>What was made before the clone for one id-mapped mount.</summary>
/// <param name="Mount">The mount.</param>
/// <param name="Descriptor">A bind's translated copy, attached nowhere; a file system's user namespace.</param>
public sealed record IdMappedMount(MountPlan Mount, int Descriptor);

/// <summary>The descriptors that id-mapped mounts need, made by the parent and used by the child.</summary>
public sealed class IdMappedMounts
{
    private readonly IReadOnlyList<IdMappedMount> _mounts;
    private readonly IReadOnlyList<int> _namespaces;

    /// <summary>Takes ownership of the descriptors.</summary>
    /// <param name="mounts">Those of each mount.</param>
    /// <param name="namespaces">The user namespaces, which several mounts may share.</param>
    public IdMappedMounts(IReadOnlyList<IdMappedMount> mounts, IReadOnlyList<int> namespaces)
    {
        _mounts = mounts;
        _namespaces = namespaces;
    }

    /// <summary>Translates a mount that is attached nowhere yet.</summary>
    /// <exception cref="KernelException">Its file system cannot be mapped, or not by this caller.</exception>
    public static void Map(int tree, MountPlan mount, int userNamespace)
    {
        int depth = mount.IdMap!.Recursive ? Kernel.AT_RECURSIVE : 0;
        int mapped = Kernel.mount_setattr(tree, depth, Kernel.MOUNT_ATTR_IDMAP, 0, 0, (ulong)userNamespace);
        if (mapped < 0)
        {
            throw new KernelException(
                "map the ids of", mount.Destination, (Errno)(-mapped), mount.Place, (Errno)(-mapped) switch
                {
                    Errno.EINVAL when mount.IdMap.Recursive =>
                        "its file system, or one mounted below it, does not support id-mapped mounts",
                    Errno.EINVAL => "its file system does not support id-mapped mounts",
                    Errno.EPERM =>
                        "it takes CAP_SYS_ADMIN where the file system was mounted, a source that is not mapped "
                        + "already, and mappings other than those of the host",
                    Errno.ENOSYS => "id-mapped mounts need Linux 5.12",
                    _ => null,
                });
        }
    }

    /// <summary>Closes all of them.</summary>
    public void Close()
    {
        foreach (IdMappedMount mount in _mounts)
        {
            if (mount.Mount.Kind == MountKind.Bind)
            {
                Kernel.close(mount.Descriptor);
            }
        }

        foreach (int userNamespace in _namespaces)
        {
            Kernel.close(userNamespace);
        }
    }

    /// <summary>The descriptor of one.</summary>
    internal int Of(MountPlan mount)
    {
        foreach (IdMappedMount entry in _mounts)
        {
            if (ReferenceEquals(entry.Mount, mount))
            {
                return entry.Descriptor;
            }
        }

        return -1;
    }
}
