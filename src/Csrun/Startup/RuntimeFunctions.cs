#if CSRUN_REPLACE_RUNTIME_FUNCTIONS
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Csrun.Startup;

/// <summary>
/// Functions of the .NET runtime's own start-up, replaced at link time because a command that lives for some
/// milliseconds has no use for their answers. Pinned to one patch of the runtime (Directory.Packages.props); the link
/// fails when one of the names is no longer the runtime's. Figures: docs/decisions/startup.md.
/// </summary>
/// <remarks>They run before or inside the runtime's initialization: no allocation, no exception, no statics.</remarks>
internal static unsafe class RuntimeFunctions
{
    private const nuint PageMask = 0xfff;
    private const nuint MainStackSize = 8u << 20;
    private const nuint AboveThisFrame = 0x20000;

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

    /// <summary>Would read /proc/meminfo before each decision of the collector, which never runs.</summary>
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
}
#endif
