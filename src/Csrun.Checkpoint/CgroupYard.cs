using System;
using Csrun.Cgroups;
using Csrun.Checkpoint.Messages;
using Csrun.Linux;

namespace Csrun.Checkpoint;

/// <summary>
/// Where criu finds the cgroup hierarchies: it would mount v2 anew, without the options that the host's has
/// (nsdelegate, memory_recursiveprot), which the host's then loses. A mount that is attached nowhere, reached by /proc.
/// </summary>
internal readonly struct CgroupYard : IDisposable
{
    private readonly Fd _directory;

    private CgroupYard(Fd directory)
    {
        _directory = directory;
    }

    /// <summary>Makes it, and tells criu.</summary>
    public static CgroupYard Make(CriuOptions criu)
    {
        using Fd context = new(KernelException.Check(Kernel.fsopen("tmpfs\0"u8), "fsopen", "tmpfs"u8));
        KernelException.Check(Kernel.fsconfig_command(context.Number, Kernel.FSCONFIG_CMD_CREATE), "make", "tmpfs"u8);
        CgroupYard yard = new(new Fd(KernelException.Check(Kernel.fsmount(context.Number, 0), "mount", "tmpfs"u8)));
        foreach (CgroupHierarchy hierarchy in CgroupLayout.Detect().Hierarchies)
        {
            byte[] name = Utf8.Terminated(NameOf(hierarchy));
            int linked = Kernel.symlinkat(hierarchy.MountPoint, yard._directory.Number, name);
            if (linked < 0)
            {
                yard.Dispose();
            }

            KernelException.Check(linked, "symlink", name);
        }

        criu.CgroupYard = "/proc/" + Kernel.getpid() + "/fd/" + yard._directory.Number;
        return yard;
    }

    /// <summary>What criu looks for: controllers with commas, a name without the word, or unified.</summary>
    public static string NameOf(CgroupHierarchy hierarchy)
    {
        return hierarchy.IsUnified ? "unified" : CgroupHierarchy.UsualName(hierarchy.Controllers);
    }

    /// <summary>It goes.</summary>
    public void Dispose()
    {
        _directory.Dispose();
    }
}
