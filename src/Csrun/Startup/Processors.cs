using System.Numerics;

namespace Csrun.Startup;

/// <summary>The processors of the machine, by one call that reads no file (sched_getaffinity(2)).</summary>
internal static unsafe class Processors
{
    private const long SchedGetAffinity = 204;

    /// <summary>Room for 8192, the most that Linux can be built for on x86-64.</summary>
    private const int Words = 128;

    /// <summary>How many this process may use; 0 where the kernel does not say.</summary>
    public static int CountUsable()
    {
        ulong* mask = stackalloc ulong[Words];
        int bytes = Read(mask, Words);
        int count = 0;
        for (int i = 0; i < bytes / sizeof(ulong); i++)
        {
            count += BitOperations.PopCount(mask[i]);
        }

        return count;
    }

    /// <summary>
    /// How many there can be at all, in whole words of the kernel's masks: it refuses a mask that has no room for all.
    /// </summary>
    public static int CountPossible()
    {
        ulong* mask = stackalloc ulong[Words];
        int words = 1;
        while (words < Words && Read(mask, words) <= 0)
        {
            words *= 2;
        }

        return words * 64;
    }

    private static int Read(ulong* mask, int words)
    {
        return (int)Early.SystemCall(SchedGetAffinity, 0, words * sizeof(ulong), (long)mask, 0, 0, 0);
    }
}
