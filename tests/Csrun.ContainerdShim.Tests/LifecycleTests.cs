using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Ttrpc;

namespace Csrun.ContainerdShim.Tests;

/// <summary>Containers from Create to Delete: states, codes, exit statuses, the order of events.</summary>
public sealed class LifecycleTests : ShimTest
{
    private const long GoZero = -62135596800;

    [RootFact]
    public void A_container_s_life_is_told_in_order()
    {
        ShimUnderTest shim = Running("exit 7");
        WaitResponse wait = shim.Wait("c1");
        StateResponse state = shim.StateOf("c1");
        DeleteResponse delete = shim.Delete("c1");

        wait.ExitStatus.Should().Be(7);
        (state.Status, state.ExitStatus, state.ExitedAt)
            .Should().Be((Csrun.Shim.Messages.Types.Status.Stopped, 7u, wait.ExitedAt));
        (delete.Pid, delete.ExitStatus, delete.ExitedAt).Should().Be((state.Pid, 7u, wait.ExitedAt));
        shim.Containerd.Await(4).Should().Equal("create", "start", "exit c1 7", "delete 7");
        shim.Containerd.Envelopes.Should().OnlyContain(e => e.Namespace == shim.Namespace && e.Timestamp != null);
        shim.Shutdown();
        File.Exists(shim.Socket).Should().BeFalse();
    }

    [RootFact]
    public void Before_its_end_a_process_has_Go_s_zero_time()
    {
        ShimUnderTest shim = Created("exit 0");
        StateResponse state = shim.StateOf("c1");
        (state.Status, state.ExitedAt.Seconds, state.Id, state.Bundle)
            .Should().Be((Csrun.Shim.Messages.Types.Status.Created, GoZero, "c1", shim.BundleOf("c1")));
        state.Pid.Should().NotBe(0u);
    }

    [RootTheory]
    [InlineData("kill -TERM $$", 143u)]
    [InlineData("kill -KILL $$", 137u)]
    [InlineData("exit 255", 255u)]
    public void The_exit_status_is_as_a_shell_tells_it(string script, uint status)
    {
        ShimUnderTest shim = Created("true", bundle => bundle.WithoutNamespace("pid"));
        _ = shim.StartProcess("c1");
        shim.Wait("c1").ExitStatus.Should().Be(0);
        ShimUnderTest second = Created(script, bundle => bundle.WithoutNamespace("pid"));
        _ = second.StartProcess("c1");
        second.Wait("c1").ExitStatus.Should().Be(status);
    }

    [RootFact]
    public void A_failed_create_is_told_in_the_runtime_s_words_and_by_no_event()
    {
        ShimUnderTest shim = NewShim();
        Bundle bundle = shim.NewBundle("c1").Args("/bin/nosuch");
        bundle.Save();
        shim.Start("c1");
        Action create = () => shim.Create(bundle);

        ShimCallException refusal = create.Should().Throw<ShimCallException>().Which;
        refusal.Code.Should().Be(2);
        refusal.Text.Should().StartWith("OCI runtime create failed: ").And.Contain("/bin/nosuch")
            .And.Contain("no such file or directory");
        shim.Client.Refusal("Delete", new DeleteRequest { Id = "c1" }).Code.Should().Be(5);
        shim.Containerd.Events.Should().BeEmpty();
        shim.Shutdown();
    }

    [RootFact]
    public void A_second_create_of_an_id_is_refused_and_the_first_lives_on()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        CreateTaskRequest again = new() { Id = "c1", Bundle = shim.BundleOf("c1") };
        shim.Client.Refusal("Create", again).Code.Should().Be(6);
        shim.StateOf("c1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Running);
        shim.Kill("c1", 9);
        shim.Wait("c1").ExitStatus.Should().Be(137);
    }

    [RootFact]
    public void Unknown_ids_and_methods_have_their_codes()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        ShimClient client = shim.Client;
        client.Refusal("State", new StateRequest { Id = "x" })
            .Should().BeEquivalentTo(new { Code = 5, Text = "container not created: not found" });
        client.Refusal("State", new StateRequest { Id = "c1", ExecId = "e" }).Text
            .Should().Be("process does not exist e: not found");
        client.Refusal("Nosuch", new StateRequest()).Should().BeEquivalentTo(new { Code = 12, Text = "method Nosuch" });
        client.Call<ConnectResponse>("Connect", new ConnectRequest { Id = "x" }).TaskPid.Should().Be(0);
        client.Service = "containerd.nosuch.v1.X";
        client.Refusal("State", new StateRequest())
            .Should().BeEquivalentTo(new { Code = 12, Text = "service containerd.nosuch.v1.X" });
        client.Service = "containerd.task.v3.Task";
        shim.StateOf("c1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Running);
    }

    [RootFact]
    public void What_the_state_does_not_allow_is_refused_in_the_reference_s_words()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        ShimClient client = shim.Client;
        client.Refusal("Start", new StartRequest { Id = "c1" }).Text.Should().Be("cannot start a running process");
        client.Refusal("Delete", new DeleteRequest { Id = "c1" }).Text.Should().Be("cannot delete a running process");
        client.Refusal("Resume", new ResumeRequest { Id = "c1" }).Text.Should().Be("cannot resume a running process");
        client.Call("Pause", new PauseRequest { Id = "c1" });
        shim.StateOf("c1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Paused);
        client.Refusal("Pause", new PauseRequest { Id = "c1" }).Text.Should().Be("cannot pause a paused container");
        client.Refusal("Exec", new ExecProcessRequest { Id = "c1", ExecId = "e" }).Text
            .Should().Be("cannot exec in a paused state");
        client.Call("Resume", new ResumeRequest { Id = "c1" });
        shim.Kill("c1", 9);
        _ = shim.Wait("c1");
        client.Refusal("Start", new StartRequest { Id = "c1" }).Text.Should().Be("cannot start a stopped process");
        client.Refusal("Pause", new PauseRequest { Id = "c1" }).Text.Should().Be("cannot pause a stopped container");
        client.Refusal("Update", new UpdateTaskRequest { Id = "c1" }).Text
            .Should().Be("cannot update a stopped container");
        client.Refusal("Kill", new KillRequest { Id = "c1", Signal = 9 })
            .Should().BeEquivalentTo(new { Code = 5, Text = "process already finished: not found" });
    }

    [RootFact]
    public void A_paused_container_can_be_killed()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Client.Call("Pause", new PauseRequest { Id = "c1" });
        shim.Kill("c1", 9);
        shim.Wait("c1").ExitStatus.Should().Be(137);
        shim.Containerd.Await(4).Should().Equal("create", "start", "paused", "exit c1 137");
    }

    [RootFact]
    public void A_created_container_is_ended_and_deleted()
    {
        ShimUnderTest shim = Created("exit 0");
        shim.Delete("c1").ExitStatus.Should().Be(137);
        shim.Containerd.Await(3).Should().Equal("create", "exit c1 137", "delete 137");
    }

    [RootFact]
    public void A_delete_may_be_repeated()
    {
        ShimUnderTest shim = Running("exit 3");
        _ = shim.Wait("c1");
        shim.Delete("c1").Should().Be(shim.Delete("c1"));
        shim.Containerd.Await(4).Should().Equal("create", "start", "exit c1 3", "delete 3");
    }

    [RootFact]
    public void Shutdown_waits_for_the_last_container()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Client.Call("Shutdown", new ShutdownRequest());
        shim.StateOf("c1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Running);
        shim.Kill("c1", 9);
        _ = shim.Wait("c1");
        _ = shim.Delete("c1");
        shim.Shutdown();
    }

    [RootFact]
    public void Many_waits_are_answered_and_outlive_nobody_s_connection()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        using (ShimClient gone = shim.Connect())
        {
            _ = gone.Begin("Wait", new WaitRequest { Id = "c1" });
        }

        List<Task<Response>> waits =
            [.. Enumerable.Range(0, 1000).Select(_ => shim.Client.Begin("Wait", new WaitRequest { Id = "c1" }))];
        shim.Kill("c1", 15);
        shim.Kill("c1", 9);
        waits.Select(wait => ShimClient.Answer<WaitResponse>(wait).ExitStatus)
            .Should().OnlyContain(status => status == 137);
    }

    [RootFact]
    public void A_wait_with_a_time_limit_ends_with_its_code()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        Task<Response> wait = shim.Client.Begin("Wait", new WaitRequest { Id = "c1" }, TimeSpan.FromMilliseconds(50));
        Action answer = () => ShimClient.Answer<WaitResponse>(wait);
        answer.Should().Throw<ShimCallException>().Which.Code.Should().Be(4);
    }

    [RootFact]
    public void Events_wait_for_containerd_and_come_in_order()
    {
        ShimUnderTest shim = Created("exit 5");
        shim.Containerd.Await("create");
        shim.Containerd.Stop();
        _ = shim.StartProcess("c1");
        _ = shim.Wait("c1");
        Thread.Sleep(1500);
        shim.Containerd.Start();
        shim.Containerd.Await(3).Should().Equal("create", "start", "exit c1 5");
        shim.StateOf("c1").ExitStatus.Should().Be(5);
    }

    [RootFact]
    public void Pids_of_a_stopped_container_are_not_an_empty_list()
    {
        ShimUnderTest shim = Running("exit 0");
        _ = shim.Wait("c1");
        PidsResponse pids = shim.Client.Call<PidsResponse>("Pids", new PidsRequest { Id = "c1" });
        pids.Processes.Select(process => process.Pid).Should().Equal(shim.StateOf("c1").Pid);
    }

    [RootFact]
    public void With_the_host_s_processes_all_end_with_the_first()
    {
        ShimUnderTest shim = Running(
            "sleep 1000 & echo $! >/pid; exit 4", bundle => bundle.WritableRoot().WithoutNamespace("pid"));
        shim.Wait("c1").ExitStatus.Should().Be(4);
        string pid = File.ReadAllText(Path.Combine(shim.BundleOf("c1"), "rootfs", "pid")).Trim();
        SpinWait.SpinUntil(() => !Directory.Exists("/proc/" + pid), TimeSpan.FromSeconds(5)).Should().BeTrue();
    }

    [RootFact]
    public void Hooks_run_at_start_and_delete()
    {
        string trace = Path.Combine(Work, "trace");
        string hooks = $$"""
            {"poststart": [{"path": "/bin/sh", "args": ["sh", "-c", "echo poststart >>{{trace}}"]}],
             "poststop": [{"path": "/bin/sh", "args": ["sh", "-c", "echo poststop >>{{trace}}"]}]}
            """;
        ShimUnderTest shim = Running(
            "exit 0", bundle => bundle.Config["hooks"] = System.Text.Json.Nodes.JsonNode.Parse(hooks));
        shim.Wait("c1").ExitStatus.Should().Be(0);
        _ = shim.Delete("c1");
        File.ReadAllLines(trace).Should().Equal("poststart", "poststop");
        shim.Containerd.Await(4).Should().Equal("create", "start", "exit c1 0", "delete 0");
    }
}
