using System.IO;
using System.Threading;

namespace Csrun.Faults.Tests;

/// <summary>Two commands on one container, held up where they meet.</summary>
public sealed class RaceTests : FaultTest
{
    [CsrunFact]
    public void A_delete_that_found_no_record_yet_removes_the_container_that_has_come_since()
    {
        string bundle = NewFaultBundle().Path;
        Strace other = new(Runtime, StateRoot, Path.Combine(Work, "strace.delete"));
        Position lockOfDirectory = new("flock", 1);
        Position secondLook = new("flock", 2);

        // The create has its directory and not yet its lock; the delete finds it so, and is held up before it looks
        // again.
        RunResult? create = null;
        Thread creating = new(() => create = Strace.Spoil(
            lockOfDirectory, "delay_enter=2000000", child: false, "create", "--bundle", bundle, Id));
        creating.Start();
        while (creating.IsAlive && !Directory.Exists(Path.Combine(StateRoot, Id)))
        {
            Thread.Sleep(1);
        }

        RunResult delete = other.Spoil(secondLook, "delay_enter=5000000", child: false, "delete", "--force", Id);
        creating.Join();

        create!.Ok();
        delete.Ok();
        Expect(other.Text.Contains("(DELAYED)"), secondLook, "the delete was not held up: " + other.Text);
        ExpectNothing(secondLook, "after the delete");
        Conclude();
    }

    [CsrunFact]
    public void A_shim_knows_of_a_start_before_it_knows_of_the_end()
    {
        string bundle = NewFaultBundle().Path;
        Position removal = new("unlinkat", 1);
        Command("create", "--shim", "--bundle", bundle, Id).Ok();

        // The program has ended before its start has removed exec.fifo.
        RunResult? start = null;
        Thread starting = new(() => start = Strace.Spoil(removal, "delay_enter=1500000", child: false, "start", Id));
        starting.Start();
        Command("wait", Id).Exits(3);
        string state = Command("state", Id).Ok().Stdout;
        starting.Join();

        start!.Ok();
        Expect(Strace.Text.Contains("(DELAYED)"), removal, "the start was not held up: " + Strace.Text);
        Expect(!state.Contains("\"started\": \"\""), removal, "the shim knows of no start: " + state);
        ExpectForceRemovesAll(removal);
        Conclude();
    }

    [CsrunFact]
    public void A_shim_whose_container_was_deleted_leaves_the_next_one_of_its_id()
    {
        string bundle = NewFaultBundle().Path;

        // The second is the shim's, once it has executed itself afresh; the container's lock is free then.
        Position becomesShim = new("statfs", 2);
        RunResult? shim = null;
        Thread first = new(() => shim = Strace.Spoil(
            becomesShim, "delay_enter=8000000", child: true, "create", "--shim", "--bundle", bundle, Id));
        first.Start();
        while (first.IsAlive && !Command("state", Id).Stdout.Contains("\"status\": \"created\""))
        {
            Thread.Sleep(10);
        }

        Command("delete", "--force", Id).Ok();
        Command("create", "--bundle", bundle, Id).Ok();
        first.Join();
        shim!.Exits(1);

        Expect(Strace.Text.Contains("(DELAYED)"), becomesShim, "the shim was not held up: " + Strace.Text);
        Command("state", Id).Ok().Stdout.Should().Contain("\"status\": \"created\"");
        ExpectForceRemovesAll(becomesShim);
        Conclude();
    }

    [CsrunFact]
    public void A_run_whose_container_was_deleted_leaves_the_next_one_of_its_id()
    {
        string bundle = NewFaultBundle().Sh("exec sleep 1000").Save().Path;
        string csrun = $"{Runtime.Path} --root {StateRoot}";

        // kill waits for the lock of the run that has not yet come to wait for the program's end.
        Programs.Run(
            new RunOptions(),
            "sh", "-c",
            $$"""
            {{csrun}} run --bundle {{bundle}} {{Id}} </dev/null & pid=$!
            until {{csrun}} state {{Id}} 2>/dev/null | grep -q running; do sleep 0.01; done
            {{csrun}} kill {{Id}} 0 || exit 7
            kill -STOP $pid
            {{csrun}} delete --force {{Id}} || exit 9
            {{csrun}} run --detach --bundle {{bundle}} {{Id}} </dev/null >/dev/null 2>&1 || exit 8
            kill -CONT $pid
            wait $pid
            """).Exits(137);

        Command("state", Id).Ok().Stdout.Should().Contain("\"running\"");
        ExpectForceRemovesAll(new Position("run", 1));
        Conclude();
    }
}
