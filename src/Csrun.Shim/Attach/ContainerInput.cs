using System;
using Csrun.Linux;

namespace Csrun.Shim.Attach;

/// <summary>What the container's program reads: its pipe, or its terminal.</summary>
internal sealed class ContainerInput : IDisposable
{
    private readonly EventLoop _loop;
    private readonly StdinMode _mode;
    private readonly bool _isTerminal;
    private Fd _fd;

    /// <summary>Takes over the writing end of a pipe or the master of a terminal, non-blocking.</summary>
    public ContainerInput(EventLoop loop, Fd fd, StdinMode mode, bool isTerminal)
    {
        _loop = loop;
        _fd = fd;
        _mode = mode;
        _isTerminal = isTerminal;
    }

    /// <summary>What a client is told of it.</summary>
    public byte HelloFlags =>
        (byte)((_isTerminal ? AttachFrame.HasTerminal : 0) | (_fd.IsOpen ? AttachFrame.TakesInput : 0));

    /// <summary>Called when there is room again after <see cref="Write"/> had taken less than all.</summary>
    public Action? OnRoom { get; set; }

    /// <summary>Writes what fits. Where nobody reads any more all is taken, and lost as in any pipe.</summary>
    /// <returns>How many bytes were taken.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        while (_fd.IsOpen && done < bytes.Length)
        {
            int written = Kernel.write(_fd.Number, bytes[done..]);
            if (written == -(int)Errno.EAGAIN)
            {
                WaitForRoom();
                return done;
            }

            if (written < 0)
            {
                break;
            }

            done += written;
        }

        return bytes.Length;
    }

    /// <summary>A client's input has ended: so does the program's, where that was asked for.</summary>
    public void EndOfClient()
    {
        if (_mode == StdinMode.Once && !_isTerminal)
        {
            Dispose();
        }
    }

    /// <summary>Sets the size of the terminal.</summary>
    public void Resize(ushort rows, ushort columns)
    {
        if (_isTerminal)
        {
            _ = Kernel.tty_set_size(_fd.Number, rows, columns);
        }
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _loop.Unwatch(_fd.Number);
        _fd.Dispose();
        _fd = default;
    }

    private void WaitForRoom()
    {
        if (!_loop.IsWatched(_fd.Number))
        {
            _loop.Watch(_fd.Number, Kernel.EPOLLOUT, OnReady);
        }
    }

    private void OnReady(uint events)
    {
        _loop.Unwatch(_fd.Number);
        OnRoom?.Invoke();
    }
}
