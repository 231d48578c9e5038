using System;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Tmds.Linux;

namespace Csrun.Shim;

/// <summary>Waiting for the end of a container with a shim, from any process.</summary>
public sealed class ShimWait : IDisposable
{
    /// <summary>How long the shim may take to note the end of a process that is seen to have ended.</summary>
    private const int NoteMilliseconds = 3000;

    private readonly ShimDirectory _directory;
    private readonly ProcessIdentity _init;
    private readonly Fd _process;
    private readonly Fd _changes;

    /// <summary>Begins to watch a container.</summary>
    /// <exception cref="RuntimeException">It was made without a shim.</exception>
    public ShimWait(Container container)
    {
        _directory = container.OpenShim() ?? throw new RuntimeException("the container was not made with --shim");
        _changes = new Fd(KernelException.Check(Kernel.inotify_init(), "inotify_init1"));
        byte[] path = Utf8.Terminated("/proc/self/fd/" + _directory.Descriptor);
        uint changes = Kernel.IN_MODIFY | Kernel.IN_DELETE | Kernel.IN_DELETE_SELF | Kernel.IN_ONLYDIR;
        KernelException.Check(Kernel.inotify_add_watch(_changes.Number, path, changes), "inotify_add_watch", path);
        _init = container.Record.Init;
        _process = new Fd(_init.OpenPidfd());
    }

    /// <summary>The end, once it has come; its <see cref="ShimStatus.Exit"/> tells whether the shim knew how.</summary>
    /// <exception cref="RuntimeException">The container was removed meanwhile, or its shim died before it.</exception>
    public ShimStatus ForEnd()
    {
        Span<pollfd> entries = stackalloc pollfd[2];
        entries[0] = new pollfd { fd = _changes.Number, events = Kernel.POLLIN };
        entries[1] = new pollfd { fd = _process.Number, events = Kernel.POLLIN };
        bool hasEnded = !_process.IsOpen;
        while (true)
        {
            Kernel.DrainInotify(_changes.Number);
            if (_directory.ReadStatus() is not ShimStatus status)
            {
                throw new RuntimeException("the container was removed");
            }

            if (status.Exit != ExitKnowledge.None)
            {
                return status;
            }

            // A shim that is gone notes nothing more, and the kernel tells how a process ended to who holds a pidfd.
            if (hasEnded && !status.Shim.IsAlive())
            {
                return Fill(status);
            }

            entries[1].fd = hasEnded ? -1 : _process.Number;
            int ready = KernelException.Check(Kernel.poll(entries, hasEnded ? NoteMilliseconds : -1), "poll");
            if (hasEnded && ready == 0)
            {
                return Fill(status);
            }

            hasEnded |= entries[1].revents != 0;
        }
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        _directory.Dispose();
        _process.Dispose();
        _changes.Dispose();
    }

    private ShimStatus Fill(ShimStatus status)
    {
        Kernel.ExitInfo? info = _process.IsOpen ? ForeignExit.Of(_init, _process.Number) : null;
        bool isExit = info?.Code == Kernel.CLD_EXITED;
        status.Exit = info is null ? ExitKnowledge.Unknown : ExitKnowledge.Known;
        status.ExitCode = isExit ? info!.Value.Status : 0;
        status.ExitSignal = isExit ? 0 : info?.Status ?? 0;
        return status;
    }
}
