using System;
using System.Collections.Generic;
using Csrun.Shim.Messages.Sandbox;
using Csrun.Shim.Messages.Types;
using Csrun.Shim.Ttrpc;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.Shim.Task;

/// <summary>
/// The sandbox service: a sandbox of this shim is the shim itself, which holds the pod's containers and has no process
/// of the pod's own. Network and other namespaces come to the containers by path.
/// </summary>
internal sealed class SandboxService
{
    private readonly TaskService _tasks;
    private readonly List<TtrpcCall> _waiting = [];
    private string? _id;
    private Timestamp? _startedAt;
    private Timestamp? _exitedAt;

    public SandboxService(TaskService tasks)
    {
        _tasks = tasks;
    }

    /// <summary>Called when the sandbox is shut down and no container is left.</summary>
    public Action? OnShutdown { get; set; }

    /// <summary>Whether there is a sandbox that was not stopped.</summary>
    public bool IsInUse => _id is not null && _exitedAt is null;

    /// <summary>Calls a method.</summary>
    /// <exception cref="TtrpcException">It fails.</exception>
    public void Handle(TtrpcCall call)
    {
        switch (call.Method)
        {
            case "CreateSandbox":
                Create(call);
                break;
            case "StartSandbox":
                Start(call);
                break;
            case "Platform":
                Platform platform = new() { Os = "linux", Architecture = GoArchitecture() };
                call.Reply(new PlatformResponse { Platform = platform });
                break;
            case "StopSandbox":
                Check(call.Read<StopSandboxRequest>().SandboxId);
                Stop();
                call.Reply();
                break;
            case "WaitSandbox":
                Wait(call);
                break;
            case "SandboxStatus":
                Status(call);
                break;
            case "PingSandbox":
                Check(call.Read<PingRequest>().SandboxId);
                call.Reply();
                break;
            case "ShutdownSandbox":
                Shutdown(call);
                break;
            case "SandboxMetrics":
                Metrics(call);
                break;
            default:
                throw new TtrpcException(StatusCode.Unimplemented, "method " + call.Method);
        }
    }

    private static string GoArchitecture()
    {
        return System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            _ => "amd64",
        };
    }

    private void Create(TtrpcCall call)
    {
        string id = call.Read<CreateSandboxRequest>().SandboxId;
        if (_id is not null)
        {
            throw TtrpcException.AlreadyExists("sandbox " + _id);
        }

        _id = id;
        call.Reply();
    }

    private void Start(TtrpcCall call)
    {
        Check(call.Read<StartSandboxRequest>().SandboxId);
        if (_startedAt is not null)
        {
            throw TtrpcException.FailedPrecondition("sandbox " + _id + " was started before");
        }

        _startedAt = Timestamp.FromDateTime(DateTime.UtcNow);
        call.Reply(new StartSandboxResponse { Pid = (uint)Linux.Kernel.getpid(), CreatedAt = _startedAt });
    }

    private void Wait(TtrpcCall call)
    {
        Check(call.Read<WaitSandboxRequest>().SandboxId);
        if (_exitedAt is not null)
        {
            call.Reply(new WaitSandboxResponse { ExitedAt = _exitedAt });
            return;
        }

        _waiting.Add(call);
        call.OnAbandoned = () => _waiting.Remove(call);
    }

    private void Status(TtrpcCall call)
    {
        Check(call.Read<SandboxStatusRequest>().SandboxId);
        bool isReady = _startedAt is not null && _exitedAt is null;
        call.Reply(new SandboxStatusResponse
        {
            SandboxId = _id,
            Pid = isReady ? (uint)Linux.Kernel.getpid() : 0,
            State = isReady ? "SANDBOX_READY" : "SANDBOX_NOTREADY",
            CreatedAt = _startedAt,
            ExitedAt = _exitedAt,
        });
    }

    private void Metrics(TtrpcCall call)
    {
        string id = call.Read<SandboxMetricsRequest>().SandboxId;
        Check(id);
        Metric metric = new() { Timestamp = Timestamp.FromDateTime(DateTime.UtcNow), Id = id };
        call.Reply(new SandboxMetricsResponse { Metrics = metric });
    }

    private void Shutdown(TtrpcCall call)
    {
        Check(call.Read<ShutdownSandboxRequest>().SandboxId);
        Stop();
        call.Reply();
        if (_tasks.Containers == 0)
        {
            OnShutdown?.Invoke();
        }
    }

    private void Stop()
    {
        _exitedAt ??= Timestamp.FromDateTime(DateTime.UtcNow);

        // An answer may show that its client is gone, which takes that client's other calls from the list.
        TtrpcCall[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (TtrpcCall call in waiting)
        {
            call.Reply(new WaitSandboxResponse { ExitedAt = _exitedAt });
        }
    }

    /// <exception cref="TtrpcException">NotFound.</exception>
    private void Check(string id)
    {
        if (_id is null || id != _id)
        {
            throw TtrpcException.NotFound("sandbox " + id);
        }
    }
}
