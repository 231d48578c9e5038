using System;
using Google.Protobuf;

namespace Csrun.Shim.Ttrpc;

/// <summary>Frames that wait until a peer takes them, in order, as one run of bytes.</summary>
internal sealed class OutputQueue
{
    private const int FirstSize = 1024;
    private const int KeptSize = 64 << 10;

    private byte[] _buffer = new byte[FirstSize];
    private int _start;
    private int _end;

    /// <summary>What waits.</summary>
    public ReadOnlySpan<byte> Waiting => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Adds a frame.</summary>
    /// <exception cref="TtrpcException">
    /// ResourceExhausted: the message is larger than a frame may be; nothing is added.
    /// </exception>
    public void Add(uint stream, FrameType type, IMessage message)
    {
        int length = message.CalculateSize();
        if (length > Frame.MaxLength)
        {
            throw new TtrpcException(StatusCode.ResourceExhausted, TtrpcException.TooLong((uint)length));
        }

        Span<byte> target = Reserve(Frame.HeaderSize + length);
        Frame.WriteHeader(target, length, stream, type);
        message.WriteTo(target.Slice(Frame.HeaderSize, length));
        _end += Frame.HeaderSize + length;
    }

    /// <summary>Takes away what was written.</summary>
    public void Remove(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > KeptSize)
            {
                _buffer = new byte[FirstSize];
            }
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _end < count)
        {
            int length = _end - _start;
            byte[] target = _buffer;
            if (length + count > _buffer.Length || length > _buffer.Length / 2)
            {
                target = new byte[Math.Max(_buffer.Length * 2, length + count)];
            }

            _buffer.AsSpan(_start, length).CopyTo(target);
            _buffer = target;
            _start = 0;
            _end = length;
        }

        return _buffer.AsSpan(_end);
    }
}
