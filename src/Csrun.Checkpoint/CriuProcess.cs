using System;
using System.Diagnostics.CodeAnalysis;
using Csrun.Init;
using Csrun.Linux;

namespace Csrun.Checkpoint;

/// <summary>criu as a child of this process.</summary>
internal static unsafe class CriuProcess
{
    private const int CannotStart = 127;

    /// <summary>Starts <c>criu swrk 3</c> with default signals and no descriptors but these.</summary>
    /// <param name="program">criu's file.</param>
    /// <param name="environment">NAME=value entries.</param>
    /// <param name="descriptors">What becomes 0, 1, 2, 3 and so on; each has a number above all of these.</param>
    /// <param name="noNewPrivileges">
    /// Whether it may gain no privileges, nor may what it restores: criu does not bring that bit back.
    /// </param>
    /// <returns>The process, to be waited for.</returns>
    public static int Start(
        string program, byte[][] environment, ReadOnlySpan<int> descriptors, bool noNewPrivileges)
    {
        byte* path = NativeText.Copy(program);
        byte** arguments = NativeText.Vector([program, "swrk", "3"]);
        byte** variables = NativeText.Vector(environment);
        Kernel.clone_args child = new() { exit_signal = (ulong)Kernel.SIGCHLD };
        int pid = Kernel.clone3(in child);
        if (pid == 0)
        {
            Become(path, arguments, variables, descriptors, noNewPrivileges);
        }

        return KernelException.Check(pid, "clone3");
    }

    /// <summary>In the child: nothing here allocates.</summary>
    [DoesNotReturn]
    private static void Become(
        byte* path, byte** arguments, byte** variables, ReadOnlySpan<int> descriptors, bool noNewPrivileges)
    {
        for (int i = 0; i < descriptors.Length; i++)
        {
            if (Kernel.dup2(descriptors[i], i) < 0)
            {
                Kernel.exit_group(CannotStart);
            }
        }

        _ = Kernel.close_range(descriptors.Length);
        for (int signal = 1; signal <= Kernel.SignalCount; signal++)
        {
            Kernel.ResetSignal(signal);
        }

        Kernel.SetSignalMask(0);
        if (!noNewPrivileges || Kernel.prctl(Kernel.PR_SET_NO_NEW_PRIVS, 1) == 0)
        {
            _ = Kernel.execve(path, arguments, variables);
        }

        while (true)
        {
            Kernel.exit_group(CannotStart);
        }
    }
}
