using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Mono.Unix.Native;

namespace Csrun.ShimCommands.Tests;

/// <summary>`attach`: what is written and typed, live.</summary>
public sealed class AttachTests : ShimTest
{
    private const string Echo =
        "while read line; do echo \"got $line\"; echo \"err $line\" >&2; done; echo eof; exit 7";

    [CsrunFact]
    public void Streams_go_both_ways_and_the_exit_code_comes_with_the_end()
    {
        Container container = DetachScript(Echo, "--shim-stdin", "once");
        using Client client = Start("attach", container);

        client.Type("one\ntwo\n");
        client.Await("got two");
        client.EndInput();

        client.Exit().Should().Be(7);
        client.Text.Should().Be("got one\ngot two\neof\n");
        client.Error.Should().Be("err one\nerr two\n");
    }

    [CsrunFact]
    public void An_input_that_stays_open_outlives_the_client_that_ends_its_own()
    {
        Container container = DetachScript(Echo);
        using (Client first = Start("attach", container))
        {
            first.Type("one\n");
            first.EndInput();
            first.Await("got one");
        }

        using Client second = Start("attach", container);
        second.Type("two\n");

        second.Await("got two");
    }

    [CsrunFact]
    public void Without_an_input_the_program_reads_nothing()
    {
        Container container = DetachScript(Echo, "--shim-stdin", "null");

        container.Do("wait", container.Id).Exits(7);
    }

    [CsrunFact]
    public void Several_see_the_same_and_each_can_type()
    {
        Container container = DetachScript(Echo);
        using Client one = Start("attach", container);
        using Client other = Start("attach", container);
        using Client watcher = Start("attach", container, "--no-stdin");
        UntilAttached(container, 3);

        one.Type("from one\n");
        other.Type("from other\n");

        foreach (Client client in new[] { one, other, watcher })
        {
            client.Await("got from one");
            client.Await("got from other");
        }
    }

    [CsrunFact]
    public void A_terminal_is_taken_up_with_its_size_and_left_by_the_detach_keys()
    {
        Container container = Detach(Shell());
        using Client client = StartOnTerminal("attach", container, 30, 90);
        client.Type("stty size; tty\n");
        client.Await("30 90");
        client.Await("/dev/pts/0");

        client.Resize(41, 101);
        client.Type("until [ \"$(stty size)\" = '41 101' ]; do sleep 0.1; done; echo re''sized\n");
        client.Await("resized");

        client.Type("\u0010\u0011");
        client.Exit().Should().Be(0);
        container.Status().Should().Be("running");
    }

    [CsrunFact]
    public void Other_detach_keys_take_their_place()
    {
        Container container = Detach(Shell());
        using Client client = StartOnTerminal("attach", container, "--detach-keys", "ctrl-a,d");
        client.Type("echo begun\n");
        client.Await("begun\r\n");

        client.Type("\u0001d");

        client.Exit().Should().Be(0);
        container.Do("attach", "--detach-keys", "ctrl-", container.Id)
            .Exits(1).Stderr.Should().Contain("--detach-keys: not a list");
    }

    [CsrunFact]
    public void The_end_of_a_shell_on_a_terminal_is_the_client_s_end()
    {
        Container container = Detach(Shell());
        using Client client = StartOnTerminal("attach", container);
        client.Type("echo begun; exit 5\n");
        client.Await("begun\r\n");

        client.Exit().Should().Be(5);
        container.Do("wait", container.Id).Exits(5);
    }

    [CsrunFact]
    public void A_client_that_does_not_read_is_not_waited_for_and_told_what_it_missed()
    {
        Container container = DetachScript("read line; seq 1 300000; echo over; read line; exit 0");
        using Client slow = Start("attach", container);
        UntilAttached(container, 1);
        slow.Signal(Signum.SIGSTOP);

        using Client typing = Start("attach", container);
        typing.Type("go\n");
        UntilLogged(container, "over\n");
        container.Do("logs", container.Id).Ok().Lines.Should().Equal([.. Numbers(1, 300000), "over"]);
        Lost(container.State(), "attached").Should().BePositive();

        slow.Signal(Signum.SIGCONT);
        slow.AwaitError("bytes came too fast to be shown here");
    }

    [CsrunFact]
    public void A_program_that_does_not_read_holds_up_only_who_types()
    {
        Container container = DetachScript("while sleep 0.1; do echo tick; done");
        using Client typing = Start("attach", container, "--detach-keys", "");
        using Client watching = Start("attach", container, "--no-stdin");
        UntilAttached(container, 2);

        // Twice what the program's pipe holds: the rest waits in the client.
        typing.Type(new string('x', 60000));
        typing.Type(new string('x', 60000));

        int before = Ticks(container);
        Until(() => Ticks(container) > before + 5, "more ticks");
        watching.Await("tick");
    }

    [CsrunFact]
    public void A_shim_without_a_descriptor_for_a_client_sleeps_and_takes_it_when_there_is_one()
    {
        Container container = DetachScript(Echo);
        int shim = ShimPid(container);
        Programs.Run("prlimit", "--pid", $"{shim}", "--nofile=4:1024").Ok();
        using Client client = Start("attach", container);
        client.Type("one\n");
        Thread.Sleep(200);
        long before = Wakings(shim);

        Thread.Sleep(1100);

        Wakings(shim).Should().BeLessThan(before + 10);
        Programs.Run("prlimit", "--pid", $"{shim}", "--nofile=1024:1024").Ok();
        client.Await("got one");
    }

    [CsrunFact]
    public void A_signal_ends_the_client_and_not_the_container()
    {
        Container container = DetachScript(Echo);
        using Client client = Start("attach", container);
        client.Type("one\n");
        client.Await("got one");

        client.Signal(Signum.SIGINT);

        client.Exit().Should().Be(130);
        container.Status().Should().Be("running");
    }

    [CsrunFact]
    public void After_the_end_attach_says_where_to_look()
    {
        Container container = DetachScript("exit 0");
        container.Do("wait", container.Id).Exits(0);
        Until(() => ShimPid(container) == 0, "the shim's end");

        container.Do("attach", container.Id).Exits(1).Stderr.Should().Contain("the container has ended");
    }

    /// <summary>How often the shim went to sleep, and clock ticks for which it had the processor.</summary>
    private static long Wakings(int pid)
    {
        string[] fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        string sleeps = File.ReadLines($"/proc/{pid}/status")
            .Single(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal));
        return long.Parse(sleeps.Split('\t')[1], CultureInfo.InvariantCulture)
            + long.Parse(fields[11], CultureInfo.InvariantCulture)
            + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static int Ticks(Container container)
    {
        return container.Do("logs", container.Id).Ok().Lines.Count(line => line == "tick");
    }

    private Bundle Shell()
    {
        Bundle bundle = NewBundle().Args("/bin/sh");
        bundle.Process["terminal"] = true;
        return bundle;
    }
}
