using System;
using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>The server: one thread, one loop, until Shutdown or a signal.</summary>
[SuppressMessage("Design", "CA1001", Justification = "lives as long as the process")]
internal sealed class ShimServer
{
    private const int InheritedSocket = 3;
    private const int EndLimitMilliseconds = 5000;
    private const int FlushMilliseconds = 1;
    private const int LonelyMilliseconds = 5 * 60 * 1000;

    private readonly EventLoop _loop = new();
    private readonly string _socket;
    private readonly EventPublisher _publisher;
    private readonly TaskService _tasks;
    private readonly SandboxService _sandboxes;
    private readonly TtrpcServer _server;
    private readonly IdleMemory _memory;
    private readonly LoopTimer _lonely;
    private readonly LoopTimer _end;
    private readonly LoopTimer _flush;
    private bool _isEnding;

    private ShimServer(ShimHost host, ShimArguments arguments, Fd listener)
    {
        _socket = arguments.Socket;
        _publisher = new EventPublisher(_loop, host.EnvironmentValue("TTRPC_ADDRESS="u8), arguments.Namespace);
        ProcessTable processes = new();
        _tasks = new TaskService(_loop, host, arguments.Namespace, _publisher, processes) { OnShutdown = End };
        _sandboxes = new SandboxService(_tasks) { OnShutdown = End };
        _lonely = new LoopTimer(EndIfLonely);
        _end = new LoopTimer(_loop.Stop);
        _flush = new LoopTimer(EndIfFlushed);
        _memory = new IdleMemory(_loop);
        _ = new ChildReaper(_loop, info =>
        {
            processes.Take(info);
            _memory.WorkDone();
        });
        WatchSignals();
        _server = new TtrpcServer(_loop, listener, Handle) { OnDisconnected = WatchLoneliness };
    }

    /// <summary>Serves until the end.</summary>
    public static int Run(ShimHost host, ShimArguments arguments)
    {
        if (arguments.Namespace.Length == 0)
        {
            throw new TtrpcException(StatusCode.InvalidArgument, "shim namespace cannot be empty");
        }

        Prepare();
        Fd listener = new(InheritedSocket);
        if (Kernel.fcntl(InheritedSocket, Kernel.F_SETFD, Kernel.FD_CLOEXEC) < 0)
        {
            int slash = arguments.Socket.LastIndexOf('/');
            listener = ShimSocket.Listen(arguments.Socket[..Math.Max(slash, 0)], "unix://" + arguments.Socket);
        }

        new ShimServer(host, arguments, listener).Serve();
        return 0;
    }

    /// <summary>
    /// Becomes the parent of containers whose parents end, and takes containerd's log fifo for its errors. The fifo is
    /// never waited for: nobody reads it while containerd is away.
    /// </summary>
    private static void Prepare()
    {
        const int FirstUnknown = 4;
        _ = Kernel.close_range(FirstUnknown);
        _ = Kernel.BlockSignals(Kernel.AllSignalsButFaults);
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_CHILD_SUBREAPER, 1), "prctl PR_SET_CHILD_SUBREAPER");
        Kernel.SetProcessName("containerd-shim\0"u8);
        using Fd log = new(Kernel.openat(
            Kernel.AT_FDCWD, "log\0"u8, Kernel.O_WRONLY | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC));
        if (log.IsOpen)
        {
            _ = Kernel.dup2(log.Number, 2);
        }
    }

    private void Serve()
    {
        while (true)
        {
            try
            {
                _loop.Run();
                break;
            }
            catch (Exception error)
            {
                // The other containers of this shim still have their parent.
                ShimLog.Error("internal error: " + error);
            }
        }

        Files.Remove(_socket);
    }

    private void Handle(TtrpcCall call)
    {
        _memory.WorkDone();
        try
        {
            Dispatch(call);
        }
        catch (Exception error) when (error is KernelException or RuntimeException)
        {
            throw new TtrpcException(StatusCode.Unknown, ErrorText.Of(error));
        }
    }

    private void Dispatch(TtrpcCall call)
    {
        switch (call.Service)
        {
            case "containerd.task.v2.Task":
            case "containerd.task.v3.Task":
                _tasks.Handle(call);
                break;
            case "containerd.runtime.sandbox.v1.Sandbox":
                _sandboxes.Handle(call);
                break;
            default:
                throw new TtrpcException(StatusCode.Unimplemented, "service " + call.Service);
        }
    }

    private void WatchSignals()
    {
        ulong ending = Kernel.Bit(Kernel.SIGTERM) | Kernel.Bit(Kernel.SIGINT);
        int signals = KernelException.Check(Kernel.signalfd(ending), "signalfd");
        _loop.Watch(signals, Kernel.EPOLLIN, _ =>
        {
            // What is left there would be told again and again until the end.
            while (Kernel.ReadSignal(signals) != 0)
            {
            }

            End();
        });
    }

    /// <summary>Ends once all is said that was to be said, within some seconds.</summary>
    private void End()
    {
        if (!_isEnding)
        {
            _isEnding = true;
            _loop.Set(_end, EndLimitMilliseconds);
            _publisher.OnEmpty = EndIfFlushed;

            // Not at once: the answer to Shutdown leaves after the handler that is running now.
            _loop.Set(_flush, FlushMilliseconds);
        }
    }

    private void EndIfFlushed()
    {
        if (!_publisher.IsEmpty)
        {
            return;
        }

        if (_server.IsFlushed())
        {
            _loop.Stop();
        }
        else
        {
            _loop.Set(_flush, FlushMilliseconds);
        }
    }

    /// <summary>
    /// A containerd that lost patience with a Delete never calls Shutdown: a shim that nobody needs or talks to ends.
    /// </summary>
    private void WatchLoneliness()
    {
        if (_server.Connections == 0)
        {
            _loop.Set(_lonely, LonelyMilliseconds);
        }
    }

    private void EndIfLonely()
    {
        if (_server.Connections == 0 && _tasks.Containers == 0 && _tasks.HasServed && !_sandboxes.IsInUse)
        {
            End();
        }
    }
}
