using System;
using Csrun.Linux;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task.Streams;

/// <summary>
/// A terminal: the runtime makes it in the container and sends its master over a socket; what is shown goes to the
/// client's fifo of standard output, what it types comes from that of standard input.
/// </summary>
internal sealed class TerminalStreams : ProcessStreams
{
    private static int s_sockets;

    private readonly EventLoop _loop;
    private readonly byte[] _socketName;
    private Fd _null;
    private Fd _directory;
    private Fd _listener;
    private Fd _master;
    private Fd _masterForInput;
    private readonly FifoSource? _source;
    private readonly FifoTarget? _target;
    private Relay? _input;
    private Relay? _output;
    private (ushort Rows, ushort Columns)? _size;
    private bool _isInputOver;

    /// <summary>Opens what the client named, and the socket for the master.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="bundle">The bundle, in which the socket lies for a moment.</param>
    /// <param name="stdin">A fifo's path, or empty.</param>
    /// <param name="stdout">A fifo's or file's path, or empty.</param>
    public TerminalStreams(EventLoop loop, string bundle, string stdin, string stdout)
    {
        _loop = loop;
        _socketName = Utf8.Terminated("console-" + ++s_sockets);
        _null = new Fd(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC), "open", "/dev/null"u8));
        try
        {
            byte[] path = Utf8.Terminated(bundle);
            _directory = new Fd(KernelException.Check(
                Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC),
                "open",
                path));
            _source = stdin.Length == 0 ? null : FifoSource.Open(stdin);
            _target = stdout.Length == 0 ? null : FifoTarget.Open(stdout);
            Listen();
        }
        catch
        {
            Close(() => { });
            throw;
        }
    }

    public override (int Input, int Output, int Error) ForProcess =>
        (_null.Number, _null.Number, _null.Number);

    public override bool IsDrained => _output is null or { IsOver: true };

    /// <summary>A bundle's path may be longer than a socket's address can be; this way is not.</summary>
    private string SocketPath => "/proc/" + Kernel.getpid() + "/fd/" + _directory.Number + "/"
        + Utf8.ToText(_socketName);

    public override void AddTo(RuntimeCommand command)
    {
        command.Add("--console-socket", SocketPath);
    }

    public override void Spawned()
    {
    }

    public override void Created()
    {
        using Fd connection = new(Kernel.accept(_listener.Number));
        CloseListener();
        int master = -1;
        if (connection.IsOpen)
        {
            Span<byte> name = stackalloc byte[64];
            _ = Kernel.ReceiveWithDescriptor(connection.Number, name, out master);
        }

        if (master < 0)
        {
            throw new TtrpcException(StatusCode.Unknown, "failed to start console copy: the runtime sent no terminal");
        }

        _master = new Fd(master);
        _masterForInput = new Fd(KernelException.Check(Kernel.fcntl(master, Kernel.F_DUPFD_CLOEXEC, 0), "fcntl"));
        KernelException.Check(Kernel.fcntl(master, Kernel.F_SETFL, Kernel.O_RDWR | Kernel.O_NONBLOCK), "fcntl");
        if (_size is { } size)
        {
            Resize(size.Rows, size.Columns);
        }

        BeginRelays();
    }

    public override void Exited()
    {
        _output?.SourceIsOver();
        CheckDrained();
    }

    public override void CloseInput()
    {
        _source?.End();
    }

    public override void Resize(ushort rows, ushort columns)
    {
        _size = (rows, columns);
        if (_master.IsOpen)
        {
            int result = Kernel.tty_set_size(_master.Number, rows, columns);
            if (result < 0)
            {
                throw new TtrpcException(StatusCode.Unknown, "failed to resize pty: " + ((Errno)(-result)).Message());
            }
        }
    }

    protected override void CloseAll()
    {
        _input?.Stop();
        _output?.Stop();
        _source?.Close();
        _target?.Close();
        CloseMaster();
        CloseListener();
        Fd.Close(ref _directory);
        Fd.Close(ref _null);
        Closed();
    }

    private void Listen()
    {
        _listener = new Fd(KernelException.Check(
            Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM | Kernel.O_NONBLOCK), "socket"));
        _ = Kernel.unlinkat(_directory.Number, _socketName, 0);
        byte[] path = Utf8.Terminated(SocketPath);
        KernelException.Check(Kernel.bind_unix(_listener.Number, path), "bind", path);
        KernelException.Check(Kernel.fchmodat(_directory.Number, _socketName, 0x180), "chmod", path);
        KernelException.Check(Kernel.listen(_listener.Number, 1), "listen", path);
    }

    private void BeginRelays()
    {
        if (_target is not null)
        {
            _output = new Relay(_loop, _master.Number, _target.Number, splices: false, isTerminal: true, OutputEnded);
            _output.Start();
        }

        if (_source is not null)
        {
            _input = new Relay(
                _loop, _source.Number, _masterForInput.Number, splices: false, isTerminal: false, InputEnded);
            _input.Start();
        }
    }

    /// <summary>Whoever typed has gone for good: the terminal hangs up, when what it has to show is shown.</summary>
    private void InputEnded()
    {
        _source?.Close();
        _isInputOver = true;
        if (_output is null or { IsOver: true })
        {
            CloseMaster();
        }
        else
        {
            _output.SourceIsOver();
        }
    }

    private void OutputEnded()
    {
        if (_isInputOver)
        {
            CloseMaster();
        }

        _target?.Finish();
        CheckDrained();
    }

    private void CloseMaster()
    {
        _input?.Stop();
        _output?.Stop();
        Fd.Close(ref _master);
        Fd.Close(ref _masterForInput);
    }

    private void CloseListener()
    {
        if (_listener.IsOpen)
        {
            Fd.Close(ref _listener);
            _ = Kernel.unlinkat(_directory.Number, _socketName, 0);
        }
    }
}
