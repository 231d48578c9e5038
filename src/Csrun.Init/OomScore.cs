using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>process.oomScoreAdj (proc_pid_oom_score_adj(5)).</summary>
internal static class OomScore
{
    /// <summary>
    /// Sets it for this process, through the caller's /proc: inside a user namespace the kernel lets only a process
    /// that is still the caller's user write there.
    /// </summary>
    public static void Set(ProcessPlan? process)
    {
        if (process?.OomScoreAdj is not int adjustment)
        {
            return;
        }

        Span<byte> text = stackalloc byte[12];
        ReadOnlySpan<byte> value = ProcFs.Decimal(adjustment, text)[..^1];
        int file = HostPath.Open("/proc/self/oom_score_adj\0"u8, Kernel.O_WRONLY | Kernel.O_NOFOLLOW);
        int written = file < 0 ? file : Kernel.write(file, value);
        if (file >= 0)
        {
            Kernel.close(file);
        }

        string operation = written == -(int)Errno.EACCES
            ? "lower oom_score_adj without CAP_SYS_RESOURCE to"
            : "write oom_score_adj";
        KernelException.Check(written, operation, value, "process.oomScoreAdj");
    }
}
