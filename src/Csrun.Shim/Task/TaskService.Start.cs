using System;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;

namespace Csrun.Shim.Task;

/// <summary>Start, of the first process and of execs, and the registering of execs.</summary>
internal sealed partial class TaskService
{
    private void Start(TtrpcCall call)
    {
        StartRequest request = call.Read<StartRequest>();
        TaskContainer container = Find(request.Id);
        TaskProcess process = container.Process(request.ExecId);
        if (process.Status != Status.Created || process.IsBusy)
        {
            string state = process.IsBusy ? "running" : container.Pause is not null && process == container.Init
                ? "paused"
                : process.Status == Status.Running ? "running" : "stopped";
            throw new TtrpcException(StatusCode.Unknown, "cannot start a " + state + " process");
        }

        if (process == container.Init && container.Checkpoint is string images)
        {
            StartSaved(call, container, images);
        }
        else if (process == container.Init)
        {
            StartInit(call, container);
        }
        else
        {
            StartExec(call, process);
        }
    }

    private void StartInit(TtrpcCall call, TaskContainer container)
    {
        container.Init.IsBusy = true;
        container.IsStarting = true;
        if (container.HasHooks)
        {
            Run(container, null, "start", null, why => EndStart(call, container, why));
            return;
        }

        try
        {
            container.StartWait = new StartWait(_loop, container, why => EndStart(call, container, why));
        }
        catch (Exception error) when (error is RuntimeException or KernelException)
        {
            EndStart(call, container, "OCI runtime start failed: " + ErrorText.Of(error));
        }
    }

    private void EndStart(TtrpcCall call, TaskContainer container, string? why)
    {
        container.Init.IsBusy = false;
        container.IsStarting = false;
        container.StartWait = null;
        if (why is not null)
        {
            call.Fail(StatusCode.Unknown, why);
            TellOutOfMemory(container);
            TellInitExit(container);
            return;
        }

        if (container.Init.Status == Status.Created)
        {
            container.Init.Status = Status.Running;
        }

        _events.Started(container.Init);
        call.Reply(new StartResponse { Pid = (uint)container.Init.Pid });
        TellOutOfMemory(container);
        TellInitExit(container);
    }

    private void Exec(TtrpcCall call)
    {
        ExecProcessRequest request = call.Read<ExecProcessRequest>();
        TaskContainer container = Find(request.Id);
        if (container.Execs.ContainsKey(request.ExecId))
        {
            throw TtrpcException.AlreadyExists("id " + request.ExecId);
        }

        if (container.Pause is not null || container.Init.Status == Status.Stopped || container.Init.Pid == 0)
        {
            string state = container.Init.Status == Status.Stopped ? "stopped"
                : container.Init.Pid == 0 ? "created" : "paused";
            throw new TtrpcException(StatusCode.Unknown, "cannot exec in a " + state + " state");
        }

        TaskProcess exec = new(container, request.ExecId)
        {
            Io = new TaskIo(request.Stdin, request.Stdout, request.Stderr, request.Terminal),
            Spec = ProcessSpec.WithTerminal(request.Spec is null ? default : request.Spec.Value.Span, request.Terminal),
        };
        container.Execs.Add(exec.ExecId, exec);
        _events.ExecAdded(exec);
        call.Reply();
    }

    private void StartExec(TtrpcCall call, TaskProcess exec)
    {
        TaskContainer container = exec.Container;
        if (container.InitExit is not null)
        {
            throw TtrpcException.FailedPrecondition("container " + container.Id + " init process is not running");
        }

        exec.IsBusy = true;
        exec.HasFailed = false;
        container.LiveExecs++;
        try
        {
            exec.Streams = OpenStreams(container, exec.Io, exec.ExecId);
            if (exec.Size is { } size)
            {
                exec.Streams.Resize(size.Rows, size.Columns);
            }

            if (exec.IsInputClosed)
            {
                exec.Streams.CloseInput();
            }

            exec.Streams.Prepare(why =>
            {
                if (why is null)
                {
                    RunExec(call, exec);
                }
                else
                {
                    FailExec(call, exec, why);
                }
            });
        }
        catch (Exception error) when (error is TtrpcException or KernelException)
        {
            FailExec(call, exec, ErrorText.Of(error));
        }
    }

    private void RunExec(TtrpcCall call, TaskProcess exec)
    {
        Run(
            exec.Container,
            exec.Streams,
            "exec",
            command => command.Add(
                "--process", command.Lend(exec.Spec), "--detach", "--pid-file", PidFileOf(exec)),
            why => EndExec(call, exec, why));
    }

    private void EndExec(TtrpcCall call, TaskProcess exec, string? why)
    {
        exec.Pid = why is null ? Files.ReadNumber(PidFileOf(exec)) : 0;
        try
        {
            if (why is null)
            {
                exec.Streams!.Created();
                why = exec.Pid > 0 ? null : "OCI runtime exec failed: no pid in " + PidFileOf(exec);
            }
        }
        catch (Exception error) when (error is TtrpcException or KernelException)
        {
            why = ErrorText.Of(error);
        }

        if (why is not null)
        {
            if (exec.Pid > 0 && !_processes.HasEnded(exec.Pid))
            {
                _ = Kernel.kill(exec.Pid, Kernel.SIGKILL);
            }

            exec.Pid = 0;

            FailExec(call, exec, why);
            return;
        }

        exec.IsBusy = false;
        exec.Status = Status.Running;
        _events.Started(exec);
        call.Reply(new StartResponse { Pid = (uint)exec.Pid });
        _processes.Add(exec.Pid, (info, time) => TakeExecExit(exec, info, time));
    }

    private void FailExec(TtrpcCall call, TaskProcess exec, string why)
    {
        void Fail()
        {
            exec.Streams = null;
            exec.IsBusy = false;
            exec.HasFailed = true;
            exec.ReleaseWaiting();
            call.Fail(StatusCode.Unknown, why);
            exec.Container.LiveExecs--;
            TellInitExit(exec.Container);
        }

        if (exec.Streams is { } streams)
        {
            streams.Close(Fail);
        }
        else
        {
            Fail();
        }
    }

    private static string PidFileOf(TaskProcess exec)
    {
        return exec.Container.Bundle + "/" + exec.ExecId + ".pid";
    }
}
