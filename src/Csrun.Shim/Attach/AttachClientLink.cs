using System;
using System.Buffers.Binary;
using Csrun.Linux;
using Csrun.Shim.Logs;

namespace Csrun.Shim.Attach;

/// <summary>One attached client, seen from the shim.</summary>
/// <remarks>
/// What the client is too slow for is dropped and counted, never waited for; it is told how much where the gap is. What
/// it sends waits in its socket while the program does not read.
/// </remarks>
internal sealed class AttachClientLink
{
    private const int ReceiveSize = AttachFrame.HeaderSize + AttachFrame.MaxContent;

    private readonly EventLoop _loop;
    private readonly ContainerInput _input;
    private readonly Action<AttachClientLink> _onGone;
    private readonly Action<uint> _onReady;
    private readonly FrameQueue _queue = new();
    private readonly byte[] _received = new byte[ReceiveSize];
    private int _receivedLength;
    private int _inputDone;
    private ulong _lost;
    private int? _end;
    private bool _isEndTold;
    private bool _isStalled;

    /// <summary>A link that can be opened again and again: its buffers are kept.</summary>
    public AttachClientLink(EventLoop loop, ContainerInput input, Action<AttachClientLink> onGone)
    {
        _loop = loop;
        _input = input;
        _onGone = onGone;
        _onReady = OnReady;
    }

    /// <summary>The client's socket; -1 while there is none.</summary>
    public int Socket { get; private set; } = -1;

    /// <summary>Takes over a client's socket.</summary>
    /// <exception cref="KernelException">It cannot be watched, and stays the caller's.</exception>
    public void Open(int socket)
    {
        _loop.Watch(socket, Kernel.EPOLLIN, _onReady);
        Socket = socket;
        _receivedLength = _inputDone = 0;
        _lost = 0;
        _end = null;
        _isEndTold = false;
        _isStalled = false;
        _queue.Clear();
    }

    /// <summary>Tells the client what it has before it.</summary>
    public void Greet()
    {
        _ = Send(AttachFrame.Hello, [_input.HelloFlags]);
    }

    /// <summary>Shows what the container wrote.</summary>
    /// <returns>How many bytes it was too slow for.</returns>
    public int Show(LogStream stream, ReadOnlySpan<byte> text)
    {
        if (_end is not null)
        {
            // Only what was written before the end comes before it.
            return 0;
        }

        TellLost(text.Length);
        if (_lost > 0 || !Send(stream == LogStream.Output ? AttachFrame.Output : AttachFrame.Error, text))
        {
            _lost += (ulong)text.Length;
            return text.Length;
        }

        return 0;
    }

    /// <summary>Tells how the container ended, as soon as there is room for it.</summary>
    public void End(int shellStatus)
    {
        _end = shellStatus;
        TellEnd();
    }

    /// <summary>The program reads again.</summary>
    public void Resume()
    {
        if (_isStalled)
        {
            _isStalled = false;
            UnderstandAll();
        }
    }

    /// <summary>Ends the connection.</summary>
    public void Close()
    {
        if (Socket >= 0)
        {
            _loop.Unwatch(Socket);
            Kernel.close(Socket);
            Socket = -1;
            _onGone(this);
        }
    }

    private void TellLost(int roomBeside)
    {
        if (_lost > 0 && _queue.HasRoomFor(sizeof(ulong) + AttachFrame.HeaderSize + roomBeside))
        {
            Span<byte> count = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(count, _lost);
            _lost = 0;
            _ = Send(AttachFrame.Lost, count);
        }
    }

    private void TellEnd()
    {
        TellLost(sizeof(int));
        if (_end is int shellStatus && !_isEndTold && _lost == 0)
        {
            Span<byte> code = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(code, shellStatus);
            _isEndTold = Send(AttachFrame.Exit, code);
        }
    }

    private bool Send(byte kind, ReadOnlySpan<byte> content)
    {
        if (Socket < 0 || !_queue.Add(kind, content))
        {
            return false;
        }

        Flush();
        return true;
    }

    private void Flush()
    {
        if (!_queue.Flush(Socket))
        {
            Close();
            return;
        }

        WatchAgain();
    }

    private void WatchAgain()
    {
        if (Socket >= 0)
        {
            _loop.Change(Socket, (_isStalled ? 0 : Kernel.EPOLLIN) | (_queue.IsEmpty ? 0 : Kernel.EPOLLOUT));
        }
    }

    private void OnReady(uint events)
    {
        if ((events & Kernel.EPOLLOUT) != 0)
        {
            Flush();
            TellEnd();
        }

        if (Socket >= 0 && (events & (Kernel.EPOLLIN | Kernel.EPOLLHUP | Kernel.EPOLLERR)) != 0)
        {
            Receive((events & (Kernel.EPOLLHUP | Kernel.EPOLLERR)) != 0);
        }
    }

    private void Receive(bool isOver)
    {
        int length = isOver && _isStalled ? 0 : Kernel.read(Socket, _received.AsSpan(_receivedLength));
        if (length == -(int)Errno.EAGAIN)
        {
            return;
        }

        if (length <= 0)
        {
            Close();
            return;
        }

        _receivedLength += length;
        UnderstandAll();
    }

    /// <summary>Does what the received frames say, up to one whose bytes the program does not take yet.</summary>
    private void UnderstandAll()
    {
        ReadOnlySpan<byte> rest = _received.AsSpan(0, _receivedLength);
        bool isBroken;
        while (AttachFrame.TryRead(rest, out byte kind, out ReadOnlySpan<byte> content, out isBroken))
        {
            if (!Understand(kind, content))
            {
                _isStalled = true;
                break;
            }

            rest = rest[(AttachFrame.HeaderSize + content.Length)..];
        }

        if (isBroken)
        {
            Close();
            return;
        }

        rest.CopyTo(_received);
        _receivedLength = rest.Length;
        WatchAgain();
    }

    /// <summary>Does what a frame says; false where not all of its bytes could be passed on.</summary>
    private bool Understand(byte kind, ReadOnlySpan<byte> content)
    {
        switch (kind)
        {
            case AttachFrame.Input:
                _inputDone += _input.Write(content[_inputDone..]);
                if (_inputDone < content.Length)
                {
                    return false;
                }

                _inputDone = 0;
                return true;
            case AttachFrame.InputEnd:
                _input.EndOfClient();
                return true;
            case AttachFrame.Size when content.Length == 4:
                _input.Resize(
                    BinaryPrimitives.ReadUInt16LittleEndian(content),
                    BinaryPrimitives.ReadUInt16LittleEndian(content[2..]));
                return true;
            default:
                return true;
        }
    }
}
