using System;
using Csrun.Cgroups;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Runtime.Shim;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>An existing container: its record, its status worked out, and the operations on it.</summary>
public sealed partial class Container : IDisposable
{
    private readonly ContainerDirectory _directory;

    private Container(ContainerDirectory directory, ContainerRecord record)
    {
        _directory = directory;
        Record = record;
        Cgroups = ContainerCgroups.FromState(record.CgroupPaths);
    }

    /// <summary>The record.</summary>
    public ContainerRecord Record { get; private set; }

    /// <summary>Its cgroups.</summary>
    public ContainerCgroups Cgroups { get; }

    /// <summary>Opens a container under its lock.</summary>
    /// <exception cref="RuntimeException">There is none of this id.</exception>
    public static Container Open(StateRoot root, string id)
    {
        return TryOpen(root, id) ?? throw new RuntimeException("container does not exist");
    }

    /// <summary>Opens a container under its lock; null where there is none.</summary>
    public static Container? TryOpen(StateRoot root, string id)
    {
        ContainerId.Check(id);
        ContainerDirectory? directory = ContainerDirectory.Open(root, id);
        return directory is null ? null : WithRecord(directory);
    }

    /// <summary>
    /// Opens a container under its lock where nobody has it; null where somebody has, or there is none.
    /// </summary>
    /// <param name="root">Where it is.</param>
    /// <param name="id">Its name.</param>
    /// <param name="isBusy">Whether somebody has it.</param>
    public static Container? TryOpenNow(StateRoot root, string id, out bool isBusy)
    {
        ContainerId.Check(id);
        ContainerDirectory? directory = ContainerDirectory.OpenNow(root, id, out isBusy);
        return directory is null ? null : WithRecord(directory);
    }

    /// <summary>
    /// Opens a container under its lock as <see cref="TryOpen"/> does, and ends a create that is still at work on it,
    /// which may wait for a hook for ever.
    /// </summary>
    /// <param name="root">Where it is.</param>
    /// <param name="id">Its name.</param>
    /// <param name="endedCreate">Whether there was such a create: it took back what it did, or was killed.</param>
    /// <param name="evenCheckpoint">
    /// Whether to end a checkpoint too, which may wait for a peer: it holds the processes, so none of them could end.
    /// </param>
    /// <returns>Null where there is none (any more).</returns>
    public static Container? TryOpenEndingCreate(
        StateRoot root, string id, out bool endedCreate, bool evenCheckpoint = false)
    {
        ContainerId.Check(id);
        bool ended = false;
        ContainerDirectory? directory = ContainerDirectory.Open(root, id, busy =>
        {
            // Without a record a create has not got to its first one.
            if (busy.Read() is not { } record || IsUnfinishedRecord(record))
            {
                ended = busy.EndCreate();
            }
            else if (evenCheckpoint)
            {
                busy.EndCheckpoint();
            }
        });
        endedCreate = ended;
        return directory is null ? null : WithRecord(directory);
    }

    /// <summary>Opens a container to look at it, without waiting for a command that works on it.</summary>
    public static Container? Peek(StateRoot root, string id)
    {
        ContainerDirectory? directory = ContainerDirectory.OpenUnlocked(root, id);
        return directory is null ? null : WithRecord(directory);
    }

    /// <summary>Opens a container as <see cref="Peek"/> does.</summary>
    /// <exception cref="RuntimeException">There is none of this id.</exception>
    public static Container Look(StateRoot root, string id)
    {
        return Peek(root, id) ?? throw new RuntimeException("container does not exist");
    }

    /// <summary>The user whose container it is: the owner of its directory.</summary>
    public uint OwnerId()
    {
        return _directory.OwnerId();
    }

    /// <summary>Its shim's directory; null where it was made without one.</summary>
    public ShimDirectory? OpenShim()
    {
        return Record.HasShim ? ShimDirectory.Open(_directory.Descriptor) : null;
    }

    /// <summary>Whether its program waits for start.</summary>
    public bool WaitsForStart => _directory.HasFifo();

    /// <summary>Whether its program was given a socket to say on that it is ready.</summary>
    public bool HasNotifyDirectory
    {
        get
        {
            using Fd directory = _directory.OpenNotifyDirectory();
            return directory.IsOpen;
        }
    }

    /// <summary>Its own directory, for who watches it.</summary>
    public int Descriptor => _directory.Descriptor;

    /// <summary>Whether a create has not come to its end: it is still at it, or was killed.</summary>
    public bool IsUnfinished => IsUnfinishedRecord(Record);

    private static bool IsUnfinishedRecord(ContainerRecord record) => record.Init.Pid == 0 || record.IsBeingCreated;

    /// <summary>Its status now.</summary>
    public ContainerStatus Status()
    {
        if (IsUnfinished)
        {
            return _directory.IsLockedByOther() ? ContainerStatus.Creating : ContainerStatus.Stopped;
        }

        if (!Record.Init.IsAlive())
        {
            return ContainerStatus.Stopped;
        }

        // On the way there too: a process that joins a frozen cgroup (exec) makes it FREEZING again for a moment.
        if (Cgroups.GetFreezerState() != FreezerState.Thawed)
        {
            return ContainerStatus.Paused;
        }

        return _directory.HasFifo() ? ContainerStatus.Created : ContainerStatus.Running;
    }

    /// <summary>
    /// Starts a created container, waits until its program was executed, and runs its poststart hooks. Where a hook
    /// fails the container is stopped and removed (runtime.md, Lifecycle).
    /// </summary>
    /// <param name="context">What hooks need.</param>
    /// <param name="notifySocket">$NOTIFY_SOCKET: with it the start lasts until the program is ready, or has
    /// ended.</param>
    /// <exception cref="RuntimeException">It is not created.</exception>
    /// <exception cref="KernelException">Its program could not be executed, or a hook failed.</exception>
    public void Start(HookContext context, string? notifySocket)
    {
        CheckCreated();
        using NotifyRelay? relay = NotifyRelay.Open(_directory, notifySocket);
        try
        {
            StartFifo.Open(_directory, Record.Init);
            if (RuntimeHooks.Of(Record, context) is { RunAtStart: true } hooks)
            {
                // The container is there for everybody now, and its hooks may use csrun.
                _directory.Unlock();
                hooks.RunPoststart(Record.Init.Pid);
            }
        }
        catch (KernelException error) when (HookProgram.IsPlace(error.Place))
        {
            if (_directory.LockAgain())
            {
                Delete(force: true, context);
            }

            throw;
        }

        if (relay is not null)
        {
            _directory.Unlock();
            using Fd process = new(Record.Init.OpenPidfd());
            if (process.IsOpen)
            {
                relay.WaitForReady(process.Number, Record.Init.Pid, signals: null);
            }
        }
    }

    /// <summary>
    /// Lets the first process of a created container go on, without waiting for it: what <see cref="Start"/> does, for
    /// a caller who has other things to do. It runs no hooks.
    /// </summary>
    /// <returns>
    /// The fifo, not blocking: at its end the program was executed, and what can be read before is for
    /// <see cref="EndStart"/>.
    /// </returns>
    /// <exception cref="RuntimeException">It is not created.</exception>
    public Fd OpenStart()
    {
        CheckCreated();
        return new Fd(KernelException.Check(_directory.OpenFifoForReading(), "open", "exec.fifo"u8));
    }

    /// <summary>Takes what the fifo of <see cref="OpenStart"/> held at its end.</summary>
    /// <exception cref="KernelException">The program could not be executed.</exception>
    public void EndStart(ReadOnlySpan<byte> packet)
    {
        StartFifo.End(_directory, packet);
    }

    /// <summary>The first process of a container that can take a further one: created, or running.</summary>
    /// <param name="evenPaused">Whether the new process may be left waiting for resume.</param>
    /// <returns>Its pidfd, the caller's to close.</returns>
    /// <exception cref="RuntimeException">The container is stopped, still being created, or paused.</exception>
    public int OpenForExec(bool evenPaused)
    {
        if (IsUnfinished && Status() == ContainerStatus.Creating)
        {
            throw new RuntimeException("cannot exec in a container that is still being created");
        }

        int pidfd = Record.Init.OpenPidfd();
        if (pidfd < 0)
        {
            throw new RuntimeException("cannot exec in a stopped container");
        }

        if (!evenPaused && Cgroups.GetFreezerState() != FreezerState.Thawed)
        {
            Kernel.close(pidfd);
            throw new RuntimeException("cannot exec in a paused container (use --ignore-paused to override)");
        }

        return pidfd;
    }

    /// <summary>Sends a signal to the first process, or to all processes.</summary>
    /// <exception cref="RuntimeException">The container is not running.</exception>
    public void Kill(int signal, bool all)
    {
        ContainerStatus status = Status();
        if (all)
        {
            Cgroups.KillAll(signal);
            return;
        }

        int pidfd = status == ContainerStatus.Stopped ? -(int)Errno.ESRCH : Record.Init.OpenPidfd();
        if (pidfd < 0)
        {
            throw new RuntimeException("container not running");
        }

        using Fd process = new(pidfd);
        int sent = Kernel.pidfd_send_signal(pidfd, status == ContainerStatus.Created ? WhileWaiting(signal) : signal);
        if (sent == -(int)Errno.ESRCH)
        {
            throw new RuntimeException("container not running");
        }

        KernelException.Check(sent, "pidfd_send_signal");
        if (signal == Kernel.SIGKILL && (status == ContainerStatus.Paused || !Record.HasPidNamespace))
        {
            Cgroups.KillAll(signal);
        }
    }

    /// <summary>
    /// What ends a container that waits for its start. Its first process has no handlers, and in a pid namespace of its
    /// own the kernel then keeps these signals from it; runc's, a Go program, ends on them.
    /// </summary>
    private static int WhileWaiting(int signal)
    {
        return Ends(signal) ? Kernel.SIGKILL : signal;
    }

    /// <summary>Whether a signal ends what has not started yet.</summary>
    public static bool Ends(int signal)
    {
        return signal is Kernel.SIGHUP or Kernel.SIGINT or Kernel.SIGQUIT or Kernel.SIGTERM or Kernel.SIGKILL;
    }

    /// <summary>Lets go of the lock.</summary>
    public void Dispose()
    {
        _directory.Dispose();
    }

    private void CheckCreated()
    {
        switch (Status())
        {
            case ContainerStatus.Created:
                break;
            case ContainerStatus.Stopped:
                throw new RuntimeException("cannot start a container that has stopped");
            default:
                throw new RuntimeException("cannot start an already running container");
        }
    }

    private static Container? WithRecord(ContainerDirectory directory)
    {
        ContainerRecord? record = directory.Read();
        if (record is not null)
        {
            return new Container(directory, record);
        }

        directory.Dispose();
        return null;
    }
}
