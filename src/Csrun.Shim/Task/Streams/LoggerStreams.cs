using System;
using System.Collections.Generic;
using System.Text;
using Csrun.Linux;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task.Streams;

/// <summary>
/// Streams whose output a program of the host reads (<c>binary://PATH?key=value</c>): it gets the
/// process's pipes as descriptors 3 and 4, and says by 5 when it is ready.
/// </summary>
internal sealed class LoggerStreams : ProcessStreams
{
    private const int EndByItselfMilliseconds = 2000;
    private const int EndBySignalMilliseconds = 10_000;

    private readonly EventLoop _loop;
    private readonly ProcessTable _processes;
    private readonly bool _mustSayReady;
    private readonly string _path;
    private readonly List<string> _words;
    private readonly byte[][] _environment;
    private readonly LoopTimer _limit;
    private Fd _null;
    private (Fd Read, Fd Write) _output;
    private (Fd Read, Fd Write) _error;
    private Fd _ready;
    private int _pid;
    private bool _wasTerminated;
    private bool _isClosing;

    /// <summary>A logger that is not started yet.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="processes">Tells of the logger's end.</param>
    /// <param name="address">The address, with its scheme.</param>
    /// <param name="id">What the logger is told as the container's id.</param>
    /// <param name="containerdNamespace">And as its namespace.</param>
    public LoggerStreams(
        EventLoop loop, ProcessTable processes, string address, string id, string containerdNamespace)
    {
        _loop = loop;
        _processes = processes;
        _mustSayReady = address.StartsWith("binary-v2:", StringComparison.Ordinal);
        string rest = address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..];
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        _path = Unescape(query < 0 ? rest : rest[..query]);
        _words = Words(_path, query < 0 ? "" : rest[(query + 1)..]);
        _environment =
        [
            Encoding.UTF8.GetBytes("CONTAINER_ID=" + id),
            Encoding.UTF8.GetBytes("CONTAINER_NAMESPACE=" + containerdNamespace),
        ];
        _limit = new LoopTimer(LimitIsOver);
        try
        {
            _null = new Fd(KernelException.Check(
                Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC),
                "open",
                "/dev/null"u8));
            _output = MakePipe();
            _error = MakePipe();
        }
        catch
        {
            Close(() => { });
            throw;
        }
    }

    public override (int Input, int Output, int Error) ForProcess =>
        (_null.Number, _output.Write.Number, _error.Write.Number);

    /// <summary>The logger reads from the process itself; its end is <see cref="CloseAll"/>'s matter.</summary>
    public override bool IsDrained => true;

    public override void Prepare(Action<string?> then)
    {
        (Fd read, Fd write) = MakePipe();
        _ready = read;
        _pid = Spawn.Start(
            _path,
            _words,
            _environment,
            [_null.Number, _null.Number, _null.Number, _output.Read.Number, _error.Read.Number, write.Number]);
        write.Dispose();
        if (_pid < 0)
        {
            Errno errno = (Errno)(-_pid);
            _pid = 0;
            then("failed to start binary process: fork/exec " + _path + ": " + errno.Message());
            return;
        }

        // Not later: the number is free for another process once the logger has ended and was reaped.
        _processes.AddChild(_pid, _ => TakeExit());
        Fd.Close(ref _output.Read);
        Fd.Close(ref _error.Read);
        _loop.Watch(_ready.Number, Kernel.EPOLLIN, _ => TakeReady(then));
    }

    public override void Spawned()
    {
        Fd.Close(ref _output.Write);
        Fd.Close(ref _error.Write);
    }

    protected override void CloseAll()
    {
        _loop.Unwatch(_ready.Number);
        Fd.Close(ref _ready);
        Fd.Close(ref _output.Read);
        Fd.Close(ref _output.Write);
        Fd.Close(ref _error.Read);
        Fd.Close(ref _error.Write);
        Fd.Close(ref _null);
        if (_pid == 0)
        {
            Closed();
            return;
        }

        _isClosing = true;
        _loop.Set(_limit, EndByItselfMilliseconds);
    }

    private void TakeExit()
    {
        _pid = 0;
        _loop.Cancel(_limit);
        if (_isClosing)
        {
            Closed();
        }
    }

    private void TakeReady(Action<string?> then)
    {
        Span<byte> word = stackalloc byte[1];
        int read = Kernel.read(_ready.Number, word);
        _loop.Unwatch(_ready.Number);
        Fd.Close(ref _ready);
        then(read == 1 || !_mustSayReady ? null : "logging binary did not call ready");
    }

    private void LimitIsOver()
    {
        _ = Kernel.kill(_pid, _wasTerminated ? Kernel.SIGKILL : Kernel.SIGTERM);
        if (!_wasTerminated)
        {
            _wasTerminated = true;
            _loop.Set(_limit, EndBySignalMilliseconds);
        }
    }

    /// <summary>argv: the path, then each key with its first value where it has one.</summary>
    private static List<string> Words(string path, string query)
    {
        List<string> words = [path];
        HashSet<string> seen = [];
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string key = Unescape(equals < 0 ? pair : pair[..equals]);
            string value = equals < 0 ? "" : Unescape(pair[(equals + 1)..]);
            if (!seen.Add(key))
            {
                continue;
            }

            words.Add(key);
            if (value.Length > 0)
            {
                words.Add(value);
            }
        }

        return words;
    }

    private static string Unescape(string text)
    {
        try
        {
            return Uri.UnescapeDataString(text.Replace('+', ' '));
        }
        catch (UriFormatException)
        {
            throw new TtrpcException(StatusCode.InvalidArgument, "address of a logger: " + text);
        }
    }

    private static (Fd Read, Fd Write) MakePipe()
    {
        KernelException.Check(Kernel.pipe2(out int readEnd, out int writeEnd, Kernel.O_CLOEXEC), "pipe2");
        return (new Fd(readEnd), new Fd(writeEnd));
    }
}
