using System;
using System.Collections.Generic;
using Csrun.Cgroups;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>A container as the shim knows it, from Create to Delete.</summary>
internal sealed class TaskContainer
{
    /// <summary>A container that is being created.</summary>
    public TaskContainer(string id, string bundle, TaskIo io, Options options, string stateRoot)
    {
        Id = id;
        Bundle = bundle;
        Options = options;
        Root = new StateRoot(stateRoot);
        Init = new TaskProcess(this, "") { Io = io };
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Its bundle's directory.</summary>
    public string Bundle { get; }

    /// <summary>The options of its Create.</summary>
    public Options Options { get; }

    /// <summary>Where csrun keeps its state.</summary>
    public StateRoot Root { get; }

    /// <summary>The directory its root file system is mounted on.</summary>
    public string Rootfs => Bundle + "/rootfs";

    /// <summary>Whether anything was mounted there.</summary>
    public bool HasMounts { get; set; }

    /// <summary>The first process.</summary>
    public TaskProcess Init { get; }

    /// <summary>The execs, by their ids.</summary>
    public Dictionary<string, TaskProcess> Execs { get; } = [];

    /// <summary>The directory of the images that its processes are saved in; null where there are none.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Whether its processes are being saved: the first one's end is told afterwards.</summary>
    public bool IsBeingSaved { get; set; }

    /// <summary>Whether its Create is not over yet.</summary>
    public bool IsBeingCreated { get; set; } = true;

    /// <summary>PAUSED or PAUSING; null while it is neither.</summary>
    public Status? Pause { get; set; }

    /// <summary>Whether the first process's end ends all others.</summary>
    public bool HasOwnPidNamespace { get; set; }

    /// <summary>Whether hooks run at its start or deletion, for which another process waits.</summary>
    public bool HasHooks { get; set; }

    /// <summary>Its cgroups; null before it is created.</summary>
    public ContainerCgroups? Cgroups { get; set; }

    /// <summary>Tells kills by its memory limit; null where the kernel does not.</summary>
    public OutOfMemoryWatch? OutOfMemory { get; set; }

    /// <summary>Whether a kill by its memory limit was seen and not told yet.</summary>
    public bool OwesOutOfMemory { get; set; }

    /// <summary>Execs that are being started or run.</summary>
    public int LiveExecs { get; set; }

    /// <summary>Whether the first process is being started: its end is told after its start.</summary>
    public bool IsStarting { get; set; }

    /// <summary>The start that is waited for here; null where there is none.</summary>
    public StartWait? StartWait { get; set; }

    /// <summary>The first process's end, while execs live that must be told first.</summary>
    public (uint Status, DateTime Time)? InitExit { get; set; }

    /// <summary>Its status as State tells it.</summary>
    public Status Status => Init.Status == Status.Stopped ? Status.Stopped : Pause ?? Init.Status;

    /// <summary>A process of it.</summary>
    /// <param name="execId">The exec's id; empty for the first process.</param>
    /// <exception cref="TtrpcException">NotFound.</exception>
    public TaskProcess Process(string execId)
    {
        if (execId.Length == 0)
        {
            return Init;
        }

        return Execs.GetValueOrDefault(execId) ?? throw TtrpcException.NotFound("process does not exist " + execId);
    }

    /// <summary>
    /// Does an operation here, unless somebody works on the container: the shim's one thread waits for no lock. What
    /// csrun refuses becomes the call's failure.
    /// </summary>
    /// <param name="what">The operation, for the text.</param>
    /// <param name="operation">The operation.</param>
    /// <returns>Whether it was done.</returns>
    /// <exception cref="TtrpcException">It was refused, or csrun does not know the container any more.</exception>
    public bool TryDo(string what, Action<Container> operation)
    {
        try
        {
            using Container? container = Container.TryOpenNow(Root, Id, out bool isBusy);
            if (isBusy)
            {
                return false;
            }

            operation(container ?? throw TtrpcException.NotFound("no such container"));
            return true;
        }
        catch (Exception error) when (error is RuntimeException or KernelException)
        {
            throw new TtrpcException(StatusCode.Unknown, "OCI runtime " + what + " failed: " + ErrorText.Of(error));
        }
    }
}
