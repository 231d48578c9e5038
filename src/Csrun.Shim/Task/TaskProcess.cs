using System;
using System.Collections.Generic;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Task.Streams;
using Csrun.Shim.Ttrpc;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Task;

/// <summary>A process of a container as the shim knows it: the first one, or an exec's.</summary>
internal sealed class TaskProcess
{
    /// <summary>Go's zero time, by which clients know "not yet".</summary>
    private const long GoZeroSeconds = -62135596800;

    private readonly List<TtrpcCall> _waiting = [];

    /// <summary>A process that is not there yet.</summary>
    /// <param name="container">Its container.</param>
    /// <param name="execId">The exec's id; empty for the first process.</param>
    public TaskProcess(TaskContainer container, string execId)
    {
        Container = container;
        ExecId = execId;
    }

    /// <summary>The container.</summary>
    public TaskContainer Container { get; }

    /// <summary>The exec's id; empty for the first process.</summary>
    public string ExecId { get; }

    /// <summary>What events and State call it: the exec's id, or the container's.</summary>
    public string Name => ExecId.Length == 0 ? Container.Id : ExecId;

    /// <summary>Its streams as the client named them.</summary>
    public required TaskIo Io { get; init; }

    /// <summary>An exec's process.json.</summary>
    public byte[] Spec { get; init; } = [];

    /// <summary>Created, running or stopped; being paused is the container's.</summary>
    public Status Status { get; set; } = Status.Created;

    /// <summary>Whether a start or a deletion is under way.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Its pid; 0 before it is there.</summary>
    public int Pid { get; set; }

    /// <summary>The exit code, or 128 and the signal; 0 before.</summary>
    public uint ExitStatus { get; private set; }

    /// <summary>When it ended; null before.</summary>
    public Timestamp? ExitedAt { get; private set; }

    /// <summary>Its open streams; null before and after.</summary>
    public ProcessStreams? Streams { get; set; }

    /// <summary>The size its terminal was given before it was there; null where none was.</summary>
    public (ushort Rows, ushort Columns)? Size { get; set; }

    /// <summary>Whether CloseIO came before there was an input to close.</summary>
    public bool IsInputClosed { get; set; }

    /// <summary>Called when it has stopped and that was told.</summary>
    public Action? OnStopped { get; set; }

    /// <summary>Whether an exec could not be started: nobody needs to wait for it.</summary>
    public bool HasFailed { get; set; }

    /// <summary>When it ended, as messages tell it.</summary>
    public Timestamp ExitTime => ExitedAt ?? new Timestamp { Seconds = GoZeroSeconds };

    /// <summary>Answers a Wait now or later.</summary>
    public void Wait(TtrpcCall call)
    {
        if (Status == Status.Stopped || HasFailed)
        {
            Answer(call);
            return;
        }

        _waiting.Add(call);
        call.OnAbandoned = () => _waiting.Remove(call);
    }

    /// <summary>It has ended: Waits are answered.</summary>
    public void Stop(uint exitStatus, DateTime time)
    {
        Status = Status.Stopped;
        ExitStatus = exitStatus;
        ExitedAt = Timestamp.FromDateTime(time);
        Streams?.Exited();
        ReleaseWaiting();
    }

    /// <summary>Answers all Waits.</summary>
    public void ReleaseWaiting()
    {
        // An answer may show that its client is gone, which takes that client's other calls from the list.
        TtrpcCall[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (TtrpcCall call in waiting)
        {
            Answer(call);
        }
    }

    private void Answer(TtrpcCall call)
    {
        call.Reply(new WaitResponse { ExitStatus = ExitStatus, ExitedAt = ExitTime });
    }
}

/// <summary>The streams that a client asks for: addresses, and whether it is a terminal.</summary>
internal readonly record struct TaskIo(string Stdin, string Stdout, string Stderr, bool Terminal);
