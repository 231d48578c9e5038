using System;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Csrun.Testing;

/// <summary>What an engine listens with for the terminal of a container: the other end of --console-socket.</summary>
public sealed class ConsoleReceiver : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <param name="path">Where the socket is made: at most 107 bytes.</param>
    public ConsoleReceiver(string path)
    {
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(4);
    }

    /// <summary>The value of --console-socket.</summary>
    public string Path { get; }

    /// <summary>Takes the terminal that a runtime has sent.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public Terminal Receive(TimeSpan? limit = null)
    {
        if (!_listener.Poll(limit ?? TimeSpan.FromSeconds(10), SelectMode.SelectRead))
        {
            throw new TimeoutException($"no terminal came to {Path}");
        }

        using Socket connection = _listener.Accept();
        connection.Blocking = true;
        return new Terminal(Libc.ReceiveFd((int)connection.Handle));
    }

    public void Dispose()
    {
        _listener.Dispose();
    }
}

/// <summary>The master end of a container's terminal, as the person in front of it has it.</summary>
public sealed unsafe class Terminal : IDisposable
{
    private readonly OwnedFd _fd;
    private readonly StringBuilder _seen = new();

    internal Terminal(int fd)
    {
        _fd = new OwnedFd(fd);
    }

    /// <summary>All that was shown so far.</summary>
    public string Text => _seen.ToString();

    /// <summary>Types a text.</summary>
    public void Type(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            if (Libc.write(_fd.Number, start, (nuint)bytes.Length) != bytes.Length)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "write to the terminal");
            }
        }
    }

    /// <summary>Waits for a text on the screen.</summary>
    public void Await(string text)
    {
        long end = Environment.TickCount64 + 10_000;
        while (!Text.Contains(text, StringComparison.Ordinal))
        {
            if (!ReadOnce(end))
            {
                throw new TimeoutException($"'{text}' did not come; so far: {Text}");
            }
        }
    }

    /// <summary>Reads until the last one who has the terminal open has gone, and returns all that was shown.</summary>
    public string ReadToEnd()
    {
        long end = Environment.TickCount64 + 10_000;
        while (ReadOnce(end))
        {
        }

        return Text;
    }

    public void Dispose()
    {
        _fd.Dispose();
    }

    // False at the end, which a terminal tells by EIO, and when the time is over.
    private bool ReadOnce(long end)
    {
        Libc.PollFd poll = new() { Fd = _fd.Number, Events = Libc.POLLIN };
        long left = end - Environment.TickCount64;
        int ready = left <= 0 ? 0 : Libc.poll(&poll, 1, (int)left);
        if (ready == 0)
        {
            return false;
        }

        byte* buffer = stackalloc byte[4096];
        nint count = ready < 0 ? -1 : Libc.read(_fd.Number, buffer, 4096);
        if (count <= 0)
        {
            return count < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR;
        }

        _ = _seen.Append(Encoding.UTF8.GetString(buffer, (int)count));
        return true;
    }
}
