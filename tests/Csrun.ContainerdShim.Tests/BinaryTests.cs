using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using Csrun.Shim.Messages.Bootstrap;
using Csrun.Shim.Messages.Task;
using Csrun.Shim.Messages.Types;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.ContainerdShim.Tests;

/// <summary>The executable itself: start, delete, -info, -v.</summary>
public sealed class BinaryTests : ShimTest
{
    [RootFact]
    public void Start_prints_the_address_and_nothing_else()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        RunResult result = shim.Start("c1");
        string key = $"{shim.GrpcAddress}/{shim.Namespace}/c1";
        string address = "unix:///run/containerd/s/"
            + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

        (result.Stdout, result.Stderr).Should().Be((address, ""));
        File.ReadAllText(Path.Combine(shim.BundleOf("c1"), "address")).Should().Be(address);
        result.OutputEnded.Should().BeTrue("the server keeps no end of start's pipes");
        Programs.Run("stat", "-c", "%a", shim.Socket).Stdout.Should().Be("600\n");
    }

    [RootFact]
    public void The_server_is_a_process_of_its_own()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        shim.Start("c1");
        string proc = $"/proc/{shim.Pid}";

        string[] stat = File.ReadAllText(proc + "/stat").Split(") ")[1].Split(' ');
        stat[2].Should().Be(shim.Pid.ToString(), "it leads a process group");
        File.ReadAllText(proc + "/comm").Should().Be("containerd-shim\n");
        File.ReadAllText(proc + "/oom_score_adj").Should().Be("1\n");
        Directory.GetDirectories(proc + "/task").Should().ContainSingle("it has one thread");
        new FileInfo(proc + "/fd/0").LinkTarget.Should().Be("/dev/null");
        new FileInfo(proc + "/cwd").LinkTarget.Should().Be(shim.BundleOf("c1"));
    }

    [RootFact]
    public void The_server_s_executable_cannot_be_written()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        shim.Start("c1");

        Action open = () => new FileStream($"/proc/{shim.Pid}/exe", FileMode.Open, FileAccess.Write).Dispose();
        open.Should().Throw<IOException>().WithMessage("*Read-only file system*");
    }

    [RootTheory]
    [InlineData("io.containerd.runc.v2.group")]
    [InlineData("io.kubernetes.cri.sandbox-id")]
    public void Containers_of_a_group_share_a_server(string label)
    {
        ShimUnderTest shim = NewShim();
        foreach (string id in new[] { "c1", "c2" })
        {
            Bundle bundle = shim.NewBundle(id);
            bundle.Config["annotations"] = new System.Text.Json.Nodes.JsonObject { [label] = "pod" };
            bundle.Save();
        }

        string first = shim.Start("c1").Stdout;
        string second = shim.RunAction("c2", "start").Ok().Stdout;

        second.Should().Be(first);
        string key = $"{shim.GrpcAddress}/{shim.Namespace}/pod";
        first.Should().EndWith("/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }

    [RootFact]
    public void A_socket_that_a_dead_server_left_is_replaced()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        string address = shim.Start("c1").Stdout;
        Mono.Unix.Native.Syscall.kill(shim.Pid, Mono.Unix.Native.Signum.SIGKILL);
        shim.AwaitEnd();
        int before = shim.Pid;

        shim.RunAction("c1", "start").Ok().Stdout.Should().Be(address);
        using ShimClient client = shim.Connect();
        int now = (int)client.Call<ConnectResponse>("Connect", new ConnectRequest { Id = "c1" }).ShimPid;
        now.Should().NotBe(before);
        client.Call("Shutdown", new ShutdownRequest());
        ShimUnderTest.AwaitEnd(now);
    }

    [RootFact]
    public void Start_without_a_namespace_fails()
    {
        ShimUnderTest shim = NewShim();
        RunResult result = Programs.Run(new RunOptions(), shim.Binary, "-id", "c1", "start");
        result.Exits(1).Stderr.Should().Contain("namespace cannot be empty");
    }

    [RootFact]
    public void Start_with_broken_options_fails_and_leaves_no_process()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        RunResult result = shim.RunAction("c1", "start", [0x0a, 0x7f, 0x01]);
        result.Exits(1).Stderr.Should().Contain("options");
    }

    [RootFact]
    public void Start_for_a_cgroup_that_is_not_there_fails_and_leaves_no_socket()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        Any options = shim.RuncOptions(o => o.ShimCgroup = "/no-such-cgroup-" + shim.Namespace);
        shim.RunAction("c1", "start", options.ToByteArray()).Exits(1).Stderr
            .Should().Contain("no such file or directory");
        string key = $"{shim.GrpcAddress}/{shim.Namespace}/c1";
        File.Exists("/run/containerd/s/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))))
            .Should().BeFalse();
    }

    [RootFact]
    public void Bootstrap_parameters_get_a_bootstrap_result()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        BootstrapParams parameters = new()
        {
            InstanceId = "c1",
            Namespace = shim.Namespace,
            LogLevel = LogLevel.Debug,
            ContainerdVersion = "2.3.4",
            ContainerdTtrpcAddress = shim.Containerd.Path,
            ContainerdGrpcAddress = shim.GrpcAddress,
            SocketDir = Path.Combine(Work, "s"),
        };
        BootstrapResult answer = BootstrapResult.Parser.ParseFrom(
            shim.RunActionForMessage("c1", "start", parameters.ToByteArray()));

        (answer.Version, answer.Protocol).Should().Be((3, "ttrpc"));
        answer.Address.Should().StartWith($"unix://{Work}/s/");
        using ShimClient client = new(answer.Address["unix://".Length..]) { Service = "containerd.task.v3.Task" };
        client.Call("Shutdown", new ShutdownRequest());
    }

    [RootFact]
    public void Info_describes_the_runtime()
    {
        ShimUnderTest shim = NewShim();
        string output = Path.Combine(Work, "info");
        Programs.Run("/bin/sh", "-c", $"exec {shim.Binary} -info >{output} </dev/null").Ok();
        RuntimeInfo info = RuntimeInfo.Parser.ParseFrom(File.ReadAllBytes(output));

        info.Name.Should().Be("io.containerd.csrun.v2");
        info.Features.TypeUrl.Should().Be("types.containerd.io/opencontainers/runtime-spec/1/features/Features");
        info.Features.Value.ToStringUtf8().Should().Be(Command("features").Ok().Stdout.TrimEnd());
    }

    [RootFact]
    public void Version_is_for_people()
    {
        Programs.Run(new RunOptions(), NewShim().Binary, "-v").Ok().Stdout.Should().Contain("Version:");
    }

    [RootFact]
    public void Delete_kills_what_a_dead_server_left()
    {
        ShimUnderTest shim = Running("exec sleep 100");
        uint pid = shim.StateOf("c1").Pid;
        Mono.Unix.Native.Syscall.kill(shim.Pid, Mono.Unix.Native.Signum.SIGKILL);
        shim.AwaitEnd();

        DeleteResponse response = DeleteResponse.Parser.ParseFrom(
            shim.RunActionForMessage("c1", "delete", null, "-bundle", shim.BundleOf("c1")));
        (response.Pid, response.ExitStatus).Should().Be((pid, 137u));
        Command("--root", Path.Combine(shim.State, shim.Namespace), "list", "-q").Stdout.Should().BeEmpty();
    }

    [RootFact]
    public void Delete_of_nothing_is_quiet()
    {
        ShimUnderTest shim = NewShim();
        shim.NewBundle("c1").Save();
        byte[] answer = shim.RunActionForMessage("c1", "delete", null, "-bundle", shim.BundleOf("c1"));
        DeleteResponse.Parser.ParseFrom(answer).ExitStatus.Should().Be(137u);
    }
}
