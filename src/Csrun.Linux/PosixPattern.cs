using System;
using System.Runtime.InteropServices;

namespace Csrun.Linux;

/// <summary>An extended regular expression of POSIX (regex(7)), as crun's --regex takes it.</summary>
public sealed unsafe partial class PosixPattern : IDisposable
{
    private const int REG_EXTENDED = 1;
    private const int REG_NOSUB = 8;

    // regex_t of glibc and musl is 64 bytes or less on 64-bit machines.
    private const int Size = 128;

    private void* _compiled;

    private PosixPattern(void* compiled)
    {
        _compiled = compiled;
    }

    /// <summary>Compiles <paramref name="pattern"/>; null where it is not a regular expression.</summary>
    public static PosixPattern? Compile(string pattern)
    {
        void* compiled = NativeMemory.AllocZeroed(Size);
        fixed (byte* text = Utf8.Terminated(pattern))
        {
            if (regcomp(compiled, text, REG_EXTENDED | REG_NOSUB) == 0)
            {
                return new PosixPattern(compiled);
            }
        }

        NativeMemory.Free(compiled);
        return null;
    }

    /// <summary>Whether it matches any part of <paramref name="text"/>.</summary>
    public bool Matches(string text)
    {
        fixed (byte* bytes = Utf8.Terminated(text))
        {
            return regexec(_compiled, bytes, 0, null, 0) == 0;
        }
    }

    /// <summary>Frees it.</summary>
    public void Dispose()
    {
        if (_compiled is not null)
        {
            regfree(_compiled);
            NativeMemory.Free(_compiled);
            _compiled = null;
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial int regcomp(void* compiled, byte* pattern, int flags);

    [LibraryImport("libc.so.6")]
    private static partial int regexec(void* compiled, byte* text, nuint matchCount, void* matches, int flags);

    [LibraryImport("libc.so.6")]
    private static partial void regfree(void* compiled);
}
