using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Csrun.Startup;

/// <summary>What code that runs before libc's start can use.</summary>
internal static unsafe class Early
{
    /// <summary>syscall(2) of libc, which touches errno only on failure: see <see cref="LendErrno"/>.</summary>
    [DllImport("libc", EntryPoint = "syscall")]
    [SuppressGCTransition]
    public static extern long SystemCall(long number, long a, long b, long c, long d, long e, long f);

    private const int ArchPrctl = 158;
    private const int ArchSetFs = 0x1002;

    /// <summary>
    /// Points the thread's base register into <paramref name="scratch"/>, so that libc's errno, which lies just below
    /// it, has memory until libc sets up the real storage.
    /// </summary>
    public static void LendErrno(byte* scratch, int size)
    {
        for (int i = 0; i < size; i += sizeof(long))
        {
            *(long*)(scratch + i) = 0;
        }

        SystemCall(ArchPrctl, ArchSetFs, (long)(scratch + (size / 2)), 0, 0, 0, 0);
    }

    /// <summary>A literal's bytes, which the compiler ends with NUL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Pointer(ReadOnlySpan<byte> literal)
    {
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));
    }

    /// <summary>Whether two strings that end with NUL are the same.</summary>
    public static bool IsEqual(byte* one, byte* other)
    {
        while (*one != 0 && *one == *other)
        {
            one++;
            other++;
        }

        return *one == *other;
    }

    /// <summary>Whether a string that ends with NUL starts with another.</summary>
    public static bool StartsWith(byte* text, byte* start)
    {
        while (*start != 0 && *text == *start)
        {
            text++;
            start++;
        }

        return *start == 0;
    }
}
