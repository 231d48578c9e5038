using System;
using Csrun.Shim;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Messages.Sandbox;
using Csrun.Shim.Task;
using Csrun.Shim.Ttrpc;
using Google.Protobuf;

namespace Csrun.Ttrpc.Tests;

/// <summary>Several Waits of one client that is gone: the first answer shows it, and abandons the others.</summary>
public sealed class WaitingCallsTests
{
    private int _answers;

    [Fact]
    public void Waits_for_a_process_are_released_though_their_client_is_gone()
    {
        TaskProcess process = new TaskContainer("c", "/b", default, new Options(), "/s").Init;
        FeedThree(process.Wait, []);
        process.Stop(0, DateTime.UtcNow);
        _answers.Should().Be(1);
    }

    [Fact]
    public void Waits_for_a_sandbox_are_released_though_their_client_is_gone()
    {
        using EventLoop loop = new();
        EventPublisher publisher = new(loop, null, "n");
        ShimHost host = new([], () => [], [], "", () => []);
        SandboxService sandbox = new(new TaskService(loop, host, "n", publisher, new ProcessTable()));
        void Call(string method, IMessage request)
        {
            ServerSession session = new(sandbox.Handle);
            Wire.Feed(session, Wire.Call(1, "s", method, request.ToByteArray()));
            Wire.Answers(session).Should().ContainSingle().Which.Response.Status.Should().BeNull();
        }

        Call("CreateSandbox", new CreateSandboxRequest { SandboxId = "s" });
        FeedThree(sandbox.Handle, new WaitSandboxRequest { SandboxId = "s" }.ToByteArray());
        Call("StopSandbox", new StopSandboxRequest { SandboxId = "s" });
        _answers.Should().Be(1);
        sandbox.IsInUse.Should().BeFalse();
    }

    private void FeedThree(Action<TtrpcCall> handler, byte[] payload)
    {
        ServerSession session = new(handler);
        session.OnOutput = () =>
        {
            _answers++;
            session.Close();
        };
        for (uint stream = 1; stream <= 5; stream += 2)
        {
            Wire.Feed(session, Wire.Call(stream, "s", "WaitSandbox", payload));
        }
    }
}
