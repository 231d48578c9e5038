using System.Runtime.InteropServices;

namespace Csrun.Attacks.Tests;

/// <summary>The C library's functions that attackers use and Mono.Posix does not have. C names kept.</summary>
internal static partial class NativeCalls
{
    internal const int AT_FDCWD = -100;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int renameat2(
        int oldDirectory, string oldPath, int newDirectory, string newPath, uint flags);
}
