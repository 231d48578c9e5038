using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Csrun.Testing.Outside;

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
    public void A_create_in_anothers_cgroup_can_die_anywhere_and_the_other_lives_on()
    {
        Container other = NewContainer(NewFaultBundle().Sh("sleep 1000")).Create().Start();
        Bundle bundle = NewBundle().Sh("exit 3");
        bundle.Linux["cgroupsPath"] = "/" + Id;
        string[] create = ["create", "--bundle", bundle.Save().Path, NewId()];

        // Before it has a directory nothing is deleted; then each deletion waits a second whether the cgroup gets
        // empty.
        IEnumerable<Position> places = Strace.CallsOfCsrun(1, create).SkipWhile(at => at.Call != "mkdirat");
        foreach (Position at in places.Where((_, number) => number % 4 == 0))
        {
            _ = Strace.Spoil(at, Kill, child: false, create);
            _ = Command("delete", "--force", create[^1]);

            Expect(other.State()["status"]!.ToString() == "running", at, "the other container has ended");
            Expect(Command("state", create[^1]).ExitCode != 0, at, "the dead create's container is still there");
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
                !status.Contains("\"status\": \"created\"") || Command(start).ExitCode == 0 || Ends(), at,
                "it can neither be started again nor does it end");
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
    public void An_exec_can_die_anywhere_and_the_container_lives_on()
    {
        string bundle = NewFaultBundle().Sh("sleep 1000").Save().Path;
        string[] exec = ["exec", Id, "/bin/true"];
        Create(bundle);
        Command("start", Id).Ok();
        foreach (Position at in Strace.CallsOfCsrun(0, exec))
        {
            RunResult killed = Strace.Spoil(at, Kill, child: false, exec);

            Expect(killed.ExitCode is 137 or 0, at, killed.ToString());
            Expect(Command("state", Id).Stdout.Contains("\"running\""), at, "the container has ended");
        }

        Command(exec).Ok();
        ExpectForceRemovesAll(new Position("exec", 0));
        Conclude();
    }

    [CsrunFact]
    public void An_update_can_die_anywhere_and_the_container_lives_on()
    {
        string bundle = NewFaultBundle().Sh("sleep 1000").Save().Path;
        string[] update = ["update", "--pids-limit", "100", "--memory", "67108864", Id];
        Create(bundle);
        Command("start", Id).Ok();
        foreach (Position at in Strace.CallsOfCsrun(0, update))
        {
            RunResult killed = Strace.Spoil(at, Kill, child: false, update);

            Expect(killed.ExitCode is 137 or 0, at, killed.ToString());
            Expect(Command("state", Id).Stdout.Contains("\"running\""), at, "the container has ended");
        }

        Command(update).Ok();
        ExpectForceRemovesAll(new Position("update", 0));
        Conclude();
    }

    [CsrunTheory]
    [InlineData("pause", "resume")]
    [InlineData("resume", "pause")]
    public void A_pause_or_resume_can_die_anywhere_and_be_done_again(string command, string opposite)
    {
        Create(NewFaultBundle().Sh("sleep 1000").Save().Path);
        Command("start", Id).Ok();

        // How often a pause has to look depends on what it stops: one that sleeps is stopped at once.
        Wait.Until(
            () => $"{Processes.Below().FirstOrDefault(seen => seen.Name == "sleep")?.State}", state => state == "S");
        if (command == "resume")
        {
            Command("pause", Id).Ok();
        }

        foreach (Position at in Strace.CallsOfCsrun(0, command, Id))
        {
            Bring(opposite, at);

            RunResult killed = Strace.Spoil(at, Kill, child: false, command, Id);

            Expect(killed.ExitCode is 137, at, killed.ToString());
            Bring(command, at);
        }

        ExpectForceRemovesAll(new Position(command, 0));
        Conclude();
    }

    [CsrunFact]
    public void The_first_process_can_die_anywhere_and_create_cleans_up_by_itself()
    {
        string[] run = ["run", "--bundle", NewFaultBundle().Path, Id];
        IReadOnlyList<Position> all = Strace.CallsOfChild(3, run);
        int met = 0;
        foreach (Position at in all)
        {
            RunResult result = Strace.Spoil(at, Kill, child: true, run);
            if (Strace.HasHitCsrun)
            {
                ExpectForceRemovesAll(at);
                continue;
            }

            met++;

            // Its last calls come when csrun already takes it for the program.
            Expect(
                (result.ExitCode == 1 && result.Stderr.StartsWith($"csrun: run {Id}: ")) || result.ExitCode == 137, at,
                result.ToString());
            ExpectNothing(at, "after run");
        }

        met.Should().BeGreaterThan(all.Count / 2, "most faults must meet the first process itself");
        Conclude();
    }

    // Pausing what is paused is an error, and what a killed command left may be either.
    private bool Ends()
    {
        return SpinWait.SpinUntil(
            () => Command("state", Id).Stdout.Contains("\"stopped\""), TimeSpan.FromSeconds(10));
    }

    private void Bring(string command, Position at)
    {
        string aim = command == "pause" ? "\"paused\"" : "\"running\"";
        if (!Command("state", Id).Stdout.Contains(aim))
        {
            RunResult result = Command(command, Id);
            Expect(result.ExitCode == 0 && Command("state", Id).Stdout.Contains(aim), at, result.ToString());
        }
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
