using System;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Reads a file of /proc line by line through a buffer of the caller's, without the line ends.</summary>
/// <remarks>A line longer than the buffer is left out: none that long is looked for.</remarks>
internal ref struct FileLines
{
    private readonly int _fd;
    private readonly Span<byte> _buffer;
    private int _start;
    private int _end;
    private bool _skipping;

    public FileLines(int fd, Span<byte> buffer)
    {
        _fd = fd;
        _buffer = buffer;
    }

    /// <summary>The line; overwritten by the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>The error that ended the reading, or zero.</summary>
    public Errno Error { get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            Span<byte> held = _buffer[_start.._end];
            int newline = held.IndexOf((byte)'\n');
            if (newline >= 0)
            {
                Current = held[..newline];
                _start += newline + 1;
                if (_skipping)
                {
                    _skipping = false;
                    continue;
                }

                return true;
            }

            if (held.Length == _buffer.Length)
            {
                _skipping = true;
                held = default;
            }

            held.CopyTo(_buffer);
            _start = 0;
            _end = held.Length;
            int length = Kernel.read(_fd, _buffer[_end..]);
            if (length <= 0)
            {
                Error = (Errno)(-length);
                Current = _buffer[.._end];
                _start = _end;
                bool last = _end > 0 && !_skipping && length == 0;
                _end = _start = 0;
                return last;
            }

            _end += length;
        }
    }
}
