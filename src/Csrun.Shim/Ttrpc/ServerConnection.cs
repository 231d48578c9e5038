using System;
using Csrun.Linux;

namespace Csrun.Shim.Ttrpc;

/// <summary>One accepted connection: moves bytes between its socket and its session.</summary>
internal sealed class ServerConnection
{
    /// <summary>Answers that may wait for a client that does not read; beyond it the client is dropped.</summary>
    private const int MaxOutput = 64 << 20;
    private const int ReadsAtOnce = 16;

    private readonly EventLoop _loop;
    private readonly TtrpcServer _server;
    private readonly Fd _socket;
    private readonly ServerSession _session;
    private bool _wantsToWrite;
    private bool _isProcessing;
    private bool _isClosed;

    public ServerConnection(EventLoop loop, TtrpcServer server, Fd socket, Action<TtrpcCall> handler)
    {
        _loop = loop;
        _server = server;
        _socket = socket;
        _session = new ServerSession(handler)
        {
            OnPending = SetDeadline,
            OnOver = CancelDeadline,
            OnOutput = FlushUnlessProcessing,
        };
        loop.Watch(socket.Number, Kernel.EPOLLIN, OnReady);
    }

    /// <summary>Whether answers wait for the client to read.</summary>
    public bool HasOutput => !_session.Output.Waiting.IsEmpty;

    private void OnReady(uint events)
    {
        if ((events & Kernel.EPOLLOUT) != 0)
        {
            Flush();
        }

        if (!_isClosed && (events & ~Kernel.EPOLLOUT) != 0)
        {
            ReadAndProcess();
        }
    }

    private void ReadAndProcess()
    {
        bool isOpen = true;
        _isProcessing = true;
        for (int i = 0; i < ReadsAtOnce && isOpen; i++)
        {
            Span<byte> space = _session.Input.Space();
            int read = Kernel.read(_socket.Number, space);
            if (read > 0)
            {
                _session.Input.Advance(read);
                _session.Process();
            }

            isOpen = read > 0 || read == -(int)Errno.EAGAIN;
            if (read < space.Length)
            {
                break;
            }
        }

        _isProcessing = false;
        Flush();
        if (!isOpen)
        {
            Close();
        }
    }

    private void FlushUnlessProcessing()
    {
        if (!_isProcessing)
        {
            Flush();
        }
    }

    private void Flush()
    {
        while (!_isClosed && !_session.Output.Waiting.IsEmpty)
        {
            int written = Kernel.SendWithDescriptor(_socket.Number, _session.Output.Waiting, -1);
            if (written == -(int)Errno.EAGAIN && _session.Output.Waiting.Length <= MaxOutput)
            {
                break;
            }

            if (written < 0)
            {
                Close();
                return;
            }

            _session.Output.Remove(written);
        }

        Watch(HasOutput);
    }

    private void Watch(bool wantsToWrite)
    {
        if (!_isClosed && wantsToWrite != _wantsToWrite)
        {
            _wantsToWrite = wantsToWrite;
            _loop.Change(_socket.Number, wantsToWrite ? Kernel.EPOLLIN | Kernel.EPOLLOUT : Kernel.EPOLLIN);
        }
    }

    private void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _loop.Unwatch(_socket.Number);
            _socket.Dispose();
            _session.Close();
            _server.Remove(this);
        }
    }

    private void SetDeadline(TtrpcCall call)
    {
        if (call.TimeoutNanoseconds > 0)
        {
            call.Deadline = new LoopTimer(call.Expire);
            _loop.Set(call.Deadline, (int)Math.Min(int.MaxValue, (call.TimeoutNanoseconds / 1_000_000) + 1));
        }
    }

    private void CancelDeadline(TtrpcCall call)
    {
        if (call.Deadline is not null)
        {
            _loop.Cancel(call.Deadline);
        }
    }
}
