using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>Starts programs beside this one: they get the descriptors they are given and no other.</summary>
internal static unsafe class Spawn
{
    /// <summary>This very file, sealed where this process is: the child that executes it still shares our memory.</summary>
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
        byte* path = Copy(Encoding.UTF8.GetBytes(file));
        byte** argv = Vector(arguments.Count);
        byte** envp = Vector(environment.Count);
        for (int i = 0; i < arguments.Count; i++)
        {
            argv[i] = Copy(Encoding.UTF8.GetBytes(arguments[i]));
        }

        for (int i = 0; i < environment.Count; i++)
        {
            envp[i] = Copy(environment[i]);
        }

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

        Free(argv, arguments.Count);
        Free(envp, environment.Count);
        NativeMemory.Free(path);
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

    private static byte** Vector(int count)
    {
        return (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
    }

    private static byte* Copy(ReadOnlySpan<byte> bytes)
    {
        byte* copy = (byte*)NativeMemory.Alloc((nuint)(bytes.Length + 1));
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return copy;
    }

    private static void Free(byte** vector, int count)
    {
        for (int i = 0; i < count; i++)
        {
            NativeMemory.Free(vector[i]);
        }

        NativeMemory.Free(vector);
    }
}
