using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Runtime;

/// <summary>
/// The caller's terminal and the container's: what is typed goes in, what is shown comes out, and the size follows.
/// The caller's terminal is raw meanwhile, so that ^C is the container's.
/// </summary>
internal sealed class ConsoleRelay : IDisposable
{
    private const int BufferSize = 8192;
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const byte EndOfFile = 4;

    private readonly int _master;
    private readonly Fd _peer;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly byte[] _settings = new byte[Kernel.TermiosSize];
    private readonly bool _isTerminal;

    /// <summary>Takes the container's master.</summary>
    public ConsoleRelay(int master)
    {
        _master = master;

        // While nobody has the other end open, poll(2) would tell of a hangup again and again; somebody may come back
        // to it by /dev/console.
        _peer = new Fd(Kernel.pty_open_peer(master));
        _isTerminal = Kernel.tty_get_settings(StandardInput, _settings) == 0;
        if (_isTerminal)
        {
            byte[] raw = [.. _settings];
            Kernel.MakeRaw(raw);
            _ = Kernel.tty_set_settings(StandardInput, raw);
            FollowSize();
        }
    }

    /// <summary>Whether standard input can still give something.</summary>
    public bool HasInput { get; private set; } = true;

    /// <summary>The container's master, for poll.</summary>
    public int Master => _master;

    /// <summary>Takes over the size of the caller's terminal.</summary>
    public void FollowSize()
    {
        if (Kernel.tty_get_size(StandardInput, out ushort rows, out ushort columns) == 0)
        {
            _ = Kernel.tty_set_size(_master, rows, columns);
        }
    }

    /// <summary>Passes on what is there in one direction or both.</summary>
    public void PassOn(in pollfd input, in pollfd output)
    {
        if (output.revents != 0)
        {
            _ = Copy(_master, StandardOutput);
        }

        if (input.revents != 0 && Copy(StandardInput, _master) <= 0)
        {
            // The end of a pipe is typed as the terminal's own end of file (^D), or the container would wait for ever.
            HasInput = false;
            _ = Kernel.write(_master, [EndOfFile]);
        }
    }

    /// <summary>Shows what the container wrote before it ended.</summary>
    public void Drain()
    {
        while (Kernel.CanRead(_master) && Copy(_master, StandardOutput) > 0)
        {
        }
    }

    /// <summary>Gives the caller's terminal its settings back.</summary>
    public void Dispose()
    {
        if (_isTerminal)
        {
            _ = Kernel.tty_set_settings(StandardInput, _settings);
        }

        _peer.Dispose();
        Kernel.close(_master);
    }

    private int Copy(int from, int to)
    {
        int length = Kernel.read(from, _buffer);
        if (length > 0)
        {
            _ = Kernel.WriteAll(to, _buffer.AsSpan(0, length));
        }

        return length;
    }
}
