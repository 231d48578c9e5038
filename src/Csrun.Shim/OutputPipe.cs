using System;
using Csrun.Linux;
using Csrun.Runtime.Shim;
using Csrun.Shim.Logs;

namespace Csrun.Shim;

/// <summary>One of the container's streams, from its pipe or its terminal to <see cref="ShimOutput"/>.</summary>
/// <remarks>
/// A pipe's bytes stay in it until they are in the log: they are looked at by tee(2) first, and taken out afterwards. A
/// shim killed in between leaves them to the next, which may log them twice and loses none. A terminal's cannot be
/// looked at; they are read, and kept until they are taken.
/// </remarks>
internal sealed class OutputPipe
{
    private const int BatchSize = 32768;
    private const int BatchesAtOnce = 8;
    private const int RetryMilliseconds = 500;

    /// <summary>What a pipe may hold where nobody has raised the limit (pipe(7), pipe-max-size).</summary>
    private const int MostHeld = 1 << 20;

    private readonly EventLoop _loop;
    private readonly ShimOutput _output;
    private readonly LogStream _stream;
    private readonly Action _onEnd;
    private readonly Action<uint> _onReady;
    private readonly byte[] _buffer = new byte[ShimOutput.Room + BatchSize];
    private readonly LoopTimer _retry;
    private readonly Fd _copyIn;
    private readonly Fd _copyOut;
    private readonly bool _isTerminal;
    private Fd _source;
    private Fd _peer;
    private int _held;
    private bool _expectsEnd;

    /// <summary>Watches a stream.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="source">Its pipe, open for reading, or the master of the terminal; taken over.</param>
    /// <param name="isTerminal">Which of the two.</param>
    /// <param name="stream">Which stream.</param>
    /// <param name="output">Who takes it.</param>
    /// <param name="onEnd">Called once when nobody can write to it any more and all is taken.</param>
    public OutputPipe(
        EventLoop loop, Fd source, bool isTerminal, LogStream stream, ShimOutput output, Action onEnd)
    {
        _loop = loop;
        _source = source;
        _isTerminal = isTerminal;
        _stream = stream;
        _output = output;
        _onEnd = onEnd;
        _onReady = OnReady;
        _retry = new LoopTimer(OnRetry);
        if (isTerminal)
        {
            // With nobody on its other end a terminal is at its end for ever, though somebody may come back to it.
            _peer = new Fd(Kernel.pty_open_peer(source.Number));
        }
        else
        {
            KernelException.Check(
                Kernel.pipe2(out int copyOut, out int copyIn, Kernel.O_CLOEXEC | Kernel.O_NONBLOCK), "pipe2");
            _copyIn = new Fd(copyIn);
            _copyOut = new Fd(copyOut);
        }

        loop.Watch(source.Number, Kernel.EPOLLIN, _onReady);
    }

    /// <summary>Whether <c>onEnd</c> was called.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>
    /// The container's first process has ended: what the pipe holds is taken, and our own end that can write is given
    /// up, so that its end is seen once no other process of the container has it.
    /// </summary>
    public void ExpectEnd(ShimDirectory directory, ReadOnlySpan<byte> name)
    {
        if (IsEnded)
        {
            return;
        }

        _expectsEnd = true;
        if (_isTerminal)
        {
            Fd.Close(ref _peer);
            if (_retry.IsSet)
            {
                _loop.Cancel(_retry);
                OnRetry();
            }

            return;
        }

        const int Flags = Kernel.O_RDONLY | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC;
        Fd reader = new(Kernel.openat(directory.Descriptor, name, Flags | Kernel.O_NOFOLLOW));
        if (!reader.IsOpen)
        {
            // Somebody removed the pipe: there is no way to see its end.
            Abandon();
            return;
        }

        _loop.Unwatch(_source.Number);
        _source.Dispose();
        _source = reader;
        if (!_retry.IsSet)
        {
            _ = Watch();
        }
    }

    /// <summary>
    /// Takes what is there now, without waiting for more: of a pipe that others fill meanwhile no more than it holds.
    /// </summary>
    public void Drain()
    {
        int taken = 0;
        while (taken < MostHeld && !IsEnded && !_retry.IsSet && TakeBatch() is int length and > 0)
        {
            taken += length;
        }
    }

    /// <summary>Stops at once: the container is being removed.</summary>
    public void Abandon()
    {
        _expectsEnd = true;
        _loop.Cancel(_retry);
        Drain();
        if (!IsEnded)
        {
            End();
        }
    }

    private void OnReady(uint events)
    {
        // The other streams get their turn after some batches.
        for (int i = 0; i < BatchesAtOnce && !IsEnded && !_retry.IsSet; i++)
        {
            if (TakeBatch() == 0)
            {
                return;
            }
        }
    }

    private void OnRetry()
    {
        if (Watch())
        {
            _ = TakeBatch();
        }
    }

    /// <summary>Watches the stream; where the kernel has no memory for that, later.</summary>
    private bool Watch()
    {
        try
        {
            if (!_loop.IsWatched(_source.Number))
            {
                _loop.Watch(_source.Number, Kernel.EPOLLIN, _onReady);
            }

            return true;
        }
        catch (KernelException)
        {
            _loop.Set(_retry, RetryMilliseconds);
            return false;
        }
    }

    /// <summary>Takes what one read gives.</summary>
    /// <returns>How many bytes; 0 where there are no more for now, or they must wait.</returns>
    private int TakeBatch()
    {
        int length = _held > 0 ? _held : _isTerminal ? Read() : Look();
        if (length == -(int)Errno.EAGAIN)
        {
            return 0;
        }

        if (length <= 0)
        {
            if (_isTerminal && !_expectsEnd)
            {
                // Nobody has it open, and it could not be held open either.
                Wait();
            }
            else
            {
                End();
            }

            return 0;
        }

        int taken = _output.Take(_stream, _buffer.AsSpan(0, ShimOutput.Room + length));
        _held = _isTerminal ? length - taken : 0;
        if (!_isTerminal && taken > 0)
        {
            _ = Kernel.read(_source.Number, _buffer.AsSpan(ShimOutput.Room, taken));
        }
        else if (_held > 0)
        {
            _buffer.AsSpan(ShimOutput.Room + taken, _held).CopyTo(_buffer.AsSpan(ShimOutput.Room));
        }

        if (taken < length)
        {
            Wait();
            return 0;
        }

        return taken;
    }

    private int Read()
    {
        return Kernel.read(_source.Number, _buffer.AsSpan(ShimOutput.Room));
    }

    /// <summary>Reads what the pipe holds and leaves it there.</summary>
    private int Look()
    {
        int length = Kernel.tee(_source.Number, _copyIn.Number, BatchSize, Kernel.SPLICE_F_NONBLOCK);
        for (int read = 0; read < length;)
        {
            read += KernelException.Check(
                Kernel.read(_copyOut.Number, _buffer.AsSpan(ShimOutput.Room + read, length - read)), "read");
        }

        return length;
    }

    /// <summary>
    /// The stream is left alone for a while. Where the log is full the container waits once its pipe is full.
    /// </summary>
    private void Wait()
    {
        _loop.Unwatch(_source.Number);
        _loop.Set(_retry, RetryMilliseconds);
    }

    private void End()
    {
        IsEnded = true;
        _loop.Cancel(_retry);
        _loop.Unwatch(_source.Number);
        Fd.Close(ref _peer);
        _output.Finish(_stream);
        _onEnd();
    }
}
