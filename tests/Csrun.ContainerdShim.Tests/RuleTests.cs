using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Ttrpc;
using Csrun.Testing.Outside;
using Google.Protobuf;
using Mono.Unix.Native;

namespace Csrun.ContainerdShim.Tests;

/// <summary>
/// Mistakes that other shims made, which no other class's tests show; each names containerd's issue.
/// </summary>
public sealed class RuleTests : ShimTest
{
    /// <summary>10589, 10603, 10651.</summary>
    [RootFact]
    public void The_end_is_told_though_execs_were_being_started()
    {
        for (int round = 0; round < 5; round++)
        {
            ShimUnderTest shim = Running("exec sleep 100");
            List<Task<Response>> starts = [];
            for (int i = 0; i < 10; i++)
            {
                shim.Exec("c1", "e" + i, "exec sleep 100");
                starts.Add(shim.Client.Begin("Start", new StartRequest { Id = "c1", ExecId = "e" + i }));
            }

            Thread.Sleep(round * 3);
            shim.Kill("c1", 9);
            shim.Wait("c1").ExitStatus.Should().Be(137);
            Task.WaitAll([.. starts], TimeSpan.FromSeconds(20)).Should().BeTrue();
            int started = starts.Count(start => start.Result.Status is null);
            shim.Containerd.Await("exit c1 137");
            shim.Containerd.Events.Count(e => e.StartsWith("exit e", StringComparison.Ordinal)).Should().Be(started);
            shim.Containerd.Events[^1].Should().Be("exit c1 137");
        }
    }

    /// <summary>13653, 13814, 13849, 6771.</summary>
    [RootFact]
    public void Ends_while_containerd_is_away_are_all_told_later()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Containerd.Await("start");
        shim.Containerd.Stop();
        for (int i = 0; i < 50; i++)
        {
            shim.Exec("c1", "e" + i, "exit 1");
            _ = shim.StartProcess("c1", "e" + i);
            shim.Wait("c1", "e" + i).ExitStatus.Should().Be(1);
        }

        shim.Containerd.Start();
        IReadOnlyList<string> events = shim.Containerd.Await(152);
        events.Skip(2).Should().Equal(Enumerable.Range(0, 50).SelectMany(
            i => new[] { $"exec-added e{i}", $"exec-started e{i}", $"exit e{i} 1" }));
    }

    /// <summary>2709, 7717.</summary>
    [RootFact]
    public void No_zombie_stays_behind()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        List<Task<Response>> starts = [];
        for (int i = 0; i < 50; i++)
        {
            shim.Exec("c1", "e" + i, "sleep 0.01 & exit 0");
            starts.Add(shim.Client.Begin("Start", new StartRequest { Id = "c1", ExecId = "e" + i }));
        }

        Task.WaitAll([.. starts], TimeSpan.FromSeconds(30)).Should().BeTrue();
        for (int i = 0; i < 50; i++)
        {
            _ = shim.Wait("c1", "e" + i);
        }

        SpinWait.SpinUntil(
            () => Processes.All().Count(process => process.Parent == shim.Pid) == 1, TimeSpan.FromSeconds(5))
            .Should().BeTrue();
    }

    /// <summary>8557, 14081.</summary>
    [RootFact]
    public void A_slow_create_holds_up_nobody_else()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        string release = shim.NewFifo();
        Bundle slow = shim.NewBundle("c2").Sh("true");
        slow.Config["hooks"] = JsonNode.Parse($$"""
            {"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", "read line <{{release}}"], "timeout": 60}]}
            """);
        slow.Save();
        CreateTaskRequest request = new() { Id = "c2", Bundle = slow.Path, Options = shim.RuncOptions() };
        Task<Response> create = shim.Client.Begin("Create", request);
        _ = shim.StateOf("c1");
        _ = shim.Client.Call<StatsResponse>("Stats", new StatsRequest { Id = "c1" });
        shim.Exec("c1", "e1", "exit 2");
        _ = shim.StartProcess("c1", "e1");
        shim.Wait("c1", "e1").ExitStatus.Should().Be(2);

        create.IsCompleted.Should().BeFalse("its hook waits");
        Task.Run(() => File.WriteAllText(release, "go\n")).Wait(TimeSpan.FromSeconds(20))
            .Should().BeTrue("the hook reads it");
        ShimClient.Answer<CreateTaskResponse>(create).Pid.Should().NotBe(0u);
        _ = shim.Delete("c2");
    }

    /// <summary>What works on a container by hand holds up the calls that must wait for it, and no other.</summary>
    [RootFact]
    public void A_lock_on_a_container_holds_up_nobody_else()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        string release = Path.Combine(Work, "release");
        Programs.Run("mkfifo", release);
        string directory = Path.Combine(shim.State, shim.Namespace, "c1");
        Task<RunResult> holder = Task.Run(() =>
            Programs.Run("flock", directory, "sh", "-c", $"echo >{release}; read line <{release}"));
        _ = File.ReadAllText(release);
        Task<Response> pause = shim.Client.Begin("Pause", new PauseRequest { Id = "c1" });
        shim.StateOf("c1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Running);
        shim.Kill("c1", 9);
        shim.Wait("c1").ExitStatus.Should().Be(137);
        Task<Response> delete = shim.Client.Begin("Delete", new DeleteRequest { Id = "c1" });
        Action answer = () => ShimClient.Answer<Google.Protobuf.WellKnownTypes.Empty>(pause);
        answer.Should().Throw<ShimCallException>().Which.Text.Should().Be("cannot pause a stopped container");
        shim.StateOf("c1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Stopped);
        delete.IsCompleted.Should().BeFalse("somebody has the lock");
        File.WriteAllText(release, "go\n");
        ShimClient.Answer<DeleteResponse>(delete).ExitStatus.Should().Be(137);
        holder.Result.Ok();
        Directory.Exists(directory).Should().BeFalse();
    }

    /// <summary>A server that waits for containerd before it ends sleeps as well as one that serves.</summary>
    [RootFact]
    public void A_server_that_is_ending_does_not_spin()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        shim.Containerd.Await("start");
        shim.Containerd.Stop();
        shim.Kill("c1", 9);
        _ = shim.Wait("c1");
        _ = Syscall.kill(shim.Pid, Signum.SIGTERM);
        Thread.Sleep(2000);
        string[] fields = File.ReadAllText($"/proc/{shim.Pid}/stat").Split(')')[1].Split(' ');
        int ticks = int.Parse(fields[12]) + int.Parse(fields[13]);
        ticks.Should().BeLessThan(50, "in hundredths of a second, of two that passed");
        shim.Containerd.Start();
        shim.AwaitEnd();
    }

    /// <summary>gvisor 14428.</summary>
    [RootFact]
    public void A_created_container_with_streams_is_deleted_at_once()
    {
        ShimUnderTest shim = Created("true", io: (s, request) =>
        {
            request.Stdin = s.NewFifo();
            request.Stdout = s.NewFifo();
            request.Stderr = s.NewFifo();
        });
        Stopwatch clock = Stopwatch.StartNew();
        _ = shim.Delete("c1");
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(1.5));
    }

    /// <summary>6860.</summary>
    [RootFact]
    public void A_shim_whose_create_never_came_answers_and_goes()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        shim.Start("c1");
        shim.Client.Refusal("Pids", new PidsRequest { Id = "c1" }).Code.Should().Be(5);
        shim.Client.Refusal("Delete", new DeleteRequest { Id = "c1" }).Code.Should().Be(5);
        shim.Shutdown();
    }

    /// <summary>2439, nerdctl 2551.</summary>
    [RootFact]
    public void CloseIO_before_the_start_keeps_what_was_written()
    {
        string file = Path.Combine(Work, "out");
        string stdin = "";
        ShimUnderTest shim = Created("exec cat", io: (s, request) =>
        {
            request.Stdin = stdin = s.NewFifo();
            request.Stdout = "file://" + file;
        });
        File.WriteAllText(stdin, "written before\n");
        shim.Client.Call("CloseIO", new CloseIORequest { Id = "c1", Stdin = true });
        _ = shim.StartProcess("c1");
        shim.Wait("c1").ExitStatus.Should().Be(0);
        _ = shim.Delete("c1");
        File.ReadAllText(file).Should().Be("written before\n");
    }

    /// <summary>ttrpc 72.</summary>
    [RootFact]
    public void A_client_that_sends_and_does_not_read_gets_all_answers_later()
    {
        const int Calls = 5000;
        ShimUnderTest shim = Running("exec sleep 100");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(shim.Socket));
        using NetworkStream stream = new(socket);
        byte[] body = new Request
        {
            Service = "containerd.task.v2.Task",
            Method = "State",
            Payload = new StateRequest { Id = "c1" }.ToByteString(),
        }.ToByteArray();
        for (uint i = 0; i < Calls; i++)
        {
            byte[] header = new byte[10];
            BinaryPrimitives.WriteInt32BigEndian(header, body.Length);
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), (2 * i) + 1);
            header[8] = 1;
            stream.Write([.. header, .. body]);
        }

        for (uint i = 0; i < Calls; i++)
        {
            byte[] header = ShimClient.ReadExactly(stream, 10);
            BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)).Should().Be((2 * i) + 1);
            _ = ShimClient.ReadExactly(stream, BinaryPrimitives.ReadInt32BigEndian(header));
        }
    }

    /// <summary>3481, 6834.</summary>
    [RootFact]
    public void The_server_keeps_no_descriptor_it_was_started_with()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        string canary = Path.Combine(Work, "inherited");
        File.WriteAllText(canary, "");
        RunResult result = Programs.Run(
            new RunOptions { WorkingDirectory = shim.BundleOf("c1") },
            "/bin/bash",
            "-c",
            $"exec 3<{canary} 7<{canary}; "
                + $"exec {shim.Binary} -namespace {shim.Namespace} -address {shim.GrpcAddress} -id c1 start").Ok();
        shim.Adopt(result.Stdout);
        Directory.GetFiles($"/proc/{shim.Pid}/fd").Select(fd => new FileInfo(fd).LinkTarget)
            .Should().NotContain(canary);
    }

    /// <summary>A peer of another user or group (1.5).</summary>
    [RootFact]
    public void Another_group_is_refused()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        string script =
            "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); sys.exit(len(s.recv(1)))";
        Programs.Run("setpriv", "--regid", "1", "--clear-groups", "python3", "-c", script, shim.Socket);
        shim.StateOf("c1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Running);
    }

    /// <summary>1.9: SIGTERM ends the server, and the delete action its containers.</summary>
    [RootFact]
    public void Signals_that_end_a_server_leave_its_containers_to_the_delete_action()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        foreach (Signum harmless in new[] { Signum.SIGUSR1, Signum.SIGPIPE, Signum.SIGHUP })
        {
            _ = Syscall.kill(shim.Pid, harmless);
        }

        uint pid = shim.StateOf("c1").Pid;
        _ = Syscall.kill(shim.Pid, Signum.SIGTERM);
        shim.AwaitEnd();
        Directory.Exists("/proc/" + pid).Should().BeTrue();
        DeleteResponse response = DeleteResponse.Parser.ParseFrom(
            shim.RunActionForMessage("c1", "delete", null, "-bundle", shim.BundleOf("c1")));
        response.Pid.Should().Be(pid);
    }

    /// <summary>2.3 on the wire: too much is refused, and the connection goes on.</summary>
    [RootFact]
    public void A_message_over_the_limit_is_refused()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        UpdateTaskRequest request = new()
        {
            Id = "c1",
            Resources = new Google.Protobuf.WellKnownTypes.Any { Value = ByteString.CopyFrom(new byte[4 << 20]) },
        };
        shim.Client.Refusal("Update", request).Code.Should().Be(8);
        shim.StateOf("c1").Status.Should().Be(Csrun.Shim.Messages.Types.Status.Running);
    }

    /// <summary>io_uid and io_gid: the container's root may open its streams again.</summary>
    [RootFact]
    public void Pipes_belong_to_whom_the_options_say()
    {
        string file = Path.Combine(Work, "out");
        ShimUnderTest shim = Running(
            "echo again >/proc/self/fd/1",
            bundle => bundle.User(1000, 1000),
            (s, request) =>
            {
                request.Stdout = "file://" + file;
                request.Options = s.RuncOptions(options => (options.IoUid, options.IoGid) = (1000, 1000));
            });
        shim.Wait("c1").ExitStatus.Should().Be(0);
        _ = shim.Delete("c1");
        File.ReadAllText(file).Should().Be("again\n");
    }
}
