using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Csrun.Testing;

/// <summary>One end of a pipe, or any other descriptor that a test owns.</summary>
public sealed class OwnedFd : IDisposable
{
    public OwnedFd(int number)
    {
        Number = number;
    }

    /// <summary>The descriptor; -1 once it is closed.</summary>
    public int Number { get; private set; }

    public void Dispose()
    {
        if (Number >= 0)
        {
            _ = Libc.close(Number);
            Number = -1;
        }
    }
}

/// <summary>
/// A pipe whose read end belongs to the test: what a container writes, also after its runtime is gone.
/// </summary>
public sealed unsafe class Pipe : IDisposable
{
    // A full pipe of 64 KiB takes four, its end one more.
    private const int LateReads = 5;

    private readonly MemoryStream _received = new();

    public Pipe()
    {
        int* ends = stackalloc int[2];
        if (Libc.pipe2(ends, Libc.O_CLOEXEC) < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        ReadEnd = new OwnedFd(ends[0]);
        WriteEnd = new OwnedFd(ends[1]);
    }

    public OwnedFd ReadEnd { get; }

    public OwnedFd WriteEnd { get; }

    /// <summary>Whether the last writer is gone.</summary>
    public bool Ended { get; private set; }

    /// <summary>All that was received so far.</summary>
    public byte[] Received => _received.ToArray();

    public string Text => Encoding.UTF8.GetString(_received.ToArray());

    /// <summary>Reads until end of file; false where a writer is left when the time is over.</summary>
    public bool ReadToEnd(TimeSpan limit)
    {
        return ReadUntil(static () => false, limit) || Ended;
    }

    /// <summary>Reads until <paramref name="enough"/> holds; false when the time or the pipe ends before.</summary>
    public bool ReadUntil(Func<bool> enough, TimeSpan limit)
    {
        long end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        for (int late = 0; !Ended && late <= LateReads && !enough();)
        {
            // What is there already counts, however late this thread comes to look.
            long left = long.Max(end - Environment.TickCount64, 0);
            late += left == 0 ? 1 : 0;
            Libc.PollFd poll = new() { Fd = ReadEnd.Number, Events = Libc.POLLIN };
            int ready = Libc.poll(&poll, 1, (int)left);
            if (ready > 0 ? !ReadOnce() : left == 0)
            {
                break;
            }
        }

        return enough();
    }

    /// <summary>Waits for a whole text from the container.</summary>
    public void Await(string text, TimeSpan? limit = null)
    {
        if (!ReadUntil(() => Text.Contains(text, StringComparison.Ordinal), limit ?? TimeSpan.FromSeconds(10)))
        {
            throw new TimeoutException($"'{text}' did not come; so far: {Text}");
        }
    }

    /// <summary>Takes what is there now; false at the end of file.</summary>
    internal bool ReadOnce()
    {
        byte* buffer = stackalloc byte[16384];
        nint count = Libc.read(ReadEnd.Number, buffer, 16384);
        if (count > 0)
        {
            _received.Write(new ReadOnlySpan<byte>(buffer, (int)count));
            return true;
        }

        Ended |= count == 0;
        return count < 0 && Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR;
    }

    public void Dispose()
    {
        ReadEnd.Dispose();
        WriteEnd.Dispose();
        _received.Dispose();
    }
}
