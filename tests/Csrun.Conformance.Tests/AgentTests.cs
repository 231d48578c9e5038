using System.IO;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Csrun.Conformance.Tests;

/// <summary>The listener of seccomp: the container process state that an agent gets, and when.</summary>
public sealed class AgentTests : RowTest
{
    private const string NoNotify = "linux.seccomp.syscalls=[]";

    private string Place => Path.Combine(Work, "agent");

    [RootFact]
    [Requirement("LNX-SEC-11 LNX-CPS-01 LNX-CPS-03")]
    [Broken("config", NoNotify)]
    public void LNX_SEC_09_sends_one_state_over_a_connection_and_ends_it()
    {
        using SeccompAgent agent = new(Place, _ => 0); // it reads to the end, and parses what came

        NewContainer(Notified()).Create().Start();

        agent.Await(1).Should().ContainSingle();
    }

    [RootFact]
    [Requirement("LNX-CPS-02 LNX-CPS-04 LNX-CPS-06")]
    [Broken("config", NoNotify)]
    public void LNX_SEC_16_sends_a_listener_that_works()
    {
        using SeccompAgent agent = new(Place, _ => 17);
        Container container = NewContainer(Notified().Sh("mkdir /tmp/x 2>&1")).Create().Start();

        container.Stdout.Await("File exists");

        agent.Await(1)[0]["fds"]!.ToJsonString().Should().Be("[\"seccompFd\"]");
    }

    [RootFact]
    [Broken("config", NoNotify)]
    public void LNX_SEC_13_ends_the_connection_while_the_runtime_goes_on()
    {
        using SeccompAgent agent = new(Place, _ => 17); // it answers nothing before the end
        Bundle bundle = Notified().Sh("mkdir /tmp/x 2>&1 | grep -o 'File exists'").Save();

        Command(new RunOptions { TimeLimit = System.TimeSpan.FromSeconds(8) }, "run", "--bundle", bundle.Path, NewId())
            .Ok().Stdout.Should().Be("File exists\n");
    }

    [RootFact]
    [Requirement("LNX-CPS-08")]
    [Broken("config", "linux.seccomp.listenerMetadata='other'")]
    public void LNX_SEC_17_hands_on_the_metadata()
    {
        using SeccompAgent agent = new(Place, _ => 0);
        Bundle bundle = Notified();
        bundle.Linux["seccomp"]!["listenerMetadata"] = "what \"they\" want";

        NewContainer(bundle).Create().Start();

        ((string?)agent.Await(1)[0]["metadata"]).Should().Be("what \"they\" want");
    }

    [RootFact]
    [Requirement("LNX-CPS-07 LNX-CPS-09")]
    [Broken("config", NoNotify)]
    public void LNX_CPS_05_tells_version_pid_and_state()
    {
        using SeccompAgent agent = new(Place, _ => 0);
        Container container = NewContainer(Notified()).Create().Start();

        JsonObject state = agent.Await(1)[0];
        StateObject.Text(state, "ociVersion").Should().MatchRegex(StateObject.Version);
        ((int?)state["pid"]).Should().Be(container.Pid);
        JsonObject inner = state["state"]!.AsObject();
        StateObject.Faults(inner).Should().BeEmpty();
        StateObject.Text(inner, "id").Should().Be(container.Id);
        StateObject.Text(inner, "bundle").Should().Be(container.Bundle.Path);
    }

    [RootFact]
    [Broken("config", NoNotify)]
    public void LNX_SEC_12_makes_a_connection_for_each()
    {
        using SeccompAgent agent = new(Place, _ => 0);
        Container container = NewContainer(Notified().Sh("sleep 100")).Create().Start();

        container.Do("exec", container.Id, "/bin/true").Ok();

        agent.Await(2).Should().HaveCount(2);
    }

    [RootFact]
    [Broken("config", NoNotify)]
    public void LNX_SEC_10_refuses_a_datagram_socket()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Place));

        NewContainer(Notified()).TryCreate().ExitCode.Should().NotBe(0);
    }

    [RootFact]
    [Broken("config", NoNotify)]
    public void LNX_SEC_14_fails_where_nobody_listens()
    {
        Container container = NewContainer(Notified());

        container.TryCreate().ExitCode.Should().NotBe(0);

        AssertGone(container.Id);
    }

    private Bundle Notified()
    {
        Bundle bundle = NewBundle().Sh("mkdir /tmp/x");
        bundle.Linux["seccomp"] = new JsonObject
        {
            ["defaultAction"] = "SCMP_ACT_ALLOW",
            ["listenerPath"] = Place,
            ["syscalls"] = new JsonArray(
                new JsonObject { ["names"] = new JsonArray("mkdir"), ["action"] = "SCMP_ACT_NOTIFY" }),
        };
        return bundle;
    }
}
