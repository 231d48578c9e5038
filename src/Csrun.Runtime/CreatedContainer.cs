using System;
using Csrun.Cgroups;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>A container that was just created by this process, still under its lock.</summary>
public sealed class CreatedContainer : IDisposable
{
    private readonly ContainerDirectory _directory;
    private readonly SyncChannel _channel;
    private readonly Fd _pidfd;

    internal CreatedContainer(
        ContainerDirectory directory,
        ContainerRecord record,
        Plan plan,
        ContainerCgroups cgroups,
        SyncChannel channel,
        Fd pidfd)
    {
        _directory = directory;
        Record = record;
        Plan = plan;
        Cgroups = cgroups;
        _channel = channel;
        _pidfd = pidfd;
    }

    /// <summary>Its record, as written.</summary>
    public ContainerRecord Record { get; }

    /// <summary>Its plan.</summary>
    public Plan Plan { get; }

    /// <summary>Its cgroups.</summary>
    public ContainerCgroups Cgroups { get; }

    /// <summary>Its first process.</summary>
    public int Pidfd => _pidfd.Number;

    /// <summary>The master of its terminal where nobody else asked for it (foreground run); else -1.</summary>
    public int Terminal { get; init; } = -1;

    /// <summary>Its hooks; null where it has none.</summary>
    internal RuntimeHooks? Hooks { get; init; }

    /// <summary>$NOTIFY_SOCKET of the caller; null where there is none.</summary>
    internal string? NotifySocket { get; init; }

    /// <summary>
    /// The way of the program's READY=1, for who waits for it after <see cref="Start"/>; null where nobody asked. The
    /// caller's to close.
    /// </summary>
    internal NotifyRelay? Relay { get; private set; }

    /// <summary>Lets other commands at it while this one waits.</summary>
    internal void Unlock()
    {
        _directory.Unlock();
    }

    /// <summary>Starts it, for a container created with <see cref="CreateRequest.StartsItself"/>.</summary>
    /// <exception cref="KernelException">The program could not be executed, or a hook failed.</exception>
    public void Start()
    {
        Relay = NotifyRelay.Open(_directory, NotifySocket);
        _channel.Send(SyncMessage.Start);

        // The channel is close-on-exec: its end is a successful execve.
        if (_channel.Receive(out KernelException? failure) != SyncMessage.None && failure is not null)
        {
            throw failure;
        }

        if (Hooks is { RunAtStart: true })
        {
            // The container is there for everybody now, and its hooks may use csrun.
            _directory.Unlock();
            Hooks.RunPoststart(Record.Init.Pid);
        }
    }

    /// <summary>Lets go of the lock; the container goes on.</summary>
    public void Dispose()
    {
        Kernel.close(_channel.Descriptor);
        _pidfd.Dispose();
        _directory.Dispose();
    }
}
