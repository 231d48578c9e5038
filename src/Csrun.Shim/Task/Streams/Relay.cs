using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Shim.Task.Streams;

/// <summary>
/// Moves bytes from one descriptor to another until the source ends or the target breaks. Between two pipes by
/// splice(2), which copies nothing; else through a buffer. Whoever cannot go on is waited for, so nothing turns idle.
/// </summary>
/// <remarks>Owns neither descriptor; both do not block.</remarks>
internal sealed class Relay
{
    private const int SpliceSize = 1 << 20;
    private const int BufferSize = 64 << 10;
    private const int MovesAtOnce = 64;

    private static byte[]? s_buffer;

    private readonly EventLoop _loop;
    private readonly int _source;
    private readonly int _target;
    private readonly bool _isTerminal;
    private readonly Action _onEnd;
    private bool _splices;
    private bool _isStarted;
    private bool _sourceIsOver;
    private byte[] _pending = [];
    private int _pendingStart;

    /// <summary>A relay that does nothing yet.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="source">A pipe, or a terminal's master.</param>
    /// <param name="target">A pipe, a file or a terminal's master.</param>
    /// <param name="splices">Whether both are pipes.</param>
    /// <param name="isTerminal">
    /// Whether the source is a terminal: it fails with EIO while nobody has it open, which is its end only after
    /// <see cref="SourceIsOver"/>.
    /// </param>
    /// <param name="onEnd">Called once, when it has ended by itself.</param>
    public Relay(EventLoop loop, int source, int target, bool splices, bool isTerminal, Action onEnd)
    {
        _loop = loop;
        _source = source;
        _target = target;
        _splices = splices;
        _isTerminal = isTerminal;
        _onEnd = onEnd;
    }

    /// <summary>Whether it has ended or was stopped.</summary>
    public bool IsOver { get; private set; }

    private uint SourceEvents => _isTerminal ? Kernel.EPOLLIN | Kernel.EPOLLET : Kernel.EPOLLIN;

    /// <summary>Begins.</summary>
    public void Start()
    {
        _isStarted = true;
        _loop.Watch(_source, SourceEvents, _ => Move());
    }

    /// <summary>Nobody writes to the source any more: what it holds is moved, then the relay ends.</summary>
    public void SourceIsOver()
    {
        _sourceIsOver = true;
        if (_isStarted && !IsOver && _pending.Length == 0)
        {
            Move();
        }
    }

    /// <summary>Stops for good, without a word.</summary>
    public void Stop()
    {
        if (!IsOver)
        {
            IsOver = true;
            _loop.Unwatch(_source);
            _loop.Unwatch(_target);
            _pending = [];
        }
    }

    private void Move()
    {
        for (int i = 0; i < MovesAtOnce && !IsOver; i++)
        {
            int moved = _splices ? Splice() : Copy();
            if (moved == -(int)Errno.EAGAIN)
            {
                return;
            }

            if (moved == 0 || (moved < 0 && !(_isTerminal && moved == -(int)Errno.EIO && !_sourceIsOver)))
            {
                End();
                return;
            }

            if (moved < 0)
            {
                return;
            }
        }

        if (_isTerminal && !IsOver)
        {
            // An edge is told once: ask for it again.
            _loop.Unwatch(_source);
            _loop.Watch(_source, SourceEvents, _ => Move());
        }
    }

    private int Splice()
    {
        int moved = Kernel.splice(_source, _target, SpliceSize, Kernel.SPLICE_F_MOVE | Kernel.SPLICE_F_NONBLOCK);
        if (moved == -(int)Errno.EINVAL)
        {
            _splices = false;
            return Copy();
        }

        if (moved == -(int)Errno.EAGAIN && IsReadable())
        {
            WaitForTarget();
        }

        return moved;
    }

    private int Copy()
    {
        byte[] buffer = s_buffer ??= new byte[BufferSize];
        int read = Kernel.read(_source, buffer);
        if (read == -(int)Errno.EAGAIN && _isTerminal && _sourceIsOver)
        {
            return 0;
        }

        return read <= 0 ? read : Write(buffer.AsSpan(0, read));
    }

    private int Write(ReadOnlySpan<byte> bytes)
    {
        int total = bytes.Length;
        while (!bytes.IsEmpty)
        {
            int written = Kernel.write(_target, bytes);
            if (written == -(int)Errno.EAGAIN || (written == -(int)Errno.EIO && !_sourceIsOver && !_isTerminal))
            {
                _pending = bytes.ToArray();
                _pendingStart = 0;
                WaitForTarget();
                return -(int)Errno.EAGAIN;
            }

            if (written < 0)
            {
                return written;
            }

            bytes = bytes[written..];
        }

        return total;
    }

    private void WaitForTarget()
    {
        _loop.Unwatch(_source);
        _loop.Watch(_target, Kernel.EPOLLOUT | Kernel.EPOLLET, _ => OnTarget());
    }

    private void OnTarget()
    {
        while (_pendingStart < _pending.Length)
        {
            int written = Kernel.write(_target, _pending.AsSpan(_pendingStart));
            if (written is -(int)Errno.EAGAIN or -(int)Errno.EIO)
            {
                return;
            }

            if (written < 0)
            {
                End();
                return;
            }

            _pendingStart += written;
        }

        _pending = [];
        _loop.Unwatch(_target);
        _loop.Watch(_source, SourceEvents, _ => Move());
        if (_sourceIsOver)
        {
            Move();
        }
    }

    private bool IsReadable()
    {
        Span<pollfd> entry = [new pollfd { fd = _source, events = Kernel.POLLIN }];
        return Kernel.poll(entry, 0) > 0 && (entry[0].revents & Kernel.POLLIN) != 0;
    }

    private void End()
    {
        Stop();
        _onEnd();
    }
}
