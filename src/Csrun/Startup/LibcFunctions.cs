#if CSRUN_REPLACE_RUNTIME_FUNCTIONS
using System.Runtime;
using System.Runtime.InteropServices;

namespace Csrun.Startup;

/// <summary>
/// Calls of libc that the .NET runtime makes while it starts, answered with less work (the linker's --wrap). Figures:
/// docs/decisions/startup.md.
/// </summary>
/// <remarks>They run inside the runtime's initialization: no allocation, no exception, no static with a
/// constructor.</remarks>
internal static unsafe class LibcFunctions
{
    private const int MadvDontDump = 16;
    private const int MadvDoDump = 17;
    private const int ScProcessorsOnline = 84;

    /// <summary>
    /// madvise(2): the runtime says of each piece of memory that it reserves or takes whether it belongs into a core
    /// dump, and so splits its mappings. A core of csrun may have all.
    /// </summary>
    [RuntimeExport("__wrap_madvise")]
    private static int MemoryAdvice(void* address, nuint length, int advice)
    {
        return advice is MadvDontDump or MadvDoDump ? 0 : RealMemoryAdvice(address, length, advice);
    }

    /// <summary>
    /// sysconf(3): libc reads the processors' number from /sys. How many there are is for the runtime how many this
    /// process may use.
    /// </summary>
    [RuntimeExport("__wrap_sysconf")]
    private static long SystemConfiguration(int name)
    {
        return name == ScProcessorsOnline && Processors.CountUsable() is > 0 and int count
            ? count
            : RealSystemConfiguration(name);
    }

    [DllImport("libc", EntryPoint = "__real_madvise")]
    [SuppressGCTransition]
    private static extern int RealMemoryAdvice(void* address, nuint length, int advice);

    [DllImport("libc", EntryPoint = "__real_sysconf")]
    [SuppressGCTransition]
    private static extern long RealSystemConfiguration(int name);
}
#endif
