using System;
using System.Collections.Generic;
using System.Globalization;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Ttrpc;
using Google.Protobuf;

namespace Csrun.ContainerdShim.Tests;

/// <summary>
/// The same calls to Debian's containerd-shim-runc-v2 (with runc) and to csrun's: the same answers, byte for byte.
/// </summary>
public sealed class ReferenceTests : ShimTest
{
    private const string Reference = "/usr/bin/containerd-shim-runc-v2";
    private const string Runc = "/usr/sbin/runc";

    [ReferenceFact]
    public void A_container_s_life_has_the_reference_s_answers_and_events()
    {
        List<string> own = Transcript(NewShim(), "");
        try
        {
            own.Should().Equal(Transcript(NewShim(Reference), Runc));
        }
        finally
        {
            HostNull.PutBack();
        }
    }

    private static List<string> Transcript(ShimUnderTest shim, string runtime)
    {
        shim.ReferenceRuntime = runtime;
        Bundle bundle = shim.NewBundle("c1").Sh("exec sleep 100");
        bundle.Save();
        shim.Start("c1");
        List<string> lines = [];
        Dictionary<ulong, string> pids = [];
        void Do(string method, IMessage request, Func<ByteString, string>? read = null)
        {
            Response response = shim.Client.Begin(method, request).Result;
            string answer = response.Status is { } status
                ? $"{status.Code} {status.Message}" : read?.Invoke(response.Payload)
                ?? Convert.ToHexString(response.Payload.Span);
            lines.Add($"{method}{request.ToString()![..Math.Min(request.ToString()!.Length, 60)]}: {answer}");
        }

        string Pid(uint pid) =>
            pid == 0 ? "0" : pids.TryGetValue(pid, out string? name) ? name : pids[pid] = "pid" + pids.Count;
        string State(ByteString payload)
        {
            StateResponse state = StateResponse.Parser.ParseFrom(payload);
            string ended = state.ExitedAt.Seconds < 0
                ? state.ExitedAt.Seconds.ToString(CultureInfo.InvariantCulture) : "time";
            bool isBundle = state.Bundle == shim.BundleOf("c1");
            return $"{state.Id} {isBundle} {Pid(state.Pid)} {state.Status} {state.ExitStatus} {ended} {state.ExecId}";
        }

        string Exit(ByteString payload)
        {
            DeleteResponse exit = DeleteResponse.Parser.ParseFrom(payload);
            return $"{Pid(exit.Pid)} {exit.ExitStatus}";
        }

        Do("Connect", new ConnectRequest { Id = "c1" }, p =>
            ConnectResponse.Parser.ParseFrom(p).TaskPid.ToString(CultureInfo.InvariantCulture));
        Do("State", new StateRequest { Id = "c1" });
        lines.Add("Create " + Pid(shim.Create(bundle).Pid));
        Do("State", new StateRequest { Id = "c1" }, State);
        Do("Start", new StartRequest { Id = "c1" }, p => Pid(StartResponse.Parser.ParseFrom(p).Pid));
        Do("Start", new StartRequest { Id = "c1" });
        Do("State", new StateRequest { Id = "c1" }, State);
        Do("Delete", new DeleteRequest { Id = "c1" });
        Do("Resume", new ResumeRequest { Id = "c1" });
        Do("State", new StateRequest { Id = "c1", ExecId = "x" });
        Do("Kill", new KillRequest { Id = "c1", ExecId = "x", Signal = 9 });
        Do("CloseIO", new CloseIORequest { Id = "c1", Stdin = true });
        Do("ResizePty", new ResizePtyRequest { Id = "c1", Width = 1, Height = 1 });
        shim.Exec("c1", "e1", "exit 4");
        Do("Exec", new ExecProcessRequest { Id = "c1", ExecId = "e1" });
        Do("State", new StateRequest { Id = "c1", ExecId = "e1" }, State);
        Do("Start", new StartRequest { Id = "c1", ExecId = "e1" }, p => Pid(StartResponse.Parser.ParseFrom(p).Pid));
        Do("Wait", new WaitRequest { Id = "c1", ExecId = "e1" }, p =>
            WaitResponse.Parser.ParseFrom(p).ExitStatus.ToString(CultureInfo.InvariantCulture));
        Do("State", new StateRequest { Id = "c1", ExecId = "e1" }, State);
        Do("Start", new StartRequest { Id = "c1", ExecId = "e1" });
        Do("Kill", new KillRequest { Id = "c1", ExecId = "e1", Signal = 9 });
        Do("ResizePty", new ResizePtyRequest { Id = "c1", ExecId = "e1", Width = 1, Height = 1 });
        Do("Delete", new DeleteRequest { Id = "c1", ExecId = "e1" }, Exit);
        Do("Delete", new DeleteRequest { Id = "c1", ExecId = "e1" });
        Do("Pause", new PauseRequest { Id = "c1" });
        Do("State", new StateRequest { Id = "c1" }, State);
        Do("Pause", new PauseRequest { Id = "c1" });
        Do("Exec", new ExecProcessRequest { Id = "c1", ExecId = "e2" });
        Do("Delete", new DeleteRequest { Id = "c1" });
        Do("Start", new StartRequest { Id = "c1" });
        Do("Resume", new ResumeRequest { Id = "c1" });
        Do("Nosuch", new ConnectRequest());
        Do("Kill", new KillRequest { Id = "c1", Signal = 9 });
        Do("Wait", new WaitRequest { Id = "c1" }, p =>
            WaitResponse.Parser.ParseFrom(p).ExitStatus.ToString(CultureInfo.InvariantCulture));
        Do("State", new StateRequest { Id = "c1" }, State);
        Do("Kill", new KillRequest { Id = "c1", Signal = 9 });
        Do("Start", new StartRequest { Id = "c1" });
        Do("Pause", new PauseRequest { Id = "c1" });
        Do("Resume", new ResumeRequest { Id = "c1" });
        Do("Update", new UpdateTaskRequest { Id = "c1" });
        Do("Exec", new ExecProcessRequest { Id = "c1", ExecId = "e3" });
        Do("Delete", new DeleteRequest { Id = "c1" }, Exit);
        Do("State", new StateRequest { Id = "c1" });
        _ = shim.Containerd.Await(9);
        lines.AddRange(shim.Containerd.Events);
        shim.Shutdown();
        return lines;
    }
}

/// <summary>A fact that needs Debian's shim and runc too.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceFactAttribute : FactAttribute
{
    public ReferenceFactAttribute()
    {
        Skip = Needs.Root ?? Needs.Files("/usr/bin/containerd-shim-runc-v2", "/usr/sbin/runc");
    }
}
