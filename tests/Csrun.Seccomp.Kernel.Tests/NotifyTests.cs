using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Csrun.Seccomp.Kernel.Tests;

/// <summary>SCMP_ACT_NOTIFY: the agent gets the listener and the container process state, and answers calls.</summary>
public sealed class NotifyTests : SeccompTest
{
    private const int Mkdir = 83;
    private const int Openat = 257;
    private const int Execve = 59;
    private const int Exists = 17;

    private const string Receiver = "run.oci.seccomp.receiver";

    private string Socket => Path.Combine(Work, "agent");

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_agent_answers_mkdir_and_openat(bool noNewPrivileges)
    {
        using SeccompAgent agent = new(Socket, number => number == Mkdir ? Exists : 0);
        Bundle bundle = Notified("mkdir", "openat")
            .Sh("mkdir /tmp/x; cat /proc/1/comm; readlink /proc/self/fd/* | grep -c seccomp");
        bundle.Process["noNewPrivileges"] = noNewPrivileges;

        RunResult result = Run(bundle);

        result.Stdout.Should().Be("sh\n0\n");
        result.Stderr.Should().Contain("File exists");
        agent.Calls.Should().Contain(Mkdir).And.Contain(Openat);
    }

    [RootFact]
    public void The_agent_gets_the_container_process_state_once_and_the_end()
    {
        using SeccompAgent agent = new(Socket, _ => 0);
        Bundle bundle = Notified("mkdir").Sh("sleep 100");
        bundle.Linux["seccomp"]!["listenerMetadata"] = "what \"they\" want";
        bundle.Config["annotations"] = new JsonObject { ["org.example"] = "yes" };
        Container container = NewContainer(bundle).Create().Start();

        JsonObject state = agent.Await(1).Should().ContainSingle().Subject;
        ((int)state["pid"]!).Should().Be(container.Pid);
        state["fds"]!.ToJsonString().Should().Be("[\"seccompFd\"]");
        ((string)state["metadata"]!).Should().Be("what \"they\" want");
        ((string)state["state"]!["id"]!).Should().Be(container.Id);
        ((int)state["state"]!["pid"]!).Should().Be(container.Pid);
        ((string)state["state"]!["status"]!).Should().Be("creating");
        ((string)state["state"]!["bundle"]!).Should().Be(bundle.Path);
        ((string)state["state"]!["annotations"]!["org.example"]!).Should().Be("yes");
        container.Kill().Ok();
    }

    [RootFact]
    public void Exec_has_a_connection_of_its_own()
    {
        using SeccompAgent agent = new(Socket, _ => Exists);
        Container container = NewContainer(Notified("mkdir").Sh("sleep 100")).Create().Start();

        RunResult result = container.Do("exec", container.Id, "/bin/sh", "-c", "mkdir /tmp/x; echo $?");

        result.Ok().Stdout.Should().Be("1\n");
        agent.States.Should().HaveCount(2);
        JsonObject state = agent.States[^1];
        ((string)state["state"]!["status"]!).Should().Be("running");
        ((int)state["state"]!["pid"]!).Should().Be(container.Pid);
        ((int)state["pid"]!).Should().NotBe(container.Pid);
        container.Kill().Ok();
    }

    [RootFact]
    public void Even_the_execve_can_be_the_agents()
    {
        using SeccompAgent agent = new(Socket, _ => 0);
        Bundle bundle = Notified("execve").Args("/bin/echo", "hello");
        bundle.Process["noNewPrivileges"] = true;

        Run(bundle).Ok().Stdout.Should().Be("hello\n");
        agent.Calls.Should().Equal(Execve);
    }

    [RootFact]
    public void The_helper_leaves_no_zombie()
    {
        using SeccompAgent agent = new(Socket, _ => 0);

        Run(Notified("mkdir").Sh("grep -l 'State:.*Z' /proc/[0-9]*/status; echo end")).Stdout.Should().Be("end\n");
    }

    [CsrunFact]
    public void Without_an_agent_create_fails()
    {
        Container container = NewContainer(Notified("mkdir"));

        container.TryCreate().Exits(1).Message.Should()
            .Contain("linux.seccomp.listenerPath").And.Contain(Socket).And.Contain("ENOENT");
    }

    [CsrunFact]
    public void A_datagram_socket_is_refused()
    {
        using System.Net.Sockets.Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Socket));

        NewContainer(Notified("mkdir")).TryCreate().Exits(1).Message.Should().Contain("EPROTOTYPE");
    }

    [RootFact]
    public void Without_NOTIFY_the_listeners_path_means_nothing()
    {
        Bundle bundle = Filtered(
            "{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_ERRNO\"}",
            "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/nowhere\"");

        Run(bundle.Sh("echo hello")).Ok().Stdout.Should().Be("hello\n");
    }

    [CsrunFact]
    public void Without_anybody_to_notify_create_fails()
    {
        NewContainer(Unaddressed()).TryCreate().Exits(1).Message
            .Should().Contain("linux.seccomp: SCMP_ACT_NOTIFY needs listenerPath");
    }

    [RootFact]
    public void Crun_s_annotation_names_the_agent()
    {
        using SeccompAgent agent = new(Socket, _ => Exists);
        Bundle bundle = Unaddressed().Sh("mkdir /tmp/x; echo $?");
        bundle.Config["annotations"] = new JsonObject { [Receiver] = Socket };

        Run(bundle).Stdout.Should().Be("1\n");
        agent.States.Should().ContainSingle();
    }

    [RootFact]
    public void Crun_s_variable_names_the_agent_in_exec_too()
    {
        using SeccompAgent agent = new(Socket, _ => Exists);
        RunOptions options = new();
        options = options with { Environment = [.. options.Environment, "RUN_OCI_SECCOMP_RECEIVER=" + Socket] };
        Container container = NewContainer(Unaddressed().Sh("sleep 100"));
        container.TryCreate(options).Ok();
        container.Start();

        Command(options, "exec", container.Id, "/bin/sh", "-c", "mkdir /tmp/x; echo $?").Ok().Stdout.Should().Be("1\n");
        agent.States.Should().HaveCount(2);
    }

    [RootFact]
    public void ListenerPath_goes_before_both()
    {
        using SeccompAgent agent = new(Socket, _ => Exists);
        Bundle bundle = Notified("mkdir").Sh("mkdir /tmp/x; echo $?");
        bundle.Config["annotations"] = new JsonObject { [Receiver] = "/nowhere" };

        Run(bundle).Stdout.Should().Be("1\n");
    }

    [RootFact]
    public void An_agent_by_a_relative_path_is_refused()
    {
        Bundle bundle = Unaddressed();
        bundle.Config["annotations"] = new JsonObject { [Receiver] = "agent" };

        NewContainer(bundle).TryCreate().Exits(1).Message.Should().Contain("absolute path");
    }

    private Bundle Unaddressed()
    {
        Bundle bundle = Notified("mkdir");
        bundle.Linux["seccomp"]!.AsObject().Remove("listenerPath");
        return bundle;
    }

    private Bundle Notified(params string[] names)
    {
        return Filtered(
            "{\"names\":[" + string.Join(',', names.Select(name => "\"" + name + "\""))
                + "],\"action\":\"SCMP_ACT_NOTIFY\"}",
            "\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"" + Socket + "\"");
    }
}
