using System;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Runtime.Shim;
using Tmds.Linux;

namespace Csrun.Shim;

/// <summary>Waiting for the end of a container with a shim, from any process.</summary>
public sealed class ShimWait : IDisposable
{
    /// <summary>
    /// How long the shim may take to note the end of a process that is seen to have ended, and to log what it wrote.
    /// </summary>
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

    /// <summary>
    /// The end, once it has come and the log has what was written until then; its <see cref="ShimStatus.Exit"/> tells
    /// whether the shim knew how.
    /// </summary>
    /// <exception cref="RuntimeException">The container was removed meanwhile, or its shim died before it.</exception>
    public ShimStatus ForEnd()
    {
        Span<pollfd> entries = stackalloc pollfd[2];
        entries[0] = new pollfd { fd = _changes.Number, events = Kernel.POLLIN };
        entries[1] = new pollfd { fd = _process.Number, events = Kernel.POLLIN };
        long limit = _process.IsOpen ? -1 : Limit();
        while (true)
        {
            _ = Kernel.DrainInotify(_changes.Number);
            ShimStatus status = Read();
            if (status.Finished != 0)
            {
                return status;
            }

            // A shim that is gone notes nothing more, and the kernel tells how a process ended to who holds a pidfd.
            int left = limit < 0 ? -1 : (int)Math.Max(0, limit - Environment.TickCount64);
            if (left == 0 || (left > 0 && !status.Shim.IsAlive()))
            {
                return Fill(Read());
            }

            entries[1].fd = left < 0 ? _process.Number : -1;
            KernelException.Check(Kernel.poll(entries, left), "poll");
            if (entries[1].revents != 0)
            {
                limit = Limit();
            }
        }
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        _directory.Dispose();
        _process.Dispose();
        _changes.Dispose();
    }

    private static long Limit()
    {
        return Environment.TickCount64 + NoteMilliseconds;
    }

    private ShimStatus Read()
    {
        return _directory.ReadStatus() ?? throw new RuntimeException("the container was removed");
    }

    private ShimStatus Fill(ShimStatus status)
    {
        if (status.Exit == ExitKnowledge.None)
        {
            status.NoteExit(_process.IsOpen ? ForeignExit.Of(_init, _process.Number) : null);
        }

        return status;
    }
}
