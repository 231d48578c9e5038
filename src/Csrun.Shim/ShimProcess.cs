using System;
using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Csrun.Shim.Attach;
using Csrun.Shim.Logs;

namespace Csrun.Shim;

/// <summary>
/// The shim of one container, a process that was executed afresh for it: parent of the container's first process where
/// it came with the container, holder of its streams, keeper of its exit status. It sleeps until something happens, and
/// ends when the container has ended and all it wrote is where it belongs.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "all it owns lives as long as the process")]
public sealed class ShimProcess
{
    private const int ReadyPipe = 0;
    private const int FirstKept = 3;
    private const int FlushMilliseconds = 2000;
    private const int AgainMilliseconds = 100;

    private readonly EventLoop _loop = new();
    private readonly Container _container;
    private readonly ShimDirectory _directory;
    private readonly ShimOptions _options;
    private readonly StatusFile _status;
    private readonly ShimOutput _output;
    private readonly AttachServer _attached;
    private readonly OutputPipe? _standardOutput;
    private readonly OutputPipe? _standardError;
    private readonly LoopTimer _flushLimit;
    private StartWatch? _start;
    private bool _isOver;
    private bool _isClosing;

    /// <summary>A shim for a container.</summary>
    /// <param name="container">The container; looked at only.</param>
    /// <param name="directory">Its shim's directory.</param>
    /// <param name="isNew">
    /// Whether descriptors came with it from 3 on: the master of its terminal, or the pipes of its three streams.
    /// </param>
    private ShimProcess(Container container, ShimDirectory directory, bool isNew)
    {
        _container = container;
        _directory = directory;
        _options = ShimOptions.FromText(directory.ReadOptions());
        _status = new StatusFile(directory);
        _flushLimit = new LoopTimer(_loop.Stop);
        bool hasTerminal = isNew && _options.HasTerminal;
        ContainerInput input = new(_loop, OpenInput(isNew), _options.Stdin, hasTerminal);
        _attached = new AttachServer(_loop, directory, _status, input);
        LogFile log = LogFile.Open(LogPlace.OpenDirectory(_options, directory, out byte[] name), name, _options);
        _output = new ShimOutput(log, _attached, _status, _options);
        if (!_options.HasTerminal)
        {
            _standardOutput = Stream(isNew ? Kept(1) : OpenPipe(ShimDirectory.Output), LogStream.Output);
            _standardError = Stream(isNew ? Kept(2) : OpenPipe(ShimDirectory.Error), LogStream.Error);
        }
        else if (hasTerminal)
        {
            _standardOutput = Stream(Kept(0), LogStream.Output);
        }
    }

    /// <summary>Becomes the shim of a container that this process has just created.</summary>
    /// <param name="root">Where the container is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="init">Its first process, as soon as it is known to be this process's.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="KernelException">It could not become one, and its caller is not told otherwise.</exception>
    /// <exception cref="RuntimeException">The same.</exception>
    public static int RunForNew(StateRoot root, string id, out ProcessIdentity init)
    {
        init = default;
        BecomeShim();
        Container container = Container.Look(root, id);
        if (!IsOwn(container))
        {
            throw new RuntimeException("its first process is no child of the shim's: was the container deleted?");
        }

        init = container.Record.Init;
        ShimProcess shim = new(container, OpenDirectory(container), isNew: true);
        using ChildReaper reaper = new(shim._loop, info => shim.OnChild(info));
        shim.NoteShim();
        shim._start = new StartWatch(shim._loop, container, shim.OnStart);
        reaper.Reap();
        return shim.Run();
    }

    /// <summary>
    /// Whether this process made the container, whose first process is its child then: since it gave up the container's
    /// lock, that may have been deleted and another made of its id.
    /// </summary>
    public static bool IsOwn(Container container)
    {
        return ProcessIdentity.ParentOf(container.Record.Init.Pid) == Kernel.getpid();
    }

    /// <summary>Becomes the shim of a container whose shim is gone.</summary>
    /// <param name="root">Where the container is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="warn">Takes what cannot be kept.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="RuntimeException">It has none to replace, or has one still, or has stopped.</exception>
    public static int RunAgain(StateRoot root, string id, Action<string> warn)
    {
        BecomeShim();
        ShimProcess shim;
        Container container;
        using (Container locked = Container.Open(root, id))
        {
            ShimDirectory directory = OpenDirectory(locked);
            if (directory.ReadStatus() is ShimStatus status && status.Shim.IsAlive())
            {
                throw new RuntimeException("the container has a shim: process " + status.ShimPid);
            }

            // Not the locked one: its lock ends with its descriptor.
            container = Container.Look(root, id);
            shim = new ShimProcess(container, directory, isNew: false);
            _ = new ExitWatch(shim._loop, container.Record.Init, shim.OnExit);
            shim.NoteShim();
        }

        shim.SayWhatIsGone(warn);
        if (shim._status.Now.Started == 0)
        {
            shim._start = new StartWatch(shim._loop, container, shim.OnStart);
        }

        return shim.Run();
    }

    private static ShimDirectory OpenDirectory(Container container)
    {
        return container.OpenShim() ?? throw new RuntimeException("the container was not made with --shim");
    }

    private static void BecomeShim()
    {
        _ = Kernel.BlockSignals(Kernel.AllSignalsButFaults);
        Kernel.SetProcessName("csrun-shim\0"u8);
    }

    /// <summary>
    /// The pipe or terminal for what clients type. Of a pipe that ends once, the end that can write died with the first
    /// shim, and with a new one the program would read on from a pipe whose end it has seen.
    /// </summary>
    private Fd OpenInput(bool isNew)
    {
        if (_options.HasTerminal)
        {
            // Of its own, since the loop watches a descriptor for one thing only.
            return new Fd(isNew ? Kernel.fcntl(FirstKept, Kernel.F_DUPFD_CLOEXEC, FirstKept) : -1);
        }

        switch (_options.Stdin)
        {
            case StdinMode.Null:
                return default;
            case StdinMode.Once:
                return isNew ? Kept(0) : default;
            default:
                return isNew ? Kept(0) : OpenPipe(ShimDirectory.Input);
        }
    }

    /// <summary>A descriptor that came with the container, non-blocking from now on.</summary>
    private static Fd Kept(int index)
    {
        int fd = FirstKept + index;
        _ = Kernel.fcntl(fd, Kernel.F_SETFD, Kernel.FD_CLOEXEC);
        KernelException.Check(Kernel.fcntl(fd, Kernel.F_SETFL, Kernel.O_RDWR | Kernel.O_NONBLOCK), "fcntl");
        return new Fd(fd);
    }

    private void SayWhatIsGone(Action<string> warn)
    {
        if (_options.HasTerminal)
        {
            warn(
                "its terminal went with the shim before: what it shows can be neither logged nor attached to any more");
        }
        else if (_options.Stdin == StdinMode.Once)
        {
            warn("its standard input ended with the shim before");
        }
    }

    private Fd OpenPipe(ReadOnlySpan<byte> name)
    {
        return _directory.OpenFile(name, Kernel.O_RDWR | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC);
    }

    private OutputPipe Stream(Fd source, LogStream stream)
    {
        return new OutputPipe(_loop, source, _options.HasTerminal, stream, _output, EndIfAllIsDone);
    }

    private void NoteShim()
    {
        int self = Kernel.getpid();
        _status.Now.ShimPid = self;
        _status.Now.ShimStart = ProcessIdentity.Of(self)?.StartTime ?? 0;
        _status.Now.Shims++;
        _status.Save();
    }

    private int Run()
    {
        ulong mask = Kernel.Bit(Kernel.SIGTERM) | Kernel.Bit(Kernel.SIGHUP);
        using Fd signals = new(KernelException.Check(Kernel.signalfd(mask), "signalfd"));
        _loop.Watch(signals.Number, Kernel.EPOLLIN, _ => OnSignal(Kernel.ReadSignal(signals.Number)));
        LetGoOfCaller();
        new IdleMemory(_loop).WorkDone();
        while (!TryLive())
        {
            // What failed is called again as long as its descriptor is ready: not at full speed.
            _ = Kernel.poll([], AgainMilliseconds);
        }

        return 0;
    }

    /// <summary>
    /// Calls handlers until the end; false where one failed. From here on that is no reason for an end: nobody is there
    /// who would be told of it, and the container has done nothing wrong.
    /// </summary>
    private bool TryLive()
    {
        try
        {
            _loop.Run();
            return true;
        }
        catch (Exception error) when (error is KernelException or RuntimeException)
        {
            return false;
        }
    }

    /// <summary>
    /// Tells the command that waits that all is well, and holds nothing of its caller's from then on.
    /// </summary>
    private static void LetGoOfCaller()
    {
        _ = Kernel.chdir("/\0"u8);
        int nothing = Kernel.openat(Kernel.AT_FDCWD, "/dev/null\0"u8, Kernel.O_RDWR | Kernel.O_CLOEXEC);
        for (int fd = 2; fd >= 0; fd--)
        {
            if (fd == ReadyPipe)
            {
                // The command ends now, and its caller reads its output to the end.
                _ = Kernel.write(ReadyPipe, "1"u8);
            }

            // Without a /dev/null the descriptors are closed: the caller must not wait for their end.
            if (nothing < 0 || Kernel.dup2(nothing, fd) < 0)
            {
                Kernel.close(fd);
            }
        }

        if (nothing >= 0)
        {
            Kernel.close(nothing);
        }
    }

    private void OnSignal(int signal)
    {
        if (signal == Kernel.SIGHUP)
        {
            _output.Reopen();
        }
        else if (signal == Kernel.SIGTERM && _isOver)
        {
            // The container is being removed: what cannot be written now never will be.
            _output.GiveUpBlocking();
            _standardOutput?.Abandon();
            _standardError?.Abandon();
            _loop.Stop();
        }
    }

    private void OnStart()
    {
        _status.Now.Started = DateTime.UtcNow.Ticks;
        _status.Save();
    }

    private void OnChild(Kernel.ExitInfo info)
    {
        if (info.Pid == _container.Record.Init.Pid && !_isOver)
        {
            OnExit(info);
        }
    }

    /// <summary>
    /// The container's first process has ended. How is noted before anything that takes time or might fail, when only
    /// once its last words are logged: who waited for it wants to read them.
    /// </summary>
    private void OnExit(Kernel.ExitInfo? info)
    {
        _isOver = true;
        _start?.Look();
        ref ShimStatus now = ref _status.Now;
        long finished = DateTime.UtcNow.Ticks;
        now.NoteExit(info);
        _status.Save();
        now.OutOfMemory = _container.Cgroups.HasKilledForMemory() ? 1 : 0;
        _standardOutput?.Drain();
        _standardError?.Drain();
        now.Finished = finished;
        _status.Save();
        _attached.End(info is null ? -1 : now.ShellStatus);
        _standardOutput?.ExpectEnd(_directory, ShimDirectory.Output);
        _standardError?.ExpectEnd(_directory, ShimDirectory.Error);
        EndIfAllIsDone();
    }

    private void EndIfAllIsDone()
    {
        bool isAllDone = _standardOutput is null or { IsEnded: true } && _standardError is null or { IsEnded: true };
        if (_isOver && !_isClosing && isAllDone)
        {
            _isClosing = true;
            _loop.Set(_flushLimit, FlushMilliseconds);
            _attached.Close(_loop.Stop);
        }
    }
}
