using System;
using System.Text.Json.Nodes;

namespace Csrun.Conformance.Tests;

/// <summary>process.execCPUAffinity.</summary>
public sealed class AffinityTests : RuntimeTest
{
    private const string Allowed = "grep Cpus_allowed_list /proc/self/status | cut -f2";

    [RootFact]
    [Broken("config", "linux.resources.cpu={'cpus':'0'}")]
    public void CFG_AFF_02_does_not_apply_to_the_first_process()
    {
        string all = Programs.Run("sh", "-c", Allowed).Stdout.TrimEnd('\n');

        Inside(With(initial: "0", final: "0"), Allowed).Should().Be(all);
    }

    [RootFact]
    [Broken("config", "process.execCPUAffinity-")]
    public void CFG_AFF_04_applies_to_what_exec_adds()
    {
        string last = (Environment.ProcessorCount - 1).ToString();
        Container container = NewContainer(With(initial: "0", final: last).Sh("sleep 100")).Create().Start();

        container.Do("exec", container.Id, "/bin/sh", "-c", Allowed).Ok().Stdout.Should().Be(last + "\n");
    }

    [RootFact]
    [Broken("output", "exec", "0 => 0-1")]
    public void CFG_AFF_04_may_be_execs_own()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();
        string process = System.IO.Path.Combine(Work, "process.json");
        System.IO.File.WriteAllText(process, $$"""
            {"cwd":"/","args":["/bin/sh","-c","{{Allowed}}"],"execCPUAffinity":{"final":"0"} }
            """);

        container.Do("exec", "--process", process, container.Id).Ok().Stdout.Should().Be("0\n");
    }

    [RootFact]
    [Broken("exit", "create")]
    public void CFG_AFF_06_is_an_error_where_the_list_is_none_or_no_processor_is_there()
    {
        NewContainer(With(initial: "0-", final: "")).TryCreate()
            .Fails("process.execCPUAffinity.initial: expected a list like 0-3,7");
        Container container = NewContainer(With(initial: "", final: "8000").Sh("sleep 100")).Create().Start();

        container.Do("exec", container.Id, "true")
            .FailsAsExec("process.execCPUAffinity.final: sched_setaffinity: invalid argument");
    }

    private Bundle With(string initial, string final)
    {
        Bundle bundle = NewBundle();
        bundle.Process["execCPUAffinity"] = new JsonObject { ["initial"] = initial, ["final"] = final };
        return bundle;
    }
}
