using System;
using System.Runtime.InteropServices;

namespace Csrun.Spec.Tests;

/// <summary>Processor time of this thread alone, which does not grow while the machine does something else.</summary>
internal static class ThreadClock
{
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    public static unsafe TimeSpan Now
    {
        get
        {
            long* time = stackalloc long[2];
            _ = clock_gettime(CLOCK_THREAD_CPUTIME_ID, time);
            return TimeSpan.FromSeconds(time[0]) + TimeSpan.FromMicroseconds(time[1] / 1000);
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern unsafe int clock_gettime(int clock, long* time);
}
