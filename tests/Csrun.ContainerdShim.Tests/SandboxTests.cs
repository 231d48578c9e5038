using System.Threading.Tasks;
using Csrun.Shim.Messages.Sandbox;
using Csrun.Shim.Messages.Ttrpc;

namespace Csrun.ContainerdShim.Tests;

/// <summary>The sandbox service of containerd 1.7 and later, with a client of the tests' own.</summary>
public sealed class SandboxTests : ShimTest
{
    private const string Service = "containerd.runtime.sandbox.v1.Sandbox";

    [RootFact]
    public void A_sandbox_lives_without_a_process_of_its_own()
    {
        ShimUnderTest shim = NewShim();
        System.IO.Directory.CreateDirectory(shim.BundleOf("pod"));
        shim.Start("pod");
        ShimClient client = shim.Connect();
        client.Service = Service;
        client.Refusal("StartSandbox", new StartSandboxRequest { SandboxId = "pod" }).Code.Should().Be(5);
        client.Call("CreateSandbox", new CreateSandboxRequest { SandboxId = "pod", BundlePath = shim.BundleOf("pod") });
        client.Refusal("CreateSandbox", new CreateSandboxRequest { SandboxId = "pod" }).Code.Should().Be(6);
        client.Call<StartSandboxResponse>("StartSandbox", new StartSandboxRequest { SandboxId = "pod" }).Pid
            .Should().Be((uint)shim.Pid);
        client.Call<PlatformResponse>("Platform", new PlatformRequest { SandboxId = "pod" }).Platform.Os
            .Should().Be("linux");
        client.Call<SandboxStatusResponse>("SandboxStatus", new SandboxStatusRequest { SandboxId = "pod" }).State
            .Should().Be("SANDBOX_READY");
        client.Call("PingSandbox", new PingRequest { SandboxId = "pod" });
        client.Call<SandboxMetricsResponse>(
            "SandboxMetrics", new SandboxMetricsRequest { SandboxId = "pod" }).Metrics.Id.Should().Be("pod");

        Task<Response> wait = client.Begin("WaitSandbox", new WaitSandboxRequest { SandboxId = "pod" });
        client.Call("StopSandbox", new StopSandboxRequest { SandboxId = "pod" });
        ShimClient.Answer<WaitSandboxResponse>(wait).ExitStatus.Should().Be(0);
        client.Call<SandboxStatusResponse>("SandboxStatus", new SandboxStatusRequest { SandboxId = "pod" }).State
            .Should().Be("SANDBOX_NOTREADY");
        client.Call("ShutdownSandbox", new ShutdownSandboxRequest { SandboxId = "pod" });
        shim.AwaitEnd();
    }

    [RootFact]
    public void Its_containers_are_tasks_of_the_same_shim()
    {
        ShimUnderTest shim = NewShim();
        System.IO.Directory.CreateDirectory(shim.BundleOf("pod"));
        shim.Start("pod");
        ShimClient client = shim.Connect();
        client.Service = Service;
        client.Call("CreateSandbox", new CreateSandboxRequest { SandboxId = "pod" });
        client.Call("StartSandbox", new StartSandboxRequest { SandboxId = "pod" });
        _ = shim.Create(shim.NewBundle("c1").Sh("exit 3"));
        _ = shim.StartProcess("c1");
        shim.Wait("c1").ExitStatus.Should().Be(3);
        _ = shim.Delete("c1");
        client.Call("PingSandbox", new PingRequest { SandboxId = "pod" });
        client.Call("ShutdownSandbox", new ShutdownSandboxRequest { SandboxId = "pod" });
        shim.AwaitEnd();
    }
}
