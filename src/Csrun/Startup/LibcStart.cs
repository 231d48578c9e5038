#if CSRUN_REPLACE_LIBC_START
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Csrun.Startup;

/// <summary>
/// glibc's start of a static program without its questions to the processor. glibc executes CPUID some forty times to
/// choose among variants of memcpy and to size them after the caches; on a virtual machine each one traps, 7 us apiece,
/// which is a third of what an empty program takes. A command that lives for milliseconds is served as well by the
/// variants that every x86-64 processor has.
/// </summary>
/// <remarks>
/// The steps are those of __libc_start_main in glibc's csu/libc-start.c for a static program that is not
/// position-independent, in its order. Left out besides CPUID: GLIBC_TUNABLES, which nobody may set for a runtime that
/// is root (CVE-2023-4911), the check of the standard streams, which is for set-user-ID programs, _init, the preinit
/// array and the finalizers of the image, of which the link has none that matter, and pthread_exit from main. The build
/// takes it only where know-libc.sh finds that libc-start.o calls what it knows. Figures: docs/decisions/startup.md.
/// </remarks>
internal static unsafe class LibcStart
{
    /// <summary>AT_RANDOM of getauxval(3).</summary>
    private const long AtRandom = 25;

    private const uint RelocationIrelative = 37;

    // tcbhead_t of glibc's sysdeps/x86_64/nptl/tls.h.
    private const int StackGuard = 0x28;
    private const int PointerGuard = 0x30;

    // glibc's own value for a shared cache of 1 MiB, the one it assumes before it has asked.
    private const long NonTemporalThreshold = 0xc0000;

    /// <summary>Sets up libc and runs the program; does not return.</summary>
    public static int Run(
        delegate* unmanaged[SuppressGCTransition]<int, byte**, byte**, int> main, int argc, byte** argv, void* stackEnd)
    {
        byte** environment = argv + argc + 1;
        long* auxiliary = AuxiliaryVector(environment);
        *(byte***)Address(&Environ) = environment;
        *(void**)Address(&StackEnd) = stackEnd;
        DlAuxInit(auxiliary);
        *(long*)Address(&X86NonTemporalThreshold) = NonTemporalThreshold;
        *(long*)Address(&X86RepMovsbStopThreshold) = NonTemporalThreshold;
        ResolveIndirectFunctions();
        LibcSetupTls();
        SetGuards((byte*)PthreadSelf(), Random(auxiliary));
        LibcEarlyInit(1);
        LibcInitFirst(argc, argv, environment);
        CallInitializers(argc, argv, environment);
        Exit(main(argc, argv, environment));
        return 0;
    }

    private static long* AuxiliaryVector(byte** environment)
    {
        byte** entry = environment;
        while (*entry != null)
        {
            entry++;
        }

        return (long*)(entry + 1);
    }

    private static long* Random(long* auxiliary)
    {
        while (*auxiliary != AtRandom)
        {
            auxiliary += 2;
        }

        return (long*)auxiliary[1];
    }

    /// <summary>
    /// The relocations by which libc's functions choose their variant: its answer to a processor of no features.
    /// </summary>
    private static void ResolveIndirectFunctions()
    {
        // Elf64_Rela of elf.h: r_offset, r_info, r_addend.
        long* end = (long*)Address(&IndirectRelocationsEnd);
        for (long* one = (long*)Address(&IndirectRelocations); one < end; one += 3)
        {
            if ((uint)one[1] == RelocationIrelative)
            {
                *(long*)one[0] = ((delegate* unmanaged[SuppressGCTransition]<long>)one[2])();
            }
        }
    }

    private static void SetGuards(byte* thread, long* random)
    {
        *(long*)(thread + StackGuard) = random[0] & ~0xffL;
        *(long*)(thread + PointerGuard) = random[1];
    }

    private static void CallInitializers(int argc, byte** argv, byte** environment)
    {
        var end = (delegate* unmanaged[SuppressGCTransition]<int, byte**, byte**, void>*)Address(&InitArrayEnd);
        for (var one = (delegate* unmanaged[SuppressGCTransition]<int, byte**, byte**, void>*)Address(&InitArray);
            one < end; one++)
        {
            (*one)(argc, argv, environment);
        }
    }

    /// <summary>
    /// The address of a symbol of the link, which is declared below as a function, whatever it is. Not inlined: the
    /// compiler takes two functions for unrelated, and a loop from one to the other for empty.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void* Address(delegate*<void> symbol)
    {
        return symbol;
    }

    [RuntimeImport("__environ")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Environ();

    [RuntimeImport("__libc_stack_end")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void StackEnd();

    [RuntimeImport("__x86_shared_non_temporal_threshold")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void X86NonTemporalThreshold();

    [RuntimeImport("__x86_rep_movsb_stop_threshold")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void X86RepMovsbStopThreshold();

    [RuntimeImport("__rela_iplt_start")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void IndirectRelocations();

    [RuntimeImport("__rela_iplt_end")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void IndirectRelocationsEnd();

    [RuntimeImport("__init_array_start")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void InitArray();

    [RuntimeImport("__init_array_end")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void InitArrayEnd();

    [DllImport("libc", EntryPoint = "_dl_aux_init")]
    [SuppressGCTransition]
    private static extern void DlAuxInit(long* auxiliary);

    [DllImport("libc", EntryPoint = "__libc_setup_tls")]
    [SuppressGCTransition]
    private static extern void LibcSetupTls();

    [DllImport("libc", EntryPoint = "pthread_self")]
    [SuppressGCTransition]
    private static extern void* PthreadSelf();

    [DllImport("libc", EntryPoint = "__libc_early_init")]
    [SuppressGCTransition]
    private static extern void LibcEarlyInit(byte initial);

    [DllImport("libc", EntryPoint = "__libc_init_first")]
    [SuppressGCTransition]
    private static extern void LibcInitFirst(int argc, byte** argv, byte** environment);

    [DllImport("libc", EntryPoint = "exit")]
    [SuppressGCTransition]
    private static extern void Exit(int status);
}
#endif
