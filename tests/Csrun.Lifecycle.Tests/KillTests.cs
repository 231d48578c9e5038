using System.Threading;

namespace Csrun.Lifecycle.Tests;

/// <summary>`kill`: signals by every name that callers use.</summary>
public sealed class KillTests : RuntimeTest
{
    private const string TrapsAll =
        "trap 'echo TERM' TERM; trap 'echo HUP' HUP; trap 'echo USR1' USR1; echo ready; while :; do sleep 0.05; done";

    [RootTheory]
    [InlineData("TERM", "TERM")]
    [InlineData("SIGTERM", "TERM")]
    [InlineData("15", "TERM")]
    [InlineData("hup", "HUP")]
    [InlineData("USR1", "USR1")]
    [InlineData("10", "USR1")]
    public void Sends_the_signal(string signal, string seen)
    {
        Container container = NewContainer(NewBundle().Sh(TrapsAll)).Create().Start();
        container.Stdout.Await("ready");

        container.Kill(signal).Ok();

        container.Stdout.Await(seen + "\n");
    }

    [RootFact]
    public void Sends_TERM_when_nothing_is_named()
    {
        Container container = NewContainer(NewBundle().Sh(TrapsAll)).Create().Start();
        container.Stdout.Await("ready");

        container.Do("kill", container.Id).Ok();

        container.Stdout.Await("TERM\n");
    }

    [RootFact]
    public void Signal_0_asks_and_does_nothing()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.Kill("0").Ok();

        container.Status().Should().Be("running");
    }

    [RootTheory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public void Ends_a_created_container(string signal)
    {
        Container container = NewContainer(NewBundle()).Create();

        container.Kill(signal).Ok();

        container.Await().Should().NotBe(0);
        container.AwaitStatus("stopped");
    }

    [RootTheory]
    [InlineData("WINCH")]
    [InlineData("USR1")]
    [InlineData("CHLD")]
    public void Leaves_a_created_container_alone_otherwise(string signal)
    {
        Container container = NewContainer(NewBundle()).Create();

        container.Kill(signal).Ok();

        container.Status().Should().Be("created");
    }

    [RootFact]
    public void Fails_on_a_stopped_container_in_the_words_that_engines_know()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.Kill("KILL").Exits(1).Stderr.Should().Contain("container not running");
    }

    [RootFact]
    public void Takes_all_on_a_stopped_container()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.Do("kill", "--all", container.Id, "9").Ok();
    }

    [RootFact]
    public void Kills_all_processes_where_the_pid_namespace_is_the_hosts()
    {
        Bundle bundle = NewBundle().WithoutNamespace("pid").Sh("sleep 100 & sleep 100 & echo ready; wait");
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");

        container.Do("kill", "--all", container.Id, "KILL").Ok();

        container.Await().Should().Be(137);
        Thread.Sleep(50);
        container.Delete();
    }

    [RootTheory]
    [InlineData("NOSUCH")]
    [InlineData("SIGNOSUCH")]
    [InlineData("KILLL")]
    public void Refuses_an_unknown_signal(string signal)
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.Kill(signal).Exits(1).Stderr.Should().Contain("unknown signal").And.Contain(signal);

        container.Status().Should().Be("running");
    }
}
