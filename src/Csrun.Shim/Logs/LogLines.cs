using System;
using Csrun.Linux;

namespace Csrun.Shim.Logs;

/// <summary>Reads a file of a log line by line. A line that is not finished yet stays for the next time.</summary>
public sealed class LogLines : IDisposable
{
    private readonly byte[] _buffer = new byte[LogFormatter.BufferSize * 2];
    private readonly Fd _file;
    private int _start;
    private int _end;
    private long _position;
    private bool _skips;

    /// <summary>Takes over an open file, at its start.</summary>
    public LogLines(Fd file)
    {
        _file = file;
    }

    /// <summary>The file.</summary>
    public int Descriptor => _file.Number;

    /// <summary>The next line without its newline; false where there is no whole one at present.</summary>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                bool isRest = _skips;
                _skips = false;
                if (!isRest)
                {
                    return true;
                }

                continue;
            }

            if (!Fill())
            {
                line = default;
                return false;
            }
        }
    }

    /// <summary>Begins again at the start where the file has become shorter than what was read of it.</summary>
    public void FollowTruncation()
    {
        _ = Kernel.statx(
            _file.Number, Kernel.EmptyPath, Kernel.AT_EMPTY_PATH, Kernel.STATX_BASIC_STATS, out Tmds.Linux.statx info);
        if ((long)info.stx_size < _position)
        {
            _position = 0;
            _start = _end = 0;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _file.Dispose();
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            // No line of ours is that long.
            _end = 0;
            _skips = true;
        }

        int read = Kernel.pread(_file.Number, _buffer.AsSpan(_end), _position);
        _position += Math.Max(read, 0);
        _end += Math.Max(read, 0);
        return read > 0;
    }
}
