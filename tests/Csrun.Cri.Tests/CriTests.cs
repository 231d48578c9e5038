using System.IO;
using System.Linq;

namespace Csrun.Cri.Tests;

/// <summary>Pods as Kubernetes has them, below Debian's shim (csrun) and below csrun's own (csrun-shim).</summary>
public sealed class CriTests(Cri cri) : IClassFixture<Cri>
{
    [RootTheory]
    [InlineData("csrun")]
    [InlineData("csrun-shim")]
    public void Containers_of_a_pod_log_end_and_tell_how(string handler)
    {
        using Pod pod = new(cri, handler);
        pod.State().Should().Be(PodSandboxState.SandboxReady);
        string writes = pod.Start("writes", "echo out; echo err >&2; exit 3");
        string completes = pod.Start("completes", "true");
        pod.Wait(writes).Should().Be("Error 3");
        pod.Wait(completes).Should().Be("Completed 0");
        File.ReadAllLines(Path.Combine(pod.Logs, "writes")).Select(line => line.Split(' ', 2)[1]).Order()
            .Should().Equal("stderr F err", "stdout F out");
        pod.State().Should().Be(PodSandboxState.SandboxReady);
        pod.Remove(writes);
        pod.Remove(completes);
    }

    [RootTheory]
    [InlineData("csrun")]
    [InlineData("csrun-shim")]
    public void Probes_run_in_a_container_and_a_stop_is_heeded(string handler)
    {
        using Pod pod = new(cri, handler);
        string serves = pod.Start("serves", "trap 'exit 5' TERM; while :; do sleep 0.05; done");
        ExecSyncResponse good = pod.Execute(serves, "/bin/sh", "-c", "echo alive; echo well >&2");
        (good.Stdout.ToStringUtf8(), good.Stderr.ToStringUtf8(), good.ExitCode).Should().Be(("alive\n", "well\n", 0));
        pod.Execute(serves, "/bin/sh", "-c", "exit 9").ExitCode.Should().Be(9);
        pod.Stop(serves);
        pod.StatusOf(serves).Should().Be("Error 5");
    }

    [RootTheory]
    [InlineData("csrun")]
    [InlineData("csrun-shim")]
    public void Memory_is_limited_measured_changed_and_its_end_is_told(string handler)
    {
        using Pod pod = new(cri, handler);
        string grows = pod.Start("grows", "while [ ! -e /go ]; do sleep 0.05; done; exec tail /dev/zero", 64 << 20);
        ContainerStats stats = cri.Runtime.ContainerStats(new ContainerRequest { ContainerId = grows }).Stats;
        stats.Memory.WorkingSetBytes.Should().BeInRange(1, 64 << 20);
        stats.Cpu.UsageCoreNanoSeconds.Should().BeGreaterThan(0);
        _ = cri.Runtime.UpdateContainerResources(new UpdateContainerResourcesRequest
        {
            ContainerId = grows,
            Linux = new LinuxContainerResources { MemoryLimitInBytes = 16 << 20 },
        });
        const string Limit =
            "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max";
        pod.Execute(grows, "/bin/sh", "-c", Limit).Stdout.ToStringUtf8().Should().Be($"{16 << 20}\n");
        pod.Execute(grows, "touch", "/go").ExitCode.Should().Be(0);
        pod.Wait(grows).Should().Be("OOMKilled 137");
    }

    [RootFact]
    public void Containers_of_a_pod_share_one_shim()
    {
        using Pod pod = new(cri, "csrun-shim");
        _ = pod.Start("one", "exec sleep 1000");
        _ = pod.Start("two", "exec sleep 1000");
        string shims = cri.Run("sh", "-c", "ps -eo args | grep '^[^ ]*containerd-shim'").Ok().Stdout;
        shims.Split('\n', System.StringSplitOptions.RemoveEmptyEntries).Should().ContainSingle()
            .Which.Should().Contain(pod.Id);
    }

    [RootTheory]
    [InlineData("csrun")]
    [InlineData("csrun-shim")]
    public void Pods_outlive_containerd(string handler)
    {
        using Pod pod = new(cri, handler);
        string lives = pod.Start("lives", "exec sleep 1000");
        string ends = pod.Start("ends", "trap 'exit 6' TERM; while :; do sleep 0.05; done");

        // A containerd that is killed while it notes an end does not know the exit code later.
        cri.Replace(() => cri.Run("sh", "-c", "while pkill -f '[e]xit 6'; do sleep 0.05; done").Ok());
        pod.State().Should().Be(PodSandboxState.SandboxReady);
        pod.Wait(ends).Should().Be("Error 6");
        pod.Execute(lives, "echo", "still").Stdout.ToStringUtf8().Should().Be("still\n");
    }
}
