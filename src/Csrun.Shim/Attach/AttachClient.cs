using System;
using System.Buffers.Binary;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Tmds.Linux;

namespace Csrun.Shim.Attach;

/// <summary>
/// The client's side of attach: shows what the container writes, and sends it what is typed, until it ends, the caller
/// detaches, or the shim is gone.
/// </summary>
public sealed class AttachClient : IDisposable
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int SocketEntry = 0;
    private const int InputEntry = 1;
    private const int SignalEntry = 2;
    private const int ReadSize = 8192;

    private readonly Fd _socket;
    private readonly SignalReader _signals;
    private readonly DetachKeys _keys;
    private readonly FrameQueue _queue = new();
    private readonly byte[] _received = new byte[AttachFrame.HeaderSize + AttachFrame.MaxContent];
    private readonly byte[] _typed = new byte[ReadSize];
    private readonly byte[] _given = new byte[ReadSize + DetachKeys.MaxKeys];
    private readonly byte[] _settings = new byte[Kernel.TermiosSize];
    private int _receivedLength;
    private bool _isGreeted;
    private bool _wantsInput;
    private bool _isRaw;
    private bool _containerHasTerminal;
    private int? _result;

    /// <summary>Connects to the shim of a container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="keys">What to type to leave it alone.</param>
    /// <param name="takesInput">Whether standard input goes to it.</param>
    /// <exception cref="RuntimeException">It has no shim at present.</exception>
    public AttachClient(Container container, DetachKeys keys, bool takesInput)
    {
        _keys = keys;
        _wantsInput = takesInput;
        using ShimDirectory directory = container.OpenShim()
            ?? throw new RuntimeException("the container was not made with --shim");
        _socket = new Fd(KernelException.Check(
            Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM | Kernel.O_NONBLOCK), "socket"));
        int connected = Kernel.connect_unix(_socket.Number, directory.PathOf(ShimDirectory.Socket));
        if (connected < 0)
        {
            _socket.Dispose();
            throw new RuntimeException(directory.ReadStatus() is { Exit: not ExitKnowledge.None }
                ? "the container has ended: csrun logs and csrun wait tell of it"
                : "its shim is gone: csrun shim " + container.Record.Id + " gives it a new one");
        }

        _signals = new SignalReader();
    }

    /// <summary>Stays until the end.</summary>
    /// <returns>The container's exit code as a shell reports it; 0 where the caller detached.</returns>
    /// <exception cref="RuntimeException">The shim is gone, or nobody knows how the container ended.</exception>
    public int Run()
    {
        Span<pollfd> entries = stackalloc pollfd[3];
        while (_result is null)
        {
            short out_ = _queue.IsEmpty ? (short)0 : Kernel.POLLOUT;
            bool reads = _isGreeted && _wantsInput && _queue.HasRoomFor(_given.Length);
            entries[SocketEntry] = new pollfd { fd = _socket.Number, events = (short)(Kernel.POLLIN | out_) };
            entries[InputEntry] = new pollfd { fd = reads ? StandardInput : -1, events = Kernel.POLLIN };
            entries[SignalEntry] = new pollfd { fd = _signals.Descriptor, events = Kernel.POLLIN };
            KernelException.Check(Kernel.poll(entries, -1), "poll");
            if (entries[SocketEntry].revents != 0)
            {
                Receive();
            }

            // Before what was typed: who changes the size of a terminal and types then, types for the new one.
            if (entries[SignalEntry].revents != 0 && _result is null)
            {
                OnSignal(_signals.Next());
            }

            if (entries[InputEntry].revents != 0 && _result is null)
            {
                ReadInput();
            }

            _ = _queue.Flush(_socket.Number);
        }

        return _result.Value;
    }

    /// <summary>Gives the caller's terminal its settings back, and closes the connection.</summary>
    public void Dispose()
    {
        if (_isRaw)
        {
            _ = Kernel.tty_set_settings(StandardInput, _settings);
        }

        _signals.Dispose();
        _socket.Dispose();
    }

    private void Receive()
    {
        int length = Kernel.read(_socket.Number, _received.AsSpan(_receivedLength));
        if (length == -(int)Errno.EAGAIN)
        {
            return;
        }

        if (length <= 0)
        {
            throw new RuntimeException("its shim has gone away");
        }

        _receivedLength += length;
        ReadOnlySpan<byte> rest = _received.AsSpan(0, _receivedLength);
        while (_result is null && AttachFrame.TryRead(rest, out byte kind, out ReadOnlySpan<byte> content, out _))
        {
            Understand(kind, content);
            rest = rest[(AttachFrame.HeaderSize + content.Length)..];
        }

        rest.CopyTo(_received);
        _receivedLength = rest.Length;
        if (_receivedLength == _received.Length)
        {
            throw new RuntimeException("its shim speaks another language");
        }
    }

    private void Understand(byte kind, ReadOnlySpan<byte> content)
    {
        switch (kind)
        {
            case AttachFrame.Hello when content.Length > 0:
                OnHello(content[0]);
                break;
            case AttachFrame.Output:
                Show(StandardOutput, content);
                break;
            case AttachFrame.Error:
                Show(StandardError, content);
                break;
            case AttachFrame.Lost when content.Length == sizeof(ulong):
                Show(StandardError, Utf8.Terminated(
                    "csrun: attach: " + BinaryPrimitives.ReadUInt64LittleEndian(content)
                    + " bytes came too fast to be shown here; csrun logs has them\r\n").AsSpan()[..^1]);
                break;
            case AttachFrame.Exit when content.Length == sizeof(int):
                int status = BinaryPrimitives.ReadInt32LittleEndian(content);
                _result = status >= 0
                    ? status
                    : throw new RuntimeException("how the container ended is not known: its shim was gone by then");
                break;
            default:
                break;
        }
    }

    private void OnHello(byte flags)
    {
        _isGreeted = true;
        _containerHasTerminal = (flags & AttachFrame.HasTerminal) != 0;
        _wantsInput &= (flags & AttachFrame.TakesInput) != 0;
        if (_containerHasTerminal && Kernel.tty_get_settings(StandardInput, _settings) == 0)
        {
            SendSize();
            if (_wantsInput)
            {
                byte[] raw = [.. _settings];
                Kernel.MakeRaw(raw);
                _isRaw = Kernel.tty_set_settings(StandardInput, raw) == 0;
            }
        }
    }

    private void ReadInput()
    {
        int length = Kernel.read(StandardInput, _typed);
        if (length <= 0)
        {
            _wantsInput = false;
            _ = _queue.Add(AttachFrame.InputEnd, default);
            return;
        }

        ReadOnlySpan<byte> given = _typed.AsSpan(0, length);
        if (_isRaw)
        {
            if (_keys.Take(given, _given, out int givenLength))
            {
                _result = 0;
            }

            given = _given.AsSpan(0, givenLength);
        }

        _ = given.IsEmpty || _queue.Add(AttachFrame.Input, given);
    }

    private void OnSignal(int signal)
    {
        if (signal == Kernel.SIGWINCH)
        {
            SendSize();
        }
        else if (signal is Kernel.SIGINT or Kernel.SIGTERM or Kernel.SIGHUP or Kernel.SIGQUIT)
        {
            // Ends attach, as any program; the container is left alone.
            _result = 128 + signal;
        }
    }

    private void SendSize()
    {
        if (_containerHasTerminal && Kernel.tty_get_size(StandardInput, out ushort rows, out ushort columns) == 0)
        {
            Span<byte> size = stackalloc byte[4];
            BinaryPrimitives.WriteUInt16LittleEndian(size, rows);
            BinaryPrimitives.WriteUInt16LittleEndian(size[2..], columns);
            _ = _queue.Add(AttachFrame.Size, size);
        }
    }

    private static void Show(int descriptor, ReadOnlySpan<byte> bytes)
    {
        KernelException.Check(Kernel.WriteAll(descriptor, bytes), "write", "the terminal"u8);
    }
}
