using System;
using Csrun.Linux;

namespace Csrun.Shim.Attach;

/// <summary>
/// Frames on their way to a socket that may be full: a buffer of fixed size, that takes a frame whole or not.
/// </summary>
internal sealed class FrameQueue
{
    private const int Size = 65536;

    private readonly byte[] _buffer = new byte[Size];
    private int _start;
    private int _end;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>Forgets what waits.</summary>
    public void Clear()
    {
        _start = _end = 0;
    }

    /// <summary>Whether a frame with this much content would be taken.</summary>
    public bool HasRoomFor(int length)
    {
        return Size - (_end - _start) >= AttachFrame.HeaderSize + length;
    }

    /// <summary>Adds a frame; false where it has no room.</summary>
    public bool Add(byte kind, ReadOnlySpan<byte> content)
    {
        if (!HasRoomFor(content.Length))
        {
            return false;
        }

        if (Size - _end < AttachFrame.HeaderSize + content.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        AttachFrame.WriteHeader(_buffer.AsSpan(_end), kind, content.Length);
        content.CopyTo(_buffer.AsSpan(_end + AttachFrame.HeaderSize));
        _end += AttachFrame.HeaderSize + content.Length;
        return true;
    }

    /// <summary>Writes as much as the socket takes; false where the other side is gone.</summary>
    public bool Flush(int socket)
    {
        while (!IsEmpty)
        {
            int written = Kernel.send(socket, _buffer.AsSpan(_start, _end - _start));
            if (written < 0)
            {
                return written == -(int)Errno.EAGAIN;
            }

            _start += written;
        }

        Clear();
        return true;
    }
}
