using System;
using System.Collections.Generic;
using Csrun.Init;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>Starts programs beside this one: they get the descriptors they are given and no other.</summary>
internal static unsafe class Spawn
{
    /// <summary>
    /// This very file, sealed where this process is: the child that executes it still shares our memory.
    /// </summary>
    public const string OwnFile = "/proc/self/exe";

    /// <summary>Starts a program as the leader of a process group of its own.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="environment">The whole environment.</param>
    /// <param name="descriptors">What becomes descriptor 0, 1, 2 and so on; these stay open here.</param>
    /// <returns>Its pid, or a negated errno.</returns>
    public static int Start(
        string file, IReadOnlyList<string> arguments, IReadOnlyList<byte[]> environment, ReadOnlySpan<int> descriptors)
    {
        byte* path = NativeText.Copy(file);
        byte** argv = NativeText.Vector(arguments);
        byte** envp = NativeText.Vector(environment);
        Span<int> raised = stackalloc int[descriptors.Length];
        int result = Raise(descriptors, raised);
        if (result == 0)
        {
            result = Kernel.posix_spawn(path, argv, envp, raised, out int pid);
            result = result < 0 ? result : pid;
        }

        foreach (int fd in raised)
        {
            Kernel.close(fd);
        }

        NativeText.Free(argv);
        NativeText.Free(envp);
        NativeText.Free(path);
        return result;
    }

    /// <summary>Copies above the numbers that are to be filled, so that none is overwritten before its turn.</summary>
    private static int Raise(ReadOnlySpan<int> descriptors, Span<int> raised)
    {
        raised.Fill(-1);
        for (int i = 0; i < descriptors.Length; i++)
        {
            raised[i] = Kernel.fcntl(descriptors[i], Kernel.F_DUPFD_CLOEXEC, descriptors.Length);
            if (raised[i] < 0)
            {
                return raised[i];
            }
        }

        return 0;
    }
}
