using System;
using System.Collections.Generic;
using Csrun.Cgroups;
using Csrun.Cgroups.Statistics;
using Csrun.Linux;
using Csrun.Runtime;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;
using Csrun.Spec;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Task;

/// <summary>What is done to a container that is there.</summary>
internal sealed partial class TaskService
{
    /// <summary>How long until a container is asked for again that somebody works on.</summary>
    private const int BusyMilliseconds = 20;

    private void Kill(TtrpcCall call)
    {
        KillRequest request = call.Read<KillRequest>();
        TaskProcess process = Find(request.Id).Process(request.ExecId);
        int signal = (int)request.Signal;
        if (process.ExecId.Length > 0)
        {
            KillExec(process, signal);
        }
        else if (process.Status == Status.Stopped || process.Container.InitExit is not null)
        {
            throw TtrpcException.NotFound("process already finished");
        }
        else if (process.Pid == 0 && process.IsBusy)
        {
            // It is being restored, and there is nothing yet but criu at work.
            TryAgain(call);
            return;
        }
        else
        {
            KillInit(process.Container, signal, request.All);
        }

        call.Reply();
    }

    private static void KillExec(TaskProcess exec, int signal)
    {
        if (exec.Status == Status.Stopped)
        {
            throw TtrpcException.NotFound("process already finished");
        }

        if (exec.Pid == 0)
        {
            throw TtrpcException.FailedPrecondition("process not created");
        }

        // It is our child and not reaped yet, so the number is still its own.
        int result = Kernel.kill(exec.Pid, signal);
        if (result < 0)
        {
            throw result == -(int)Errno.ESRCH
                ? TtrpcException.NotFound("process already finished")
                : new TtrpcException(StatusCode.Unknown, "unknown error after kill: " + ((Errno)(-result)).Message());
        }
    }

    private static void KillInit(TaskContainer container, int signal, bool all)
    {
        try
        {
            // Without the lock, so that a command that somebody runs by hand cannot hold up a kill.
            using Container running = Container.Peek(container.Root, container.Id)
                ?? throw TtrpcException.NotFound("no such container");
            running.Kill(signal, all);
        }
        catch (RuntimeException)
        {
            throw TtrpcException.NotFound("process already finished");
        }
        catch (KernelException error)
        {
            throw new TtrpcException(StatusCode.Unknown, "unknown error after kill: " + ErrorText.Of(error));
        }
    }

    private void PauseContainer(TtrpcCall call)
    {
        TaskContainer container = Find(call.Read<PauseRequest>().Id);
        if (container.Status != Status.Running)
        {
            throw WrongState("pause", container);
        }

        if (!container.TryDo("pause", running => running.Pause()))
        {
            TryAgain(call);
            return;
        }

        container.Pause = Status.Paused;
        _events.Paused(container);
        call.Reply();
    }

    private void ResumeContainer(TtrpcCall call)
    {
        TaskContainer container = Find(call.Read<ResumeRequest>().Id);
        if (container.Status != Status.Paused)
        {
            throw WrongState("resume", container);
        }

        if (!container.TryDo("resume", paused => paused.Resume()))
        {
            TryAgain(call);
            return;
        }

        container.Pause = null;
        _events.Resumed(container);
        call.Reply();
    }

    private static TtrpcException WrongState(string what, TaskContainer container)
    {
        string text = container.Status switch
        {
            Status.Created => "cannot " + what + (what == "checkpoint" ? " a" : "") + " task in created state",
            Status.Running => "cannot " + what + " a running process",
            Status.Paused => "cannot " + what + " a paused container",
            _ => "cannot " + what + " a stopped container",
        };
        return new TtrpcException(StatusCode.Unknown, text);
    }

    private void Update(TtrpcCall call)
    {
        UpdateTaskRequest request = call.Read<UpdateTaskRequest>();
        TaskContainer container = Find(request.Id);
        if (container.Status == Status.Stopped)
        {
            throw WrongState("update", container);
        }

        ReadOnlySpan<byte> json = request.Resources is null ? default : request.Resources.Value.Span;
        LinuxResources resources = ConfigReader.ReadResources(json, out IReadOnlyList<Fault> faults)
            ?? throw new TtrpcException(StatusCode.InvalidArgument, "resources: " + string.Join("; ", faults));
        if (container.TryDo("update", running => running.Update(resources)))
        {
            call.Reply();
        }
        else
        {
            TryAgain(call);
        }
    }

    /// <summary>Handles a call once more in a while, unless nobody waits for it by then.</summary>
    private void TryAgain(TtrpcCall call)
    {
        void Again()
        {
            try
            {
                if (!call.IsOver)
                {
                    Handle(call);
                }
            }
            catch (Exception error) when (error is TtrpcException or KernelException or RuntimeException)
            {
                call.Fail(
                    error is TtrpcException ? error : new TtrpcException(StatusCode.Unknown, ErrorText.Of(error)));
            }
        }

        _loop.Set(new LoopTimer(Again), BusyMilliseconds);
    }

    private void ResizePty(TtrpcCall call)
    {
        ResizePtyRequest request = call.Read<ResizePtyRequest>();
        TaskProcess process = Find(request.Id).Process(request.ExecId);
        if (process.Status == Status.Stopped)
        {
            throw new TtrpcException(StatusCode.Unknown, "cannot resize a stopped container");
        }

        process.Size = ((ushort)request.Height, (ushort)request.Width);
        process.Streams?.Resize((ushort)request.Height, (ushort)request.Width);
        call.Reply();
    }

    private void CloseIO(TtrpcCall call)
    {
        CloseIORequest request = call.Read<CloseIORequest>();
        TaskProcess process = Find(request.Id).Process(request.ExecId);
        process.IsInputClosed = true;
        process.Streams?.CloseInput();
        call.Reply();
    }

    private void Pids(TtrpcCall call)
    {
        TaskContainer container = Find(call.Read<PidsRequest>().Id);
        List<int> pids = [];
        container.Cgroups?.ReadProcesses(pids);
        if (pids.Count == 0)
        {
            // containerd 1.7 throws away a task without processes when it starts, and with it the exit status of a
            // container that ended while it was away.
            pids.Add(container.Init.Pid);
        }

        Dictionary<int, string> execs = [];
        foreach (TaskProcess exec in container.Execs.Values)
        {
            if (exec.Status == Status.Running)
            {
                execs[exec.Pid] = exec.ExecId;
            }
        }

        PidsResponse response = new();
        foreach (int pid in pids)
        {
            response.Processes.Add(new ProcessInfo { Pid = (uint)pid, Info = Details(execs.GetValueOrDefault(pid)) });
        }

        call.Reply(response);
    }

    private static Any? Details(string? execId)
    {
        return execId is null ? null : new Any
        {
            TypeUrl = "containerd.runc.v1.ProcessDetails",
            Value = new ProcessDetails { ExecId = execId }.ToByteString(),
        };
    }

    private void Stats(TtrpcCall call)
    {
        TaskContainer container = Find(call.Read<StatsRequest>().Id);
        ContainerCgroups cgroups = container.Cgroups ?? throw TtrpcException.NotFound("cgroup does not exist");
        ContainerStatistics statistics = cgroups.ReadStatistics();
        bool isUnified = cgroups.IsPureV2;
        IMessage metrics = isUnified ? UnifiedMetrics.Of(statistics) : LegacyMetrics.Of(statistics);
        string type = isUnified ? "io.containerd.cgroups.v2.Metrics" : "io.containerd.cgroups.v1.Metrics";
        call.Reply(new StatsResponse { Stats = new Any { TypeUrl = type, Value = metrics.ToByteString() } });
    }
}
