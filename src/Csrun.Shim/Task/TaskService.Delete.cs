using System;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>Delete: the output is drained, what was made goes away, and the exit status is told a last time.</summary>
internal sealed partial class TaskService
{
    /// <summary>How long output is waited for that somebody else still holds open.</summary>
    private const int DrainMilliseconds = 2000;
    private const int UnmountTries = 50;
    private const int UnmountPauseMilliseconds = 50;

    private void Delete(TtrpcCall call)
    {
        DeleteRequest request = call.Read<DeleteRequest>();
        if (request.ExecId.Length == 0 && !_containers.ContainsKey(request.Id)
            && _deleted.TryGetValue(request.Id, out DeleteResponse? before))
        {
            call.Reply(before);
            return;
        }

        TaskProcess process = Find(request.Id).Process(request.ExecId);
        if (process.IsBusy)
        {
            throw new TtrpcException(StatusCode.Unknown, "cannot delete a process that is being started or deleted");
        }

        if (process.Status == Status.Running)
        {
            bool isPaused = process.ExecId.Length == 0 && process.Container.Pause is not null;
            throw new TtrpcException(
                StatusCode.Unknown, "cannot delete a " + (isPaused ? "paused" : "running") + " process");
        }

        process.IsBusy = true;
        if (process.ExecId.Length > 0)
        {
            DrainAndClose(process, () => EndDeleteExec(call, process));
        }
        else if (process.Status == Status.Stopped || process.Pid == 0)
        {
            DrainAndClose(process, () => DeleteContainer(call, process.Container));
        }
        else
        {
            DeleteCreated(call, process.Container);
        }
    }

    /// <summary>A container that was never started is ended first, and its end told as any other.</summary>
    private void DeleteCreated(TtrpcCall call, TaskContainer container)
    {
        container.Init.OnStopped = () => DrainAndClose(container.Init, () => DeleteContainer(call, container));
        try
        {
            KillInit(container, Kernel.SIGKILL, all: false);
        }
        catch (TtrpcException)
        {
            // It has ended already, and the reaper will say so.
        }
    }

    private void DrainAndClose(TaskProcess process, Action then)
    {
        if (process.Streams is not { } streams)
        {
            then();
            return;
        }

        bool isOver = false;
        LoopTimer? limit = null;
        void Close()
        {
            if (!isOver)
            {
                isOver = true;
                _loop.Cancel(limit!);
                streams.Close(() =>
                {
                    process.Streams = null;
                    then();
                });
            }
        }

        limit = new LoopTimer(Close);
        if (!streams.IsDrained)
        {
            _loop.Set(limit, DrainMilliseconds);
        }

        streams.WhenDrained(Close);
    }

    private static void EndDeleteExec(TtrpcCall call, TaskProcess exec)
    {
        Files.Remove(PidFileOf(exec));
        _ = exec.Container.Execs.Remove(exec.ExecId);
        exec.ReleaseWaiting();
        call.Reply(Response(exec));
    }

    private void DeleteContainer(TtrpcCall call, TaskContainer container)
    {
        bool isBusy = false;
        string? failed = null;
        try
        {
            if (!container.HasHooks)
            {
                using Container? made = Container.TryOpenNow(container.Root, container.Id, out isBusy);
                made?.Delete(force: false, new HookContext(_host.Environment, _ => { }));
            }
        }
        catch (Exception error) when (error is RuntimeException or KernelException)
        {
            failed = ErrorText.Of(error);
        }

        if (container.HasHooks || isBusy)
        {
            // Another process waits for the hooks, or for whoever works on the container.
            Run(container, null, "delete", null, why => Unmount(call, container, why));
        }
        else
        {
            Unmount(call, container, failed);
        }
    }

    private void Unmount(TtrpcCall call, TaskContainer container, string? failed)
    {
        if (failed is not null && !failed.Contains("does not exist", StringComparison.Ordinal))
        {
            container.Init.IsBusy = false;
            call.Fail(StatusCode.Unknown, "failed to delete task: " + failed);
            return;
        }

        if (container.HasMounts)
        {
            Unmount(call, container, tries: 0);
        }
        else
        {
            EndDelete(call, container);
        }
    }

    /// <summary>A mount may be busy for a moment: somebody looks into it. The loop goes on meanwhile.</summary>
    private void Unmount(TtrpcCall call, TaskContainer container, int tries)
    {
        Errno result = RootfsMounts.TryUnmount(container.Rootfs);
        if (result == Errno.EBUSY && tries < UnmountTries)
        {
            _loop.Set(new LoopTimer(() => Unmount(call, container, tries + 1)), UnmountPauseMilliseconds);
        }
        else if (result != 0)
        {
            container.Init.IsBusy = false;
            call.Fail(
                StatusCode.Unknown, "failed rootfs umount: unmount " + container.Rootfs + ": " + result.Message());
        }
        else
        {
            EndDelete(call, container);
        }
    }

    private void EndDelete(TtrpcCall call, TaskContainer container)
    {
        _ = _containers.Remove(container.Id);
        foreach (TaskProcess exec in container.Execs.Values)
        {
            exec.ReleaseWaiting();
            if (!exec.IsBusy)
            {
                // A busy one is being deleted, and its streams are that deletion's to close.
                exec.Streams?.Close(() => { });
            }
        }

        container.Init.ReleaseWaiting();
        DeleteResponse response = Response(container.Init);
        Remember(container, response);
        _events.Deleted(container);
        call.Reply(response);
    }

    private static DeleteResponse Response(TaskProcess process)
    {
        return new DeleteResponse
        {
            Pid = (uint)process.Pid,
            ExitStatus = process.ExitStatus,
            ExitedAt = process.ExitTime,
        };
    }
}
