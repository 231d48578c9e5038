using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// The last steps before execve, the same for a container's first program and for one that exec adds.
/// </summary>
internal static class ProgramStart
{
    /// <summary>
    /// Becomes the program with its ids and rights; returns only by the exception that says why it could not.
    /// </summary>
    /// <param name="process">Who the program is and what it may do.</param>
    /// <param name="image">The program, already found.</param>
    /// <param name="hooks">The startContainer hooks, which run with the program's ids and rights; null where there are
    /// none.</param>
    /// <param name="preservedDescriptors">How many descriptors from 3 on it keeps.</param>
    /// <param name="filter">The seccomp filter; null where there is none.</param>
    public static void Become(
        ProcessPlan process, ExecImage image, ContainerHooks? hooks, int preservedDescriptors, SeccompFilter? filter)
    {
        const int FirstOwn = 3;
        _ = Kernel.close_range_cloexec(FirstOwn + preservedDescriptors);
        StandardStreams.GiveTo(process.Uid);
        if (!process.NoNewPrivileges)
        {
            // Loading it needs a capability that is about to go, so the filter meets what follows.
            LoadSeccomp(filter);
        }

        Credentials.Apply(process);
        bool isHooked = hooks is { HasStartContainer: true };
        if (isHooked && process.NoNewPrivileges)
        {
            // The hooks are programs of the container's own tree: they meet the filter, as from runc and crun.
            LoadSeccomp(filter);
        }

        hooks?.RunStartContainer(image);
        RestoreSignals();
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_PDEATHSIG, 0), "prctl", "PR_SET_PDEATHSIG"u8);
        if (!isHooked && process.NoNewPrivileges)
        {
            LoadSeccomp(filter);
        }

        image.Execute(process.SelinuxLabel);
    }

    private static void LoadSeccomp(SeccompFilter? filter)
    {
        filter?.Load();
    }

    /// <summary>execve keeps the mask and what is ignored, and the runtime ignores SIGPIPE.</summary>
    private static void RestoreSignals()
    {
        for (int signal = 1; signal <= Kernel.SignalCount; signal++)
        {
            Kernel.ResetSignal(signal);
        }

        Kernel.SetSignalMask(0);
    }
}
