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
        Thread create = new(() => Strace.Spoil(
            lockOfDirectory, "delay_enter=500000", child: false, "create", "--bundle", bundle, Id).Ok());
        create.Start();
        while (!Directory.Exists(Path.Combine(StateRoot, Id)))
        {
            Thread.Sleep(1);
        }

        RunResult delete = other.Spoil(secondLook, "delay_enter=1500000", child: false, "delete", "--force", Id);
        create.Join();

        delete.Ok();
        Expect(other.Text.Contains("(DELAYED)"), secondLook, "the delete was not held up: " + other.Text);
        ExpectNothing(secondLook, "after the delete");
        Conclude();
    }
}
