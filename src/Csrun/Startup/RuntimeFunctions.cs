#if CSRUN_REPLACE_RUNTIME_FUNCTIONS
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Csrun.Startup;

/// <summary>
/// Functions of the .NET runtime's own start-up, replaced at link time because a command that lives for some
/// milliseconds has no use for their answers. Pinned to one patch of the runtime (Directory.Packages.props); the link
/// fails when one of the names is no longer the runtime's. Figures: docs/decisions/startup.md.
/// </summary>
/// <remarks>They run before or inside the runtime's initialization: no allocation, no exception, no static with a
/// constructor.</remarks>
internal static unsafe class RuntimeFunctions
{
    private const nuint PageMask = 0xfff;
    private const nuint MainStackSize = 8u << 20;
    private const nuint AboveThisFrame = 0x20000;
    private const uint PinnedObjectHeap = 0x40;
    private const uint ChunkSize = 32 << 10;

    /// <summary>Address space for the heap: 256 MiB.</summary>
    private const long RegionRange = 0x10000000;

    /// <summary>What is allocated until the first collection: 64 MiB, which no short command fills.</summary>
    private const long FirstGeneration = 0x4000000;

    /// <summary>
    /// Arrays up to 3.5 MiB are in it: a few of them elsewhere start a collection, so a config.json of a megabyte
    /// brought one.
    /// </summary>
    private const long LargeObject = 0x380000;

    // The second word of a type's description and the second word of an array.
    private const int BaseSize = 4;
    private const int ArrayLength = 8;

    private static byte* s_chunk;
    private static bool s_isStarted;

    /// <summary>
    /// Main begins: from now on there may be collections, and what is left of the start's array is theirs.
    /// </summary>
    public static void Start()
    {
        s_isStarted = true;
        s_chunk = null;
    }

    /// <summary>Would read mountinfo and /proc/self/cgroup to size the heap after the memory limit.</summary>
    [RuntimeExport("_Z16InitializeCGroupv")]
    private static void InitializeCGroup()
    {
    }

    /// <summary>Would read cpu.cfs_quota_us to size the thread pool, which is not used.</summary>
    [RuntimeExport("_Z19InitializeCpuCGroupv")]
    private static void InitializeCpuCGroup()
    {
    }

    /// <summary>Would list /sys/devices/system/node; the heap is not spread over nodes.</summary>
    [RuntimeExport("_Z21NUMASupportInitializev")]
    private static void NumaSupportInitialize()
    {
    }

    /// <summary>Would start the finalizer thread. Nothing here has a finalizer, and clone3 wants one thread.</summary>
    [RuntimeExport("_Z23PalStartFinalizerThreadPFjPvES_")]
    private static byte PalStartFinalizerThread(void* function, void* context)
    {
        return 1;
    }

    /// <summary>
    /// Would ask the processor, by ten CPUIDs, for what lies beyond the instruction set that the program was compiled
    /// for. Without it the program uses no more than that: the same code on every machine.
    /// </summary>
    [RuntimeExport("minipal_getcpufeatures")]
    private static int GetCpuFeatures()
    {
        return *(int*)(delegate*<void>)&RequiredCpuFeatures;
    }

    [RuntimeImport("g_requiredCpuFeatures")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void RequiredCpuFeatures();

    /// <summary>Would read /sys/devices/system/cpu/possible to size masks of processors, twice.</summary>
    [RuntimeExport("minipal_get_cpu_max_possible_count")]
    private static int GetPossibleProcessors()
    {
        return Processors.CountPossible();
    }

    /// <summary>
    /// Would look a setting up in the environment, some ninety times: the runtime's settings are those that the program
    /// was linked with, whatever a caller has set for his own .NET programs.
    /// </summary>
    [RuntimeExport("_Z25PalGetEnvironmentVariablePKcPcj")]
    private static uint GetEnvironmentVariable(byte* name, byte* buffer, uint size)
    {
        return 0;
    }

    /// <summary>
    /// Would compare the names of some ninety settings of the collector with all that the program was linked with.
    /// These it has; in NativeAot.targets too, for the program that lets the runtime read them.
    /// </summary>
    [RuntimeExport("_ZN15GCToEEInterface17GetIntConfigValueEPKcS1_Pl")]
    private static byte GetIntConfigValue(byte* name, byte* publicName, long* value)
    {
        if (Early.IsEqual(name, Early.Pointer("GCRegionRange"u8)))
        {
            *value = RegionRange;
            return 1;
        }

        if (Early.IsEqual(name, Early.Pointer("GCgen0size"u8)))
        {
            *value = FirstGeneration;
            return 1;
        }

        if (Early.IsEqual(name, Early.Pointer("GCLOHThreshold"u8)))
        {
            *value = LargeObject;
            return 1;
        }

        return 0;
    }

    /// <summary>
    /// Allocates the objects that hold the static fields of hundreds of types, before Main: the collector would search
    /// its lists for a place for each, in half of all instructions of a short command. Here they come one after another
    /// out of one array of the pinned heap, which is cut up: what is left of it stays an array, so that the heap can be
    /// walked at any time.
    /// </summary>
    [RuntimeExport("__wrap_RhAllocateNewObject")]
    private static void AllocateNewObject(byte* type, uint flags, byte** result)
    {
        byte* one = flags == PinnedObjectHeap ? Chunk() : null;
        uint size = (*(uint*)(type + BaseSize) + 7) & ~7u;
        if (one == null || *(uint*)(one + ArrayLength) < size)
        {
            RealAllocateNewObject(type, flags, result);
            return;
        }

        byte* rest = one + size;
        *(void**)rest = *(void**)one;
        *(ulong*)(rest + ArrayLength) = *(ulong*)(one + ArrayLength) - size;
        s_chunk = rest;

        *(byte**)one = type;
        *(ulong*)(one + ArrayLength) = 0;
        *result = one;
    }

    /// <summary>The array to cut from; null once there may be collections, which would free it.</summary>
    private static byte* Chunk()
    {
        if (s_chunk == null && !s_isStarted)
        {
            byte* chunk;
            AllocateNewArray(
                RuntimeTypeHandle.ToIntPtr(typeof(byte[]).TypeHandle), ChunkSize, PinnedObjectHeap, &chunk);
            s_chunk = chunk;
        }

        return s_chunk;
    }

    /// <summary>
    /// Would mark the pages of the heap into which references are copied. While the program starts, only static fields
    /// that the compiler has worked out are: from the image, whose references are to objects in the image.
    /// </summary>
    [RuntimeExport("__wrap_RhBulkMoveWithWriteBarrier")]
    private static void BulkMove(byte* to, byte* from, nuint size)
    {
        if (s_isStarted || from >= (byte*)(delegate*<void>)&EndOfImage)
        {
            RealBulkMove(to, from, size);
            return;
        }

        for (nuint i = 0; i < size; i += (nuint)sizeof(nuint))
        {
            *(nuint*)(to + i) = *(nuint*)(from + i);
        }
    }

    /// <summary>Would parse /proc/self/maps for the main thread's stack; there is no other thread.</summary>
    [RuntimeExport("_Z24PalGetMaximumStackBoundsPPvS0_")]
    private static byte PalGetMaximumStackBounds(nuint* lowest, nuint* highest)
    {
        nuint here;
        nuint end = ((nuint)(&here) + AboveThisFrame) & ~PageMask;
        *highest = end;
        *lowest = end - MainStackSize + AboveThisFrame;
        return 1;
    }

    /// <summary>
    /// Would read /proc/meminfo before each decision of the collector, which has none to make in a short command.
    /// </summary>
    [RuntimeExport("_ZN15GCToOSInterface15GetMemoryStatusEmPjPmS1_")]
    private static void GetMemoryStatus(ulong limit, uint* load, ulong* available, ulong* pageFile)
    {
        if (load != null)
        {
            *load = 10;
        }

        if (available != null)
        {
            *available = 8ul << 30;
        }

        if (pageFile != null)
        {
            *pageFile = 0;
        }
    }

    [RuntimeImport("_end")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void EndOfImage();

    [DllImport("libc", EntryPoint = "__real_RhBulkMoveWithWriteBarrier")]
    [SuppressGCTransition]
    private static extern void RealBulkMove(byte* to, byte* from, nuint size);

    [DllImport("libc", EntryPoint = "__real_RhAllocateNewObject")]
    [SuppressGCTransition]
    private static extern void RealAllocateNewObject(byte* type, uint flags, byte** result);

    [DllImport("libc", EntryPoint = "RhAllocateNewArray")]
    [SuppressGCTransition]
    private static extern void AllocateNewArray(nint type, uint length, uint flags, byte** result);
}
#endif
