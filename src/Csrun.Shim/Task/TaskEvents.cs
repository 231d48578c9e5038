using System.Collections.Generic;
using Csrun.Shim.Messages.Events;
using Csrun.Shim.Messages.Types;

namespace Csrun.Shim.Task;

/// <summary>The events of tasks, each under its topic.</summary>
internal sealed class TaskEvents
{
    private readonly EventPublisher _publisher;

    public TaskEvents(EventPublisher publisher)
    {
        _publisher = publisher;
    }

    public void Created(TaskContainer container, IEnumerable<Mount> rootfs)
    {
        TaskIo io = container.Init.Io;
        TaskCreate message = new()
        {
            ContainerId = container.Id,
            Bundle = container.Bundle,
            Io = new TaskIO { Stdin = io.Stdin, Stdout = io.Stdout, Stderr = io.Stderr, Terminal = io.Terminal },
            Checkpoint = container.Checkpoint ?? "",
            Pid = (uint)container.Init.Pid,
        };
        message.Rootfs.Add(rootfs);
        _publisher.Publish("/tasks/create", "containerd.events.TaskCreate", message);
    }

    public void Started(TaskProcess process)
    {
        if (process.ExecId.Length == 0)
        {
            TaskStart message = new() { ContainerId = process.Container.Id, Pid = (uint)process.Pid };
            _publisher.Publish("/tasks/start", "containerd.events.TaskStart", message);
        }
        else
        {
            TaskExecStarted message = new()
            {
                ContainerId = process.Container.Id,
                ExecId = process.ExecId,
                Pid = (uint)process.Pid,
            };
            _publisher.Publish("/tasks/exec-started", "containerd.events.TaskExecStarted", message);
        }
    }

    public void Exited(TaskProcess process)
    {
        TaskExit message = new()
        {
            ContainerId = process.Container.Id,
            Id = process.Name,
            Pid = (uint)process.Pid,
            ExitStatus = process.ExitStatus,
            ExitedAt = process.ExitTime,
        };
        _publisher.Publish("/tasks/exit", "containerd.events.TaskExit", message);
    }

    public void Deleted(TaskContainer container)
    {
        TaskDelete message = new()
        {
            ContainerId = container.Id,
            Pid = (uint)container.Init.Pid,
            ExitStatus = container.Init.ExitStatus,
            ExitedAt = container.Init.ExitTime,
        };
        _publisher.Publish("/tasks/delete", "containerd.events.TaskDelete", message);
    }

    public void ExecAdded(TaskProcess process)
    {
        TaskExecAdded message = new() { ContainerId = process.Container.Id, ExecId = process.ExecId };
        _publisher.Publish("/tasks/exec-added", "containerd.events.TaskExecAdded", message);
    }

    public void OutOfMemory(TaskContainer container)
    {
        _publisher.Publish("/tasks/oom", "containerd.events.TaskOOM", new TaskOOM { ContainerId = container.Id });
    }

    public void Paused(TaskContainer container)
    {
        _publisher.Publish(
            "/tasks/paused", "containerd.events.TaskPaused", new TaskPaused { ContainerId = container.Id });
    }

    public void Resumed(TaskContainer container)
    {
        _publisher.Publish(
            "/tasks/resumed", "containerd.events.TaskResumed", new TaskResumed { ContainerId = container.Id });
    }

    public void Checkpointed(TaskContainer container, string images)
    {
        TaskCheckpointed message = new() { ContainerId = container.Id, Checkpoint = images };
        _publisher.Publish("/tasks/checkpointed", "containerd.events.TaskCheckpointed", message);
    }
}
