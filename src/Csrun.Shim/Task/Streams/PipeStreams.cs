using System;
using Csrun.Linux;

namespace Csrun.Shim.Task.Streams;

/// <summary>
/// Streams without a terminal: a pipe to the process for each that is asked for, relayed to and from the client's fifos
/// or a file; /dev/null for the others.
/// </summary>
internal sealed class PipeStreams : ProcessStreams
{
    private readonly EventLoop _loop;
    private Fd _null;
    private readonly Fd[] _own = new Fd[3];
    private readonly Fd[] _process = new Fd[3];
    private readonly Relay?[] _relays = new Relay?[3];
    private readonly FifoTarget?[] _targets = new FifoTarget?[3];
    private FifoSource? _source;

    /// <summary>Opens what the client named; empty names are /dev/null.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="stdin">A fifo's path.</param>
    /// <param name="stdout">A fifo's or file's path, or <c>file://PATH</c>, which takes the errors too.</param>
    /// <param name="stderr">A fifo's or file's path.</param>
    /// <param name="owner">Who may open the pipes' ends again: the container's root.</param>
    public PipeStreams(EventLoop loop, string stdin, string stdout, string stderr, (uint Uid, uint Gid) owner)
    {
        _loop = loop;
        _null = new Fd(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC), "open", "/dev/null"u8));
        try
        {
            OpenEnds(stdin, stdout, stderr);
            for (int i = 0; i < 3; i++)
            {
                if (i == 0 ? _source is not null : _targets[i] is not null)
                {
                    MakePipe(i, owner);
                }
            }
        }
        catch
        {
            Close(() => { });
            throw;
        }
    }

    public override (int Input, int Output, int Error) ForProcess => (End(0), End(1), End(2));

    public override bool IsDrained => _relays[1] is not { IsOver: false } && _relays[2] is not { IsOver: false };

    public override void Spawned()
    {
        foreach (ref Fd end in _process.AsSpan())
        {
            Fd.Close(ref end);
        }
    }

    /// <summary>
    /// Only now is moved what was written: before, csrun tells its own failure there, which the call tells too.
    /// </summary>
    public override void Created()
    {
        if (_source is not null)
        {
            _relays[0] = new Relay(_loop, _source.Number, _own[0].Number, splices: true, isTerminal: false, InputEnded);
        }

        for (int i = 1; i < 3; i++)
        {
            if (_targets[i] is FifoTarget target)
            {
                int number = i;
                _relays[i] = new Relay(
                    _loop, _own[i].Number, target.Number, target.IsPipe, isTerminal: false, () => OutputEnded(number));
            }
        }

        foreach (Relay? relay in _relays)
        {
            relay?.Start();
        }
    }

    public override void CloseInput()
    {
        _source?.End();
    }

    protected override void CloseAll()
    {
        _source?.Close();
        for (int i = 0; i < 3; i++)
        {
            _relays[i]?.Stop();
            _targets[i]?.Close();
            Fd.Close(ref _own[i]);
            Fd.Close(ref _process[i]);
        }

        Fd.Close(ref _null);
        Closed();
    }

    private void OpenEnds(string stdin, string stdout, string stderr)
    {
        const string FileScheme = "file://";
        if (stdin.Length > 0 && !FifoTarget.IsFifo(Utf8.Terminated(stdin)))
        {
            _process[0] = OpenFile(stdin);
        }
        else if (stdin.Length > 0)
        {
            _source = FifoSource.Open(stdin);
        }

        if (stdout.StartsWith(FileScheme, StringComparison.Ordinal))
        {
            string path = stdout[FileScheme.Length..];
            _targets[1] = FifoTarget.OpenFile(path);
            _targets[2] = FifoTarget.OpenFile(path);
            return;
        }

        _targets[1] = stdout.Length == 0 ? null : FifoTarget.Open(stdout);
        _targets[2] = stderr.Length == 0 ? null : FifoTarget.Open(stderr);
    }

    /// <summary>
    /// A file needs nobody between. Its opening waits for nobody, as that of a serial line would; the process reads it
    /// as any other.
    /// </summary>
    private static Fd OpenFile(string path)
    {
        const int Flags = Kernel.O_RDONLY | Kernel.O_NONBLOCK | Kernel.O_NOCTTY | Kernel.O_CLOEXEC;
        Fd file = new(FifoTarget.Check(Kernel.openat(Kernel.AT_FDCWD, Utf8.Terminated(path), Flags), path));
        _ = Kernel.fcntl(file.Number, Kernel.F_SETFL, Kernel.O_RDONLY);
        return file;
    }

    private int End(int stream)
    {
        return _process[stream].IsOpen ? _process[stream].Number : _null.Number;
    }

    private void MakePipe(int stream, (uint Uid, uint Gid) owner)
    {
        KernelException.Check(Kernel.pipe2(out int readEnd, out int writeEnd, Kernel.O_CLOEXEC), "pipe2");
        bool isInput = stream == 0;
        _own[stream] = new Fd(isInput ? writeEnd : readEnd);
        _process[stream] = new Fd(isInput ? readEnd : writeEnd);
        KernelException.Check(
            Kernel.fcntl(_own[stream].Number, Kernel.F_SETFL, Kernel.O_NONBLOCK | (isInput ? Kernel.O_WRONLY : 0)),
            "fcntl");
        if (owner != default)
        {
            KernelException.Check(Kernel.fchown(_process[stream].Number, owner.Uid, owner.Gid), "fchown");
        }
    }

    private void InputEnded()
    {
        Fd.Close(ref _own[0]);
        _source?.Close();
    }

    private void OutputEnded(int stream)
    {
        Fd.Close(ref _own[stream]);
        _targets[stream]?.Finish();
        CheckDrained();
    }
}
