using System.Collections.Generic;

namespace Csrun.Faults.Tests;

/// <summary>SIGKILL at every system call: what is left is what `delete --force` removes, and then nothing.</summary>
public sealed class KilledTests : FaultTest
{
    private const string Kill = "signal=KILL";

    [CsrunFact]
    public void A_create_can_die_anywhere()
    {
        string[] create = ["create", "--bundle", NewFaultBundle().Path, Id];
        foreach (Position at in Positions(create))
        {
            RunResult killed = Strace.Spoil(at, Kill, child: false, create);

            Expect(killed.ExitCode == 137, at, killed.ToString());
            ExpectForceRemovesAll(at);
        }

        Conclude();
    }

    [CsrunFact]
    public void A_run_can_die_anywhere()
    {
        string[] run = ["run", "--bundle", NewFaultBundle().Path, Id];
        foreach (Position at in Strace.CallsOfCsrun(3, run))
        {
            RunResult killed = Strace.Spoil(at, Kill, child: false, run);

            Expect(killed.ExitCode is 137 or 3, at, killed.ToString());
            ExpectForceRemovesAll(at);
        }

        Conclude();
    }

    [CsrunFact]
    public void A_start_can_die_anywhere()
    {
        string bundle = NewFaultBundle().Path;
        string[] start = ["start", Id];
        Create(bundle);
        foreach (Position at in Positions(start))
        {
            Create(bundle);

            RunResult killed = Strace.Spoil(at, Kill, child: false, start);

            Expect(killed.ExitCode == 137, at, killed.ToString());
            string status = Command("state", Id).Ok().Stdout;
            Expect(
                !status.Contains("\"created\"") || Command(start).ExitCode == 0 || Command("state", Id).Stdout.Contains("\"stopped\""),
                at,
                "it can be started neither again nor has it ended");
            ExpectForceRemovesAll(at);
        }

        Conclude();
    }

    [CsrunFact]
    public void A_delete_can_die_anywhere()
    {
        string bundle = NewFaultBundle().Path;
        string[] delete = ["delete", Id];
        Create(bundle);
        foreach (Position at in Positions(delete))
        {
            Create(bundle);

            RunResult killed = Strace.Spoil(at, Kill, child: false, delete);

            Expect(killed.ExitCode == 137, at, killed.ToString());
            ExpectForceRemovesAll(at);
        }

        Conclude();
    }

    [CsrunFact]
    public void The_first_process_can_die_anywhere_and_create_cleans_up_by_itself()
    {
        string[] run = ["run", "--bundle", NewFaultBundle().Path, Id];
        foreach (Position at in Strace.CallsOfChild(3, run))
        {
            RunResult result = Strace.Spoil(at, Kill, child: true, run);

            // Its last calls come when csrun already takes it for the program.
            Expect(
                (result.ExitCode == 1 && result.Stderr.StartsWith($"csrun: run {Id}: ")) || result.ExitCode == 137, at, result.ToString());
            ExpectNothing(at, "after run");
        }

        Conclude();
    }

    private void Create(string bundle)
    {
        using Pipe output = new();
        using Pipe error = new();
        Command(new RunOptions { Stdout = output, Stderr = error }, "create", "--bundle", bundle, Id).Ok();
    }

    private IReadOnlyList<Position> Positions(string[] command)
    {
        IReadOnlyList<Position> all = Strace.CallsOfCsrun(0, command);
        Command("delete", "--force", Id).Ok();
        return all;
    }
}
