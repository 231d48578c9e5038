using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Ttrpc;

namespace Csrun.ContainerdShim.Tests;

/// <summary>Further processes in a container.</summary>
public sealed class ExecTests : ShimTest
{
    [RootFact]
    public void An_exec_s_life_is_told_in_order()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Exec("c1", "e1", "exit 9");
        StateResponse before = shim.StateOf("c1", "e1");
        uint pid = shim.StartProcess("c1", "e1");
        shim.Wait("c1", "e1").ExitStatus.Should().Be(9);
        DeleteResponse delete = shim.Delete("c1", "e1");

        (before.Id, before.Pid, before.Status).Should().Be(("e1", 0u, Csrun.Shim.Messages.Types.Status.Created));
        (delete.Pid, delete.ExitStatus).Should().Be((pid, 9u));
        shim.Containerd.Await(5).Should().Equal("create", "start", "exec-added e1", "exec-started e1", "exit e1 9");
        File.Exists(Path.Combine(shim.BundleOf("c1"), "e1.pid")).Should().BeFalse();
    }

    [RootFact]
    public void An_id_is_free_again_after_its_deletion()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Exec("c1", "e1", "exit 0");
        shim.Client.Refusal("Exec", new ExecProcessRequest { Id = "c1", ExecId = "e1" })
            .Should().BeEquivalentTo(new { Code = 6, Text = "id e1: already exists" });
        _ = shim.StartProcess("c1", "e1");
        _ = shim.Wait("c1", "e1");
        _ = shim.Delete("c1", "e1");
        shim.Exec("c1", "e1", "exit 1");
        _ = shim.StartProcess("c1", "e1");
        shim.Wait("c1", "e1").ExitStatus.Should().Be(1);
    }

    [RootFact]
    public void A_failed_start_leaves_it_created_and_deletable()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        ExecProcessRequest request = new()
        {
            Id = "c1",
            ExecId = "e1",
            Spec = new Google.Protobuf.WellKnownTypes.Any
            {
                Value = Google.Protobuf.ByteString.CopyFromUtf8(
                    """{"args":["/bin/nosuch"],"cwd":"/","user":{"uid":0,"gid":0}}"""),
            },
        };
        shim.Client.Call("Exec", request);
        ShimCallException refusal = shim.Client.Refusal("Start", new StartRequest { Id = "c1", ExecId = "e1" });
        refusal.Code.Should().Be(2);
        refusal.Text.Should().StartWith("OCI runtime exec failed: ").And.Contain("no such file or directory");
        shim.Wait("c1", "e1").ExitStatus.Should().Be(0);
        shim.StateOf("c1", "e1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Created);
        shim.Delete("c1", "e1").Pid.Should().Be(0);
        shim.Containerd.Await(3).Should().Equal("create", "start", "exec-added e1");
    }

    [RootFact]
    public void Kills_have_the_reference_s_codes()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Exec("c1", "e1", "exec sleep 100");
        shim.Client.Refusal("Kill", new KillRequest { Id = "c1", ExecId = "e1", Signal = 9 })
            .Should().BeEquivalentTo(new { Code = 9, Text = "process not created: failed precondition" });
        _ = shim.StartProcess("c1", "e1");
        shim.Kill("c1", 0, "e1");
        shim.Kill("c1", 15, "e1");
        shim.Wait("c1", "e1").ExitStatus.Should().Be(143);
        shim.Client.Refusal("Kill", new KillRequest { Id = "c1", ExecId = "e1", Signal = 9 }).Code.Should().Be(5);
    }

    [RootFact]
    public void All_execs_end_before_the_first_process()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        for (int i = 0; i < 8; i++)
        {
            shim.Exec("c1", "e" + i, "exec sleep 100");
            _ = shim.StartProcess("c1", "e" + i);
        }

        shim.Kill("c1", 9);
        shim.Wait("c1").ExitStatus.Should().Be(137);
        IReadOnlyList<string> events = shim.Containerd.Await(2 + 16 + 9);
        IReadOnlyList<string> exits = [.. events.Where(e => e.StartsWith("exit", StringComparison.Ordinal))];
        exits.Should().HaveCount(9);
        exits[^1].Should().Be("exit c1 137");
    }

    [RootFact]
    public void No_exit_is_lost_or_told_twice_with_many_at_once()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        const int Count = 100;
        List<Task<Response>> starts = [];
        for (int i = 0; i < Count; i++)
        {
            shim.Exec("c1", "e" + i, "exit " + (i % 7));
            starts.Add(shim.Client.Begin("Start", new StartRequest { Id = "c1", ExecId = "e" + i }));
        }

        for (int i = 0; i < Count; i++)
        {
            ShimClient.Answer<StartResponse>(starts[i]).Pid.Should().NotBe(0u);
            shim.Wait("c1", "e" + i).ExitStatus.Should().Be((uint)(i % 7));
            _ = shim.Delete("c1", "e" + i);
        }

        IReadOnlyList<string> events = shim.Containerd.Await(2 + (3 * Count));
        for (int i = 0; i < Count; i++)
        {
            events.Where(e => e.EndsWith($" e{i}", StringComparison.Ordinal)
                || e.StartsWith($"exit e{i} ", StringComparison.Ordinal))
                .Should().Equal("exec-added e" + i, "exec-started e" + i, $"exit e{i} {i % 7}");
        }
    }

    [RootFact]
    public void An_exec_after_the_end_is_refused()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Exec("c1", "e1", "exit 0");
        shim.Kill("c1", 9);
        _ = shim.Wait("c1");
        shim.Client.Refusal("Start", new StartRequest { Id = "c1", ExecId = "e1" })
            .Should().BeEquivalentTo(
                new { Code = 9, Text = "container c1 init process is not running: failed precondition" });
        shim.Client.Refusal("Exec", new ExecProcessRequest { Id = "c1", ExecId = "e2" }).Text
            .Should().Be("cannot exec in a stopped state");
    }

    [RootFact]
    public void Pids_tell_which_process_is_which_exec()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Exec("c1", "e1", "exec sleep 100");
        uint exec = shim.StartProcess("c1", "e1");
        PidsResponse pids = shim.Client.Call<PidsResponse>("Pids", new PidsRequest { Id = "c1" });

        pids.Processes.Single(process => process.Pid == exec).Info.TypeUrl
            .Should().Be("containerd.runc.v1.ProcessDetails");
        ProcessDetails.Parser.ParseFrom(pids.Processes.Single(process => process.Pid == exec).Info.Value).ExecId
            .Should().Be("e1");
        pids.Processes.Single(process => process.Pid == shim.StateOf("c1").Pid).Info.Should().BeNull();
    }
}
