using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>Pipes beyond read and write, and files at a position.</summary>
public static unsafe partial class Kernel
{
    /// <summary>tee(2): copies what a pipe holds to another pipe without taking it out.</summary>
    /// <returns>How many bytes were copied; 0 where nobody can write to the first any more; or a negated
    /// errno.</returns>
    public static int tee(int from, int to, int length, uint flags)
    {
        int result;
        do
        {
            result = Result(LibC.syscall(Number.Tee, from, to, (size_t)length, flags));
        }
        while (result == -(int)Errno.EINTR);

        return result;
    }

    /// <summary>pread(2).</summary>
    public static int pread(int fd, Span<byte> buffer, long offset)
    {
        fixed (byte* b = buffer)
        {
            return Result(LibC.pread(fd, b, (size_t)buffer.Length, (off_t)offset));
        }
    }

    /// <summary>pwrite(2).</summary>
    public static int pwrite(int fd, ReadOnlySpan<byte> buffer, long offset)
    {
        fixed (byte* b = buffer)
        {
            return Result(LibC.pwrite(fd, b, (size_t)buffer.Length, (off_t)offset));
        }
    }

    /// <summary>ftruncate(2).</summary>
    public static int ftruncate(int fd, long length)
    {
        return Result(LibC.ftruncate(fd, (off_t)length));
    }
}
