using System;
using System.Collections.Generic;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>The task service, versions 2 and 3, which differ in their name only.</summary>
internal sealed partial class TaskService
{
    /// <summary>Answers to Delete that are kept for a client whose first call ran out of time.</summary>
    private const int KeptDeletions = 128;

    private readonly EventLoop _loop;
    private readonly ShimHost _host;
    private readonly string _namespace;
    private readonly TaskEvents _events;
    private readonly ProcessTable _processes;
    private readonly Dictionary<string, TaskContainer> _containers = [];
    private readonly Dictionary<string, DeleteResponse> _deleted = [];
    private readonly Queue<string> _deletedOrder = [];
    private byte[][]? _environment;

    /// <summary>A service without containers.</summary>
    public TaskService(
        EventLoop loop, ShimHost host, string containerdNamespace, EventPublisher publisher, ProcessTable processes)
    {
        _loop = loop;
        _host = host;
        _namespace = containerdNamespace;
        _events = new TaskEvents(publisher);
        _processes = processes;
    }

    /// <summary>Called when Shutdown was answered and no container is left.</summary>
    public Action? OnShutdown { get; set; }

    /// <summary>How many containers there are.</summary>
    public int Containers => _containers.Count;

    /// <summary>Whether there ever was a container.</summary>
    public bool HasServed { get; private set; }

    /// <summary>Calls a method.</summary>
    /// <exception cref="TtrpcException">It fails.</exception>
    public void Handle(TtrpcCall call)
    {
        switch (call.Method)
        {
            case "State":
                State(call);
                break;
            case "Create":
                Create(call);
                break;
            case "Start":
                Start(call);
                break;
            case "Delete":
                Delete(call);
                break;
            case "Pids":
                Pids(call);
                break;
            case "Pause":
                PauseContainer(call);
                break;
            case "Resume":
                ResumeContainer(call);
                break;
            case "Checkpoint":
                Checkpoint(call);
                break;
            case "Kill":
                Kill(call);
                break;
            case "Exec":
                Exec(call);
                break;
            case "ResizePty":
                ResizePty(call);
                break;
            case "CloseIO":
                CloseIO(call);
                break;
            case "Update":
                Update(call);
                break;
            case "Wait":
                Wait(call);
                break;
            case "Stats":
                Stats(call);
                break;
            case "Connect":
                Connect(call);
                break;
            case "Shutdown":
                Shutdown(call);
                break;
            default:
                throw new TtrpcException(StatusCode.Unimplemented, "method " + call.Method);
        }
    }

    /// <summary>The environment of csrun's commands: our own, and the word that this file is sealed already.</summary>
    private byte[][] CommandEnvironment()
    {
        return _environment ??= [.. _host.Environment(), _host.SealMark];
    }

    /// <exception cref="TtrpcException">NotFound.</exception>
    private TaskContainer Find(string id)
    {
        return _containers.TryGetValue(id, out TaskContainer? container) && !container.IsBeingCreated
            ? container
            : throw TtrpcException.NotFound("container not created");
    }

    private void State(TtrpcCall call)
    {
        StateRequest request = call.Read<StateRequest>();
        TaskContainer container = Find(request.Id);
        TaskProcess process = container.Process(request.ExecId);
        bool tellsPause = container.Pause is not null && container.Init.Status != Status.Stopped;
        call.Reply(new StateResponse
        {
            Id = process.Name,
            Bundle = container.Bundle,
            Pid = (uint)process.Pid,
            Status = tellsPause ? container.Pause!.Value : process.Status,
            Stdin = process.Io.Stdin,
            Stdout = process.Io.Stdout,
            Stderr = process.Io.Stderr,
            Terminal = process.Io.Terminal,
            ExitStatus = process.ExitStatus,
            ExitedAt = process.ExitTime,
        });
    }

    private void Connect(TtrpcCall call)
    {
        string id = call.Read<ConnectRequest>().Id;
        call.Reply(new ConnectResponse
        {
            ShimPid = (uint)Linux.Kernel.getpid(),
            TaskPid = (uint)(_containers.GetValueOrDefault(id)?.Init.Pid ?? 0),
        });
    }

    private void Wait(TtrpcCall call)
    {
        WaitRequest request = call.Read<WaitRequest>();
        Find(request.Id).Process(request.ExecId).Wait(call);
    }

    private void Shutdown(TtrpcCall call)
    {
        call.Reply();
        if (_containers.Count == 0)
        {
            OnShutdown?.Invoke();
        }
    }

    private void Remember(TaskContainer container, DeleteResponse response)
    {
        if (!_deleted.ContainsKey(container.Id))
        {
            _deletedOrder.Enqueue(container.Id);
        }

        _deleted[container.Id] = response;
        if (_deletedOrder.Count > KeptDeletions)
        {
            _ = _deleted.Remove(_deletedOrder.Dequeue());
        }
    }
}
