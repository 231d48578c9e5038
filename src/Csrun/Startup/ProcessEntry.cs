using System;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Csrun.Startup;

/// <summary>
/// The first code of the process, before libc and the .NET runtime start: keeps the arguments as the kernel gave them
/// and seals the executable where the command will run somebody else's program (<see cref="ExecutableSeal"/>).
/// </summary>
/// <remarks>
/// Nothing exists yet: no thread-local storage (errno has none to stand in), no memcpy (libc has not chosen one), no
/// heap, no exceptions. So: raw system calls, loops over bytes, stack space that is not cleared by the compiler.
/// </remarks>
internal static unsafe class ProcessEntry
{
    private static byte** s_arguments;
    private static int s_argumentCount;
    private static byte** s_environment;

    /// <summary>The number of arguments, the program's own name included.</summary>
    public static int ArgumentCount => s_argumentCount;

    /// <summary>The environment's entries as the kernel gave them, without the seal's and the .NET runtime's.</summary>
    public static byte[][] Environment()
    {
        int count = 0;
        while (s_environment[count] != null)
        {
            count++;
        }

        List<byte[]> entries = new(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(s_environment[i]);
            if (!entry.SequenceEqual(ExecutableSeal.Mark))
            {
                entries.Add(entry.ToArray());
            }
        }

        return [.. entries];
    }

    /// <summary>One argument's bytes, without the NUL.</summary>
    public static byte[] Argument(int index)
    {
        return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(s_arguments[index]).ToArray();
    }

    [RuntimeExport("__wrap___libc_start_main")]
    private static int LibcStartMain(
        void* main, int argc, byte** argv, void* init, void* fini, void* rtldFini, void* stackEnd)
    {
        Prepare(argc, argv);
#if CSRUN_REPLACE_LIBC_START
        return LibcStart.Run(
            (delegate* unmanaged[SuppressGCTransition]<int, byte**, byte**, int>)main, argc, argv, stackEnd);
#else
        return RealLibcStartMain(main, argc, argv, init, fini, rtldFini, stackEnd);
#endif
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Prepare(int argc, byte** argv)
    {
        s_arguments = argv;
        s_argumentCount = argc;
        s_environment = argv + argc + 1;
        HideRuntimeSettings(s_environment);
        if (RunsForeignProgram(argc, argv) || IsShimServer(argc, argv))
        {
            ExecutableSeal.Apply(argv, s_environment);
        }
    }

    /// <summary>
    /// Empties the entries from which the .NET runtime or its library would take their settings: one that somebody set
    /// for his own .NET programs (DOTNET_GCgen0size, DOTNET_gcServer) could bring collections into the fork zone.
    /// </summary>
    private static void HideRuntimeSettings(byte** envp)
    {
        for (byte** entry = envp; *entry != null; entry++)
        {
            if (Early.StartsWith(*entry, Early.Pointer("DOTNET_"u8)))
            {
                *entry = Early.Pointer(""u8);
            }
        }
    }

    /// <summary>Whether a word of the command line is a command that ends in somebody else's execve.</summary>
    private static bool RunsForeignProgram(int argc, byte** argv)
    {
        for (int i = 1; i < argc; i++)
        {
            byte* word = argv[i];
            if (Early.IsEqual(word, Early.Pointer("run"u8)) || Early.IsEqual(word, Early.Pointer("create"u8))
                || Early.IsEqual(word, Early.Pointer("exec"u8)) || Early.IsEqual(word, Early.Pointer("restore"u8))
                || Early.IsEqual(word, Early.Pointer("shim"u8)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether this is containerd's shim and neither of its two short actions, which come last on the command line: its
    /// server starts containers by executing this file as it runs here.
    /// </summary>
    [SkipLocalsInit]
    private static bool IsShimServer(int argc, byte** argv)
    {
        byte* name = argv[0];
        for (byte* c = name; *c != 0; c++)
        {
            if (*c == '/')
            {
                name = c + 1;
            }
        }

        return argc > 1 && Early.StartsWith(name, Early.Pointer("containerd-shim-"u8))
            && !Early.IsEqual(argv[argc - 1], Early.Pointer("start"u8))
            && !Early.IsEqual(argv[argc - 1], Early.Pointer("delete"u8));
    }

#if !CSRUN_REPLACE_LIBC_START
    [DllImport("libc", EntryPoint = "__real___libc_start_main")]
    [SuppressGCTransition]
    private static extern int RealLibcStartMain(
        void* main, int argc, byte** argv, void* init, void* fini, void* rtldFini, void* stackEnd);
#endif
}
