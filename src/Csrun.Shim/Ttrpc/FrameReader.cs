using System;

namespace Csrun.Shim.Ttrpc;

/// <summary>
/// Cuts what a peer sends into frames. It holds one frame at most, and its memory grows with the bytes that came, not
/// with the length that a header claims.
/// </summary>
internal sealed class FrameReader
{
    private const int FirstSize = 4096;
    private const int KeptSize = 64 << 10;

    private byte[] _buffer = new byte[FirstSize];
    private int _start;
    private int _end;
    private uint _toSkip;

    /// <summary>Room to read into, at least one byte; <see cref="Advance"/> tells how much was.</summary>
    public Span<byte> Space()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > KeptSize)
            {
                _buffer = new byte[FirstSize];
            }
        }
        else if (_end == _buffer.Length)
        {
            MakeRoom();
        }

        return _buffer.AsSpan(_end);
    }

    /// <summary>Takes in bytes that were read into <see cref="Space"/>.</summary>
    public void Advance(int count)
    {
        _end += count;
    }

    /// <summary>The next frame that is complete, or whose header says that it is too long.</summary>
    public bool TryRead(out Frame frame)
    {
        Skip();
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, _end - _start);
        frame = default;
        if (bytes.Length < Frame.HeaderSize)
        {
            return false;
        }

        Frame header = Frame.ReadHeader(bytes);
        if (header.IsTooLong)
        {
            _start += Frame.HeaderSize;
            _toSkip = header.Length;
            frame = header;
            return true;
        }

        int size = Frame.HeaderSize + (int)header.Length;
        if (bytes.Length < size)
        {
            return false;
        }

        frame = new Frame(header.Length, header.Stream, header.Type, header.Flags, bytes[Frame.HeaderSize..size]);
        _start += size;
        return true;
    }

    private void Skip()
    {
        int skipped = (int)Math.Min(_toSkip, (uint)(_end - _start));
        _start += skipped;
        _toSkip -= (uint)skipped;
    }

    private void MakeRoom()
    {
        int length = _end - _start;
        byte[] target = length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, length).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = length;
    }
}
