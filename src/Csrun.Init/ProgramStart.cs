using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>The last steps before execve, the same for a container's first program and for one that exec adds.</summary>
internal static class ProgramStart
{
    /// <summary>Becomes the program with its ids and rights; returns only by the exception that says why it could not.</summary>
    /// <param name="process">Who the program is and what it may do.</param>
    /// <param name="image">The program, already found.</param>
    /// <param name="hooks">The startContainer hooks, which run with the program's ids and rights; null where there are none.</param>
    /// <param name="preservedDescriptors">How many descriptors from 3 on it keeps.</param>
    public static void Become(ProcessPlan process, ExecImage image, ContainerHooks? hooks, int preservedDescriptors)
    {
        StandardStreams.GiveTo(process.Uid);
        Credentials.Apply(process);
        hooks?.RunStartContainer(image);
        RestoreSignals();
        const int FirstOwn = 3;
        _ = Kernel.close_range_cloexec(FirstOwn + preservedDescriptors);
        _ = Kernel.prctl(Kernel.PR_SET_PDEATHSIG, 0);

        // With no_new_privs a seccomp filter is loaded here, so that it need allow nothing but the execve.
        image.Execute();
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
