using System;
using Csrun.Linux;
using Csrun.Shim.Messages.Ttrpc;
using Google.Protobuf;

namespace Csrun.Shim.Ttrpc;

/// <summary>
/// A client with one call at a time, which connects when there is something to say and again after the connection
/// broke.
/// </summary>
internal sealed class TtrpcClient
{
    private readonly EventLoop _loop;
    private readonly byte[] _address;
    private readonly LoopTimer _timer;
    private readonly int _limitMilliseconds;
    private Fd _socket;
    private FrameReader _input = new();
    private OutputQueue _output = new();
    private Action<bool>? _onDone;
    private uint _nextStream = 1;

    /// <summary>A client that is not connected yet.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="path">The server's unix socket.</param>
    /// <param name="limitMilliseconds">How long a call may take.</param>
    public TtrpcClient(EventLoop loop, string path, int limitMilliseconds)
    {
        _loop = loop;
        _address = Utf8.Terminated(path);
        _limitMilliseconds = limitMilliseconds;
        _timer = new LoopTimer(() => Finish(false, isBroken: true));
    }

    /// <summary>Why the server refused the last call; null where it did not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Calls; only when no other call is under way.</summary>
    /// <param name="request">The call; its time limit is filled in.</param>
    /// <param name="onDone">
    /// Told once, not before this returns where it takes time: true when the server answered, be it a refusal
    /// (<see cref="Refusal"/>), false when there was no answer.
    /// </param>
    public void Call(Request request, Action<bool> onDone)
    {
        _onDone = onDone;
        Refusal = null;
        request.TimeoutNano = _limitMilliseconds * 1_000_000L;
        if (!_socket.IsOpen && !Connect())
        {
            Finish(false, isBroken: true);
            return;
        }

        _loop.Set(_timer, _limitMilliseconds);
        _output.Add(_nextStream, FrameType.Request, request);
        Flush();
    }

    /// <summary>Closes the connection.</summary>
    public void Close()
    {
        if (_socket.IsOpen)
        {
            _loop.Unwatch(_socket.Number);
            _socket.Dispose();
            _socket = default;
        }
    }

    private bool Connect()
    {
        Fd socket = new(Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM | Kernel.O_NONBLOCK));
        if (!socket.IsOpen || Kernel.connect_unix(socket.Number, _address) < 0)
        {
            socket.Dispose();
            return false;
        }

        _socket = socket;
        _input = new FrameReader();
        _output = new OutputQueue();
        _nextStream = 1;
        _loop.Watch(socket.Number, Kernel.EPOLLIN, OnReady);
        return true;
    }

    private void OnReady(uint events)
    {
        if ((events & Kernel.EPOLLOUT) != 0)
        {
            _loop.Change(_socket.Number, Kernel.EPOLLIN);
            Flush();
        }

        if (_socket.IsOpen && (events & ~Kernel.EPOLLOUT) != 0)
        {
            Read();
        }
    }

    private void Flush()
    {
        while (!_output.Waiting.IsEmpty)
        {
            int written = Kernel.SendWithDescriptor(_socket.Number, _output.Waiting, -1);
            if (written == -(int)Errno.EAGAIN)
            {
                _loop.Change(_socket.Number, Kernel.EPOLLIN | Kernel.EPOLLOUT);
                return;
            }

            if (written < 0)
            {
                Finish(false, isBroken: true);
                return;
            }

            _output.Remove(written);
        }
    }

    private void Read()
    {
        int read = Kernel.read(_socket.Number, _input.Space());
        if (read == -(int)Errno.EAGAIN)
        {
            return;
        }

        if (read <= 0)
        {
            Finish(false, isBroken: true);
            return;
        }

        _input.Advance(read);
        while (_socket.IsOpen && _input.TryRead(out Frame frame))
        {
            if (frame.Type == FrameType.Response && frame.Stream == _nextStream && _onDone is not null)
            {
                TakeAnswer(frame);
            }
        }
    }

    private void TakeAnswer(Frame frame)
    {
        try
        {
            Refusal = frame.IsTooLong
                ? "too long an answer"
                : Message.Read<Response>(frame.Data).Status is { Code: not 0 } status ? status.Message : null;
            _nextStream += 2;
            Finish(true, isBroken: false);
        }
        catch (InvalidProtocolBufferException)
        {
            Finish(false, isBroken: true);
        }
    }

    private void Finish(bool isAnswered, bool isBroken)
    {
        _loop.Cancel(_timer);
        if (isBroken)
        {
            Close();
        }

        Action<bool>? onDone = _onDone;
        _onDone = null;
        onDone?.Invoke(isAnswered);
    }
}
