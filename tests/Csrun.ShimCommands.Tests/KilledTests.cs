using System.IO;
using System.Text.Json.Nodes;
using Csrun.Testing.Outside;

namespace Csrun.ShimCommands.Tests;

/// <summary>A shim killed by -9, and a new one in its place.</summary>
public sealed class KilledTests : ShimTest
{
    private const string Counting =
        "seq 0 19; until [ -e /go ]; do sleep 0.01; done; "
        + "seq 20 199; : >/half; until [ -e /more ]; do sleep 0.01; done; seq 200 399; exit 5";

    [CsrunFact]
    public void The_container_goes_on_and_state_says_that_its_shim_is_gone()
    {
        Container container = DetachScript("echo begun; sleep 100");
        UntilLogged(container, "begun");

        KillShim(container);

        JsonObject state = container.State();
        ((string)state["status"]!).Should().Be("running");
        ((string)state["shim"]!["status"]!).Should().Be("killed");
        container.Do("logs", container.Id).Ok().Stdout.Should().Be("begun\n");
        container.Do("attach", container.Id).Exits(1).Stderr.Should().Contain("csrun shim " + container.Id);
    }

    [CsrunFact]
    public void A_new_shim_logs_what_came_meanwhile_and_learns_the_exit_code()
    {
        Bundle bundle = NewBundle().WritableRoot().Sh(Counting);
        string Mark(string name) => Path.Combine(bundle.Rootfs, name);
        Container container = Detach(bundle);
        UntilLogged(container, "19\n");

        // What is in the log may be in the pipe still, and the next shim would log it again.
        Until(() => Processes.Find(ShimPid(container)) is { State: 'S' }, "the shim to have emptied it");
        KillShim(container);
        File.WriteAllText(Mark("go"), "");
        Until(() => File.Exists(Mark("half")), "lines without a shim");

        container.Do("shim", container.Id).Ok();
        File.WriteAllText(Mark("more"), "");

        container.Do("wait", container.Id).Exits(5);
        container.Do("logs", container.Id).Ok().Lines.Should().Equal(Numbers(0, 399));
        ((bool)container.State()["exit"]!["known"]!).Should().BeTrue();
        ((int)container.State()["shim"]!["generation"]!).Should().Be(2);
    }

    [CsrunFact]
    public void Input_and_attach_work_with_a_new_shim()
    {
        Container container = DetachScript("while read line; do echo \"got $line\"; done");
        KillShim(container);
        container.Do("shim", container.Id).Ok();

        using Client client = Start("attach", container);
        client.Type("hello\n");

        client.Await("got hello");
    }

    [CsrunFact]
    public void A_waiting_wait_learns_the_exit_code_without_any_shim()
    {
        Container container = DetachScript("read line; echo got; sleep 5; exit 8");
        using Client wait = Start("wait", container);
        using (Client client = Start("attach", container))
        {
            client.Type("now\n");
            client.Await("got");
            KillShim(container);
        }

        wait.Exit().Should().Be(8);
        wait.Text.Should().Be("8\n");
    }

    [CsrunFact]
    public void An_end_that_nobody_saw_is_an_error_and_not_a_number()
    {
        Container container = DetachScript("sleep 100");
        KillShim(container);
        container.Kill();
        container.AwaitStatus("stopped");

        RunResult result = container.Do("wait", container.Id).Exits(1);

        result.Stdout.Should().BeEmpty();
        result.Stderr.Should().Contain("how the container ended is not known");
        container.Do("shim", container.Id).Exits(1).Stderr.Should().Contain("the container has stopped");
    }

    [CsrunFact]
    public void A_container_has_one_shim_at_a_time()
    {
        Container container = DetachScript("sleep 100");

        container.Do("shim", container.Id)
            .Exits(1).Stderr.Should().Contain("the container has a shim: process " + ShimPid(container));
    }

    [CsrunFact]
    public void An_input_that_ends_once_ends_with_its_shim()
    {
        Container container = DetachScript("cat; echo ended; sleep 100", "--shim-stdin", "once");
        KillShim(container);

        container.Do("shim", container.Id).Ok();

        UntilLogged(container, "ended");
    }

    [CsrunFact]
    public void A_terminal_goes_with_its_shim_and_the_new_one_says_so()
    {
        Bundle bundle = NewBundle().Sh("trap '' HUP; while sleep 0.1; do :; done");
        bundle.Process["terminal"] = true;
        Container container = Detach(bundle);
        KillShim(container);

        RunResult result = container.Do("shim", container.Id).Ok();

        result.Stderr.Should().Contain("its terminal went with the shim before");
        container.Status().Should().Be("running");
    }
}
