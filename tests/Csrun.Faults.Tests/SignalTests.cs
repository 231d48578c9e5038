using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using Csrun.Testing.Outside;
using Mono.Unix.Native;

namespace Csrun.Faults.Tests;

/// <summary>Signals while a create is at work, and what the deaths around it mean to each other.</summary>
public sealed class SignalTests : FaultTest
{
    [CsrunTheory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public void A_create_that_is_told_to_end_cleans_up_and_says_so(string name)
    {
        Bundle bundle = WithSlowHook();

        RunResult result = Programs.Run(
            new RunOptions(), "sh", "-c",
            $"{CreateLine(bundle)} & pid=$!; {AwaitHook()}; kill -{name} $pid; wait $pid").Exits(1);

        result.Stderr.Should().StartWith($"csrun: create {Id}: ").And.Contain("told to end");
        result.Stderr.TrimEnd('\n').Should().NotContain("\n");
        ExpectNothing(new Position(name, 1), "after create");
        Conclude();
    }

    [CsrunTheory]
    [InlineData("create")]
    [InlineData("create --shim")]
    [InlineData("run")]
    [InlineData("run --detach")]
    [InlineData("restore")]
    public void A_command_that_waits_for_its_config_json_is_ended(string command)
    {
        Bundle bundle = NewFaultBundle();
        string config = bundle.Path + "/config.json";
        File.Delete(config);
        Programs.Run(new RunOptions(), "mkfifo", config).Ok();
        string line = $"{Runtime.Path} --root {StateRoot} {command} --bundle {bundle.Path} {Id}";

        // With --shim it is a child that waits for who writes.
        const string Await =
            "until cat /proc/$pid/wchan $(sed 's,\\([0-9]*\\) ,/proc/\\1/wchan ,g' /proc/$pid/task/$pid/children) "
            + "| grep -q wait_for_partner; do sleep 0.01; done";
        Programs.Run(new RunOptions(), "sh", "-c", $"{line} & pid=$!; {Await}; kill -TERM $pid; wait $pid").Exits(143);

        ExpectNothing(new Position(command, 1), "after it");
        Conclude();
    }

    [CsrunTheory]
    [InlineData("delete --force {0}")]
    [InlineData("kill {0} KILL")]
    [InlineData("kill {0} TERM")]
    public void Kill_and_delete_with_force_end_a_create_whose_hook_hangs(string command)
    {
        Bundle bundle = WithSlowHook();
        string end = $"{Runtime.Path} --root {StateRoot} "
            + string.Format(System.Globalization.CultureInfo.InvariantCulture, command, Id);

        RunResult result = Programs.Run(
            new RunOptions(), "sh", "-c",
            $"{CreateLine(bundle)} & pid=$!; {AwaitHook()}; {end} || exit 9; wait $pid").Exits(1);

        result.Stderr.Should().StartWith($"csrun: create {Id}: ").And.Contain("told to end");
        ExpectNothing(new Position(command, 1), "after it");
        Conclude();
    }

    [CsrunFact]
    public void Other_signals_wait_for_the_create()
    {
        Bundle bundle = WithSlowHook("0.5");
        string kill = $"{Runtime.Path} --root {StateRoot} kill {Id} USR1";

        Programs.Run(
            new RunOptions(), "sh", "-c",
            $"{CreateLine(bundle)} & pid=$!; {AwaitHook()}; {kill} || exit 9; wait $pid").Ok();

        ExpectForceRemovesAll(new Position("USR1", 1));
        Conclude();
    }

    [CsrunFact]
    public void A_create_that_does_not_end_is_killed_and_its_remains_removed()
    {
        Bundle bundle = WithSlowHook();
        string delete = $"{Runtime.Path} --root {StateRoot} delete --force {Id}";

        Programs.Run(
            new RunOptions(),
            "sh", "-c",
            $"{CreateLine(bundle)} & pid=$!; {AwaitHook()}; kill -STOP $pid; {delete} || exit 9; wait $pid").Exits(137);

        EndHook();
        ExpectNothing(new Position("STOP", 1), "after delete --force");
        Conclude();
    }

    [CsrunTheory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void So_it_does_at_every_system_call(string name)
    {
        string[] create = ["create", "--bundle", NewFaultBundle().Path, Id];
        System.Collections.Generic.IReadOnlyList<Position> all = Strace.CallsOfCsrun(0, create);
        Command("delete", "--force", Id).Ok();
        foreach (Position at in all.Where((_, i) => i % 2 == 0))
        {
            RunResult result = Strace.Spoil(at, $"signal={name}", child: false, create);

            // Before csrun blocks signals nothing is made yet; after its last look the container is created.
            Expect(result.ExitCode is 0 or 1 or 143 or 130, at, result.ToString());
            Expect(
                result.ExitCode != 1 || result.Stderr.Contains("signal", StringComparison.Ordinal),
                at, result.ToString());
            if (result.ExitCode == 0)
            {
                Expect(
                    Command("start", Id).ExitCode == 0, at,
                    "it said that the container is created, and it cannot be started");
                Command("delete", "--force", Id).Ok();
            }

            ExpectNothing(at, "after create");
        }

        Conclude();
    }

    [CsrunFact]
    public void A_create_that_dies_takes_the_first_process_along()
    {
        Bundle bundle = WithSlowHook();

        Programs.Run(
            new RunOptions(), "sh", "-c",
            $"{CreateLine(bundle)} & pid=$!; {AwaitHook()}; kill -KILL $pid; wait $pid").Exits(137);

        EndHook();
        AwaitNoProcess();
        ExpectForceRemovesAll(new Position("KILL", 1));
        Conclude();
    }

    [CsrunFact]
    public void So_it_does_in_a_user_namespace()
    {
        Bundle bundle = WithSlowHook();
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        foreach (string map in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[map] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = 100000, ["size"] = 65536 });
        }

        bundle.Save();
        Programs.Run(
            new RunOptions(), "sh", "-c",
            $"{CreateLine(bundle)} & pid=$!; {AwaitHook()}; kill -KILL $pid; wait $pid").Exits(137);

        EndHook();
        AwaitNoProcess();
        ExpectForceRemovesAll(new Position("KILL", 1));
        Conclude();
    }

    [CsrunFact]
    public void The_death_of_its_caller_changes_nothing()
    {
        Bundle bundle = WithSlowHook("0.5");

        Programs.Run(
            new RunOptions(), "sh", "-c", $"{CreateLine(bundle)} & {AwaitHook()}; kill -KILL $$").Exits(137);

        Wait.Until(() => Command("state", Id).Stdout, state => state.Contains("\"status\": \"created\""));
        Command("start", Id).Ok();
        ExpectForceRemovesAll(new Position("KILL", 1));
        Conclude();
    }

    [CsrunFact]
    public void Standard_error_may_be_closed()
    {
        Bundle bundle = NewFaultBundle();

        Programs.Run(new RunOptions(), "sh", "-c", $"{CreateLine(bundle)} 2>&-").Ok();

        Command("start", Id).Ok();
        ExpectForceRemovesAll(new Position("close", 1));
        Conclude();
    }

    [CsrunFact]
    public void A_failing_create_without_standard_error_fails_all_the_same()
    {
        Bundle bundle = NewFaultBundle();
        bundle.Config["root"]!["path"] = "nowhere";
        bundle.Save();

        Programs.Run(new RunOptions(), "sh", "-c", $"{CreateLine(bundle)} 2>&-").Exits(1);

        ExpectNothing(new Position("close", 1), "after create");
        Conclude();
    }

    private string Marker => Path.Combine(Work, "hook-runs");

    private Bundle WithSlowHook(string seconds = "100")
    {
        Bundle bundle = NewFaultBundle();
        bundle.Config["hooks"] = new JsonObject
        {
            ["createRuntime"] = new JsonArray(new JsonObject
            {
                ["path"] = "/bin/sh",
                ["args"] = new JsonArray("sh", "-c", $"touch {Marker}; exec sleep {seconds}"),
            }),
        };
        return bundle.Save();
    }

    private string CreateLine(Bundle bundle)
    {
        return $"{Runtime.Path} --root {StateRoot} create --bundle {bundle.Path} {Id} </dev/null >/dev/null";
    }

    private string AwaitHook()
    {
        return $"while ! [ -e {Marker} ]; do sleep 0.01; done";
    }

    /// <summary>Ends what is left of the hook; its shell becomes sleep some time after it was seen to run.</summary>
    private static void EndHook()
    {
        string seen = Wait.Until(
            () => string.Join(' ', Processes.Below().Where(seen => seen.Name == "sleep").Select(seen => seen.Pid)),
            pids => pids.Length > 0);
        int hook = int.Parse(seen, CultureInfo.InvariantCulture);
        _ = Syscall.kill(hook, Signum.SIGKILL);
        Processes.AwaitOrphan(hook, TimeSpan.FromSeconds(5));
    }

    private static void AwaitNoProcess()
    {
        for (int i = 0; i < 300 && Processes.Below().Any(seen => seen.Name == "csrun"); i++)
        {
            Processes.ReapOrphans();
            Thread.Sleep(10);
        }

        Processes.Below().Should().NotContain(seen => seen.Name == "csrun");
    }
}
