using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>process.oomScoreAdj (proc_pid_oom_score_adj(5)).</summary>
internal static class OomScore
{
    /// <summary>
    /// Sets it for this process, through the caller's /proc: inside a user namespace the kernel lets only a process that
    /// is still the caller's user write there.
    /// </summary>
    public static void Set(ProcessPlan? process)
    {
        if (process?.OomScoreAdj is not int adjustment)
        {
            return;
        }

        Span<byte> text = stackalloc byte[12];
        ReadOnlySpan<byte> value = ProcFs.Decimal(adjustment, text)[..^1];
        int file = Kernel.openat(
            Kernel.AT_FDCWD, "/proc/self/oom_score_adj\0"u8, Kernel.O_WRONLY | Kernel.O_CLOEXEC | Kernel.O_NOFOLLOW);
        int written = file < 0 ? file : Kernel.write(file, value);
        if (file >= 0)
        {
            Kernel.close(file);
        }

        if (written < 0)
        {
            throw new KernelException(
                "write oom_score_adj", Utf8.ToText(value), (Errno)(-written), "process.oomScoreAdj",
                written == -(int)Errno.EACCES ? "lowering it needs CAP_SYS_RESOURCE, which csrun does not have here" : null);
        }
    }
}
