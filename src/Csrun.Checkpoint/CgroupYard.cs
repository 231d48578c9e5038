using System;
using Csrun.Cgroups;
using Csrun.Checkpoint.Messages;
using Csrun.Linux;

namespace Csrun.Checkpoint;

/// <summary>
/// Where criu finds cgroup v2: it would mount it anew, without the options that the host's has (nsdelegate,
/// memory_recursiveprot), which the host's then loses. A mount that is attached nowhere, reached by /proc.
/// </summary>
internal readonly struct CgroupYard : IDisposable
{
    private readonly Fd _directory;

    private CgroupYard(Fd directory)
    {
        _directory = directory;
    }

    /// <summary>
    /// Makes it, and tells criu. Beside hierarchies of version 1 there is none: these keep their options.
    /// </summary>
    public static CgroupYard Make(CriuOptions criu)
    {
        CgroupLayout layout = CgroupLayout.Detect();
        if (!layout.IsPureV2)
        {
            return default;
        }

        using Fd context = new(KernelException.Check(Kernel.fsopen("tmpfs\0"u8), "fsopen", "tmpfs"u8));
        KernelException.Check(Kernel.fsconfig_command(context.Number, Kernel.FSCONFIG_CMD_CREATE), "make", "tmpfs"u8);
        CgroupYard yard = new(new Fd(KernelException.Check(Kernel.fsmount(context.Number, 0), "mount", "tmpfs"u8)));
        int linked = Kernel.symlinkat(layout.Unified!.MountPoint, yard._directory.Number, "unified\0"u8);
        if (linked < 0)
        {
            yard.Dispose();
        }

        KernelException.Check(linked, "symlink", "unified"u8);
        criu.CgroupYard = "/proc/" + Kernel.getpid() + "/fd/" + yard._directory.Number;
        return yard;
    }

    /// <summary>It goes.</summary>
    public void Dispose()
    {
        _directory.Dispose();
    }
}
