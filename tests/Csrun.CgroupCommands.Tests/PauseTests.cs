using System.IO;
using System.Threading;

namespace Csrun.CgroupCommands.Tests;

/// <summary>`pause` and `resume`: the container's processes stand still, and nothing of that is left behind.</summary>
public sealed class PauseTests : RuntimeTest
{
    private const string Counts = "echo ready; while :; do echo x >> /tmp/count; sleep 0.01; done";

    [RootFact]
    public void Stops_a_counter_and_lets_it_go_on()
    {
        Container container = Counting(out string counter);

        container.Do("pause", container.Id).Ok();
        container.Status().Should().Be("paused");
        CgroupFiles.Read("freezer", container.Pid, "freezer.state").Should().Be("FROZEN");
        long stopped = new FileInfo(counter).Length;
        Thread.Sleep(200);
        new FileInfo(counter).Length.Should().Be(stopped);

        container.Do("resume", container.Id).Ok();
        container.Status().Should().Be("running");
        Wait.Until(() => $"{new FileInfo(counter).Length}", length => long.Parse(length, null) > stopped);
    }

    [RootFact]
    public void Refuses_what_is_paused_already()
    {
        Container container = Paused();

        container.Do("pause", container.Id).Exits(1).Stderr.Should().Contain("container not running");
        container.Status().Should().Be("paused");
    }

    [RootFact]
    public void Refuses_to_resume_what_is_not_paused()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.Do("resume", container.Id).Exits(1).Stderr.Should().Contain("container not paused");
    }

    [RootFact]
    public void Refuses_what_has_stopped()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.Do("pause", container.Id).Exits(1).Stderr.Should().Contain("container not running");
        container.Do("resume", container.Id).Exits(1).Stderr.Should().Contain("container not paused");
    }

    [RootFact]
    public void Refuses_an_unknown_id()
    {
        Command("pause", "nobody").Exits(1).Stderr.Should().Contain("container does not exist");
        Command("resume", "nobody").Exits(1).Stderr.Should().Contain("container does not exist");
    }

    [RootFact]
    public void Pauses_what_was_created()
    {
        Container container = NewContainer(NewBundle().Sh("echo ran")).Create();

        container.Do("pause", container.Id).Ok();
        container.Status().Should().Be("paused");
        container.Do("resume", container.Id).Ok();
        container.Status().Should().Be("created");

        container.Start().Await().Should().Be(0);
    }

    [RootFact]
    public void Is_shown_by_list()
    {
        Container container = Paused();

        Command("list").Ok().Stdout.Should().MatchRegex($"{container.Id} +[0-9]+ +paused ");
    }

    [RootFact]
    public void Ends_by_KILL_while_paused()
    {
        Container container = Paused();

        container.Kill("KILL").Ok();

        container.Await().Should().Be(137);
        container.Delete();
    }

    [RootFact]
    public void Is_not_deleted_without_force()
    {
        Container container = Paused();

        container.Do("delete", container.Id).Exits(1)
            .Stderr.Should().Contain($"cannot delete container {container.Id} that is not stopped: paused");

        container.Status().Should().Be("paused");
    }

    [RootFact]
    public void Is_deleted_by_force_while_paused()
    {
        Container container = Paused();

        container.Do("delete", "--force", container.Id).Ok();

        container.Await().Should().Be(137);
    }

    [RootFact]
    public void Takes_a_signal_when_it_goes_on()
    {
        Container container = NewContainer(
            NewBundle().Sh("trap 'echo TERM; exit 3' TERM; echo ready; while :; do sleep 0.05; done"))
            .Create().Start();
        container.Stdout.Await("ready");
        container.Do("pause", container.Id).Ok();

        container.Kill("TERM").Ok();
        container.Status().Should().Be("paused");
        container.Do("resume", container.Id).Ok();

        container.Await().Should().Be(3);
    }

    [CsrunFact]
    public void Lets_crun_s_callers_do_both_twice()
    {
        Container container = Paused();
        RuntimeBinary crun = Runtime.As("crun");

        crun.Run("--root", StateRoot, "pause", container.Id).Ok();
        crun.Run("--root", StateRoot, "resume", container.Id).Ok();
        crun.Run("--root", StateRoot, "resume", container.Id).Ok();

        container.Status().Should().Be("running");
    }

    private Container Counting(out string counter)
    {
        Bundle bundle = NewBundle().Mount("/tmp", "bind", Canary + "-tmp", "rbind", "rw").Sh(Counts);
        Directory.CreateDirectory(Canary + "-tmp");
        counter = Path.Combine(Canary + "-tmp", "count");
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");
        Wait.Until(() => string.Join(' ', Directory.GetFiles(Canary + "-tmp")), files => files.Length > 0);
        return container;
    }

    private Container Paused()
    {
        Container container = NewContainer(NewBundle().Sh("echo ready; sleep 100 & sleep 100 & wait")).Create().Start();
        container.Stdout.Await("ready");
        container.Do("pause", container.Id).Ok();
        return container;
    }
}
