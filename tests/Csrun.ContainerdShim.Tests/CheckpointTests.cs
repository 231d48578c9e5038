using System;
using System.IO;
using System.Threading.Tasks;
using Csrun.Shim.Messages.Events;
using Csrun.Shim.Messages.Options;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Ttrpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Status = Csrun.Shim.Messages.Types.Status;

namespace Csrun.ContainerdShim.Tests;

/// <summary>
/// Checkpoint, and Create with saved processes, with a criu that only says what it was asked (scripts/criu.py); the
/// real one works in the guest (containerd.job.sh).
/// </summary>
public sealed class CheckpointTests : ShimTest
{
    private string Images => Path.Combine(Work, "images");

    private string Criu => Path.Combine(Work, "criu-bin");

    [RootFact]
    public void Without_options_the_container_goes_on()
    {
        ShimUnderTest shim = Begun();
        shim.Client.Call("Checkpoint", Request());
        Asked().Should().Contain(["images=" + Images, "3=1", "34=3"])
            .And.Contain("work=" + shim.BundleOf("c1") + "/work/criu-work")
            .And.NotContain(["4=1", "5=1", "7=1", "8=1"]);
        Directory.Exists(shim.BundleOf("c1") + "/work/criu-work").Should().BeFalse("nobody asked for it");
        shim.StateOf("c1").Status.Should().Be(Status.Running);
        shim.Containerd.Await("checkpointed");
        TaskCheckpointed message = TaskCheckpointed.Parser.ParseFrom(shim.Containerd.Envelopes[^1].Event.Value);
        (message.ContainerId, message.Checkpoint).Should().Be(("c1", Images));
    }

    [RootFact]
    public void Each_option_becomes_criu_s()
    {
        ShimUnderTest shim = Begun();
        string work = Path.Combine(Work, "criu-work");
        shim.Client.Call("Checkpoint", Request(new CheckpointOptions
        {
            OpenTcp = true,
            ExternalUnixSockets = true,
            Terminal = true,
            FileLocks = true,
            EmptyNamespaces = { "network" },
            CgroupsMode = "full",
            ImagePath = "/nowhere",
            WorkPath = work,
        }));
        Asked().Should().Contain(
            ["images=" + Images, "work=" + work, "3=1", "4=1", "5=1", "7=1", "8=1", "34=4", "38=1073741824"]);
        Directory.Exists(work).Should().BeTrue("it is the client's");
    }

    [RootFact]
    public void The_end_of_one_that_is_saved_is_told_after_that()
    {
        ShimUnderTest shim = Begun();
        string wait = Path.Combine(Criu, "wait");
        File.WriteAllText(wait, "");
        Task<Response> checkpoint = shim.Client.Begin("Checkpoint", Request(new CheckpointOptions { Exit = true }));
        Task<Response> second = shim.Client.Begin("Checkpoint", Request());
        Eventually(() => File.Exists(Path.Combine(Criu, "asked")));
        shim.StateOf("c1").Status.Should().Be(Status.Running);
        File.Delete(wait);
        _ = ShimClient.Answer<Empty>(checkpoint);
        shim.Wait("c1").ExitStatus.Should().Be(137);
        Action answer = () => ShimClient.Answer<Empty>(second);
        answer.Should().Throw<ShimCallException>().Which.Text.Should().Be("cannot checkpoint a stopped container");
        shim.Delete("c1").ExitStatus.Should().Be(137);
        shim.Containerd.Await("delete 137");
        shim.Containerd.Events.Should().Equal("create", "start", "checkpointed", "exit c1 137", "delete 137");
        Directory.Exists(Path.Combine(shim.State, shim.Namespace, "c1")).Should().BeFalse();
    }

    [RootFact]
    public void A_failure_is_criu_s_and_lets_the_container_go_on()
    {
        ShimUnderTest shim = Begun();
        File.WriteAllText(Path.Combine(Criu, "fail"), "");
        ShimCallException refusal = shim.Client.Refusal("Checkpoint", Request(new CheckpointOptions { Exit = true }));
        string log = Path.Combine(shim.BundleOf("c1"), "criu-dump.log");
        refusal.Code.Should().Be(2);
        refusal.Text.Should().Be(
            "OCI runtime checkpoint failed: checkpoint c1: criu failed: "
            + "type DUMP errno 95 (operation not supported): no luck; "
            + $"(00.000002) Error (criu/fake.c:1): nothing works here; path= {log}");
        File.ReadAllLines(log).Should().HaveCount(2);
        Directory.Exists(shim.BundleOf("c1") + "/work/criu-work").Should().BeFalse();
        shim.StateOf("c1").Status.Should().Be(Status.Running);

        File.Delete(Path.Combine(Criu, "criu"));
        shim.Client.Refusal("Checkpoint", Request()).Text.Should().StartWith(
            "OCI runtime checkpoint failed: checkpoint c1: find criu: no such file or directory")
            .And.NotContain("path=");
    }

    [RootFact]
    public void What_does_not_run_is_not_saved()
    {
        ShimUnderTest shim = Created("exec sleep 100");
        shim.Client.Refusal("Checkpoint", Request()).Text.Should().Be("cannot checkpoint a task in created state");
        CheckpointTaskRequest unknown = Request();
        unknown.Options = new Any { TypeUrl = "some.Options" };
        shim.Client.Refusal("Checkpoint", unknown).Code.Should().Be(3);
        shim.Kill("c1", 9);
        _ = shim.Wait("c1");
        shim.Client.Refusal("Checkpoint", Request()).Text.Should().Be("cannot checkpoint a stopped container");
        shim.Client.Refusal("Checkpoint", new CheckpointTaskRequest { Id = "c2" }).Code.Should().Be(5);
    }

    [RootFact]
    public void What_was_saved_goes_on_at_the_start()
    {
        ShimUnderTest shim = Saved();
        string stdin = "";
        string file = Path.Combine(Work, "out");
        CreateTaskResponse created = CreateSaved(shim, request =>
        {
            request.Stdin = stdin = shim.NewFifo();
            request.Stdout = "file://" + file;
        });
        created.Pid.Should().Be(0u);
        shim.StateOf("c2").Status.Should().Be(Status.Created);
        shim.StateOf("c2").Pid.Should().Be(0u);
        Action exec = () => shim.Exec("c2", "e1", "true");
        exec.Should().Throw<ShimCallException>().Which.Text.Should().Be("cannot exec in a created state");
        shim.Client.Refusal("Kill", new KillRequest { Id = "c2", Signal = 9 }).Code.Should().Be(5);

        uint pid = shim.StartProcess("c2");
        Asked().Should().Contain(["images=" + Images, "work=" + shim.BundleOf("c2") + "/work", "26=1"]);
        (shim.StateOf("c2").Pid, shim.StateOf("c2").Status).Should().Be((pid, Status.Running));
        File.ReadAllText($"/proc/{pid}/cgroup").Should().Contain($"/{shim.Namespace}/c2");
        File.WriteAllText(stdin, "a line\n");
        shim.Wait("c2").ExitStatus.Should().Be(7);
        shim.Delete("c2").Pid.Should().Be(pid);
        File.ReadAllText(file).Should().Be("goes on\nread a line\n");
        shim.Containerd.Await("delete 7");
        shim.Containerd.Events.Should().Equal(
            "create", "start", "checkpointed", "exit c1 137", "create", "start", "exit c2 7", "delete 7");
        TaskCreate.Parser.ParseFrom(shim.Containerd.Envelopes[4].Event.Value).Checkpoint.Should().Be(Images);
    }

    [RootFact]
    public void A_failed_restore_leaves_nothing_and_may_be_tried_again()
    {
        ShimUnderTest shim = Saved();
        string work = Path.Combine(Work, "restore-work");
        string file = Path.Combine(Work, "out");
        _ = CreateSaved(shim, request =>
        {
            request.Stdout = "file://" + file;
            request.Options = shim.RuncOptions(options => options.CriuWorkPath = work);
        });
        File.WriteAllText(Path.Combine(Criu, "fail"), "");
        shim.Client.Refusal("Start", new StartRequest { Id = "c2" }).Text.Should().Be(
            "OCI runtime restore failed: restore c2: criu failed: "
            + "type RESTORE errno 95 (operation not supported): no luck; "
            + $"log file: {work}/restore.log; (00.000002) Error (criu/fake.c:1): nothing works here");
        Directory.Exists(Path.Combine(shim.State, shim.Namespace, "c2")).Should().BeFalse();
        shim.StateOf("c2").Status.Should().Be(Status.Created);

        File.Delete(Path.Combine(Criu, "fail"));
        _ = shim.StartProcess("c2");
        shim.Wait("c2").ExitStatus.Should().Be(7, "its input has ended");
        _ = shim.Delete("c2");
        File.ReadAllText(file).Should().StartWith("goes on\n");
    }

    [RootFact]
    public void What_was_never_restored_is_deleted()
    {
        ShimUnderTest shim = Saved();
        _ = CreateSaved(shim, request => request.Stdout = shim.NewFifo());
        Task<Response> wait = shim.Client.Begin("Wait", new WaitRequest { Id = "c2" });
        DeleteResponse response = shim.Delete("c2");
        (response.Pid, response.ExitStatus).Should().Be((0u, 0u));
        ShimClient.Answer<WaitResponse>(wait).ExitStatus.Should().Be(0u);
        shim.Client.Refusal("State", new StateRequest { Id = "c2" }).Code.Should().Be(5);
    }

    /// <summary>A kill must not end criu in the place of the process, nor say that there is none.</summary>
    [RootFact]
    public void A_kill_waits_for_the_restore()
    {
        ShimUnderTest shim = Saved();
        string stdin = "";
        _ = CreateSaved(shim, request => request.Stdin = stdin = shim.NewFifo());
        string wait = Path.Combine(Criu, "wait");
        File.WriteAllText(wait, "");
        Task<Response> start = shim.Client.Begin("Start", new StartRequest { Id = "c2" });
        Task<Response> kill = shim.Client.Begin("Kill", new KillRequest { Id = "c2", Signal = 9 });
        shim.StateOf("c2").Status.Should().Be(Status.Created);
        kill.IsCompleted.Should().BeFalse();
        File.Delete(wait);
        ShimClient.Answer<StartResponse>(start).Pid.Should().NotBe(0u);
        _ = ShimClient.Answer<Empty>(kill);
        shim.Wait("c2").ExitStatus.Should().Be(137);
    }

    private CheckpointTaskRequest Request(CheckpointOptions? options = null)
    {
        return new CheckpointTaskRequest
        {
            Id = "c1",
            Path = Images,
            Options = options is null ? null : new Any
            {
                TypeUrl = "containerd.runc.v1.CheckpointOptions",
                Value = options.ToByteString(),
            },
        };
    }

    private string[] Asked()
    {
        return File.ReadAllLines(Path.Combine(Criu, "asked"));
    }

    /// <summary>A shim that finds that criu, with a running container.</summary>
    private ShimUnderTest Begun()
    {
        string criu = Path.Combine(Criu, "criu");
        Directory.CreateDirectory(Criu);
        Programs.Run(
            "install", "-m", "0755", Repository.At("tests", "Csrun.ContainerdShim.Tests", "scripts", "criu.py"), criu);
        ShimUnderTest shim = NewShim();
        shim.FindsFirst(Criu);
        Bundle bundle = shim.NewBundle("c1").Sh("exec sleep 100").WritableRoot();
        bundle.Save();
        shim.Start("c1");
        _ = shim.Create(bundle);
        _ = shim.StartProcess("c1");
        return shim;
    }

    /// <summary>The same, with the container saved and ended.</summary>
    private ShimUnderTest Saved()
    {
        ShimUnderTest shim = Begun();
        shim.Client.Call("Checkpoint", Request(new CheckpointOptions { Exit = true }));
        _ = shim.Wait("c1");
        return shim;
    }

    private CreateTaskResponse CreateSaved(ShimUnderTest shim, Action<CreateTaskRequest> change)
    {
        Bundle bundle = shim.NewBundle("c2").Sh("exec sleep 100").WritableRoot();
        return shim.Create(bundle, request =>
        {
            request.Checkpoint = Images;
            change(request);
        });
    }

    private static void Eventually(Func<bool> condition)
    {
        System.Threading.SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)).Should().BeTrue();
    }
}
