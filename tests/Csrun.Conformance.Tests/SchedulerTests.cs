using System.Text.Json.Nodes;

namespace Csrun.Conformance.Tests;

/// <summary>process.scheduler and process.ioPriority, as the container's /proc shows them.</summary>
public sealed class SchedulerTests : RuntimeTest
{
    /// <summary>
    /// By the shell alone: a process with a deadline cannot fork. Nice value, static priority, policy.
    /// </summary>
    private const string OwnStat = "read l < /proc/self/stat; set -- $l; shift 18; n=$1; shift 21; echo $n $1 $2";

    [RootFact]
    [Broken("config", "process.scheduler={'policy':'SCHED_BATCH'}")]
    public void CFG_SCHED_01_leaves_scheduling_alone_where_none_is_given()
    {
        Inside(NewBundle(), OwnStat).Should().Be("0 0 0");
    }

    [RootTheory]
    [InlineData("SCHED_OTHER", "0 0 0")]
    [InlineData("SCHED_BATCH", "0 0 3")]
    [InlineData("SCHED_IDLE", "0 0 5")]
    [Broken("config", "process.scheduler={'policy':'SCHED_IDLE'}")]
    public void CFG_SCHED_02_has_the_policy(string policy, string seen)
    {
        Inside(Scheduled(policy), OwnStat).Should().Be(seen);
    }

    [RootTheory]
    [InlineData("SCHED_OTHER", 5, "5 0 0")]
    [InlineData("SCHED_BATCH", 19, "19 0 3")]
    [InlineData("SCHED_OTHER", -20, "-20 0 0")]
    [Broken("config", "process.scheduler-")]
    public void CFG_SCHED_03_has_the_nice_value(string policy, int nice, string seen)
    {
        Inside(Scheduled(policy, ("nice", nice)), OwnStat).Should().Be(seen);
    }

    [RootTheory]
    [InlineData("SCHED_FIFO", 1, "0 1 1")]
    [InlineData("SCHED_RR", 99, "0 99 2")]
    [Broken("config", "process.scheduler-")]
    public void CFG_SCHED_04_has_the_static_priority(string policy, int priority, string seen)
    {
        // the kernel lets a cgroup run in real time only if it is given time for that
        Bundle bundle = Scheduled(policy, ("priority", priority));
        bundle.Resources["cpu"] = new JsonObject { ["realtimeRuntime"] = 10_000, ["realtimePeriod"] = 1_000_000 };

        Inside(bundle, OwnStat).Should().Be(seen);
    }

    [RootTheory]
    [InlineData("SCHED_FLAG_RESET_ON_FORK", "-5 0")]
    [InlineData(null, "-5 -5")]
    [Broken("config", "process.scheduler.flags-")]
    public void CFG_SCHED_05_has_the_flags(string? flag, string seen)
    {
        // a fork takes back what needs rights: a negative nice value, a policy of real time
        Bundle bundle = Scheduled("SCHED_OTHER", ("nice", -5));
        if (flag is not null)
        {
            bundle.Process["scheduler"]!["flags"] = new JsonArray(flag);
        }

        Inside(bundle, "a=$(cut -d' ' -f19 /proc/1/stat); b=$(cut -d' ' -f19 /proc/self/stat); echo $a $b")
            .Should().Be(seen);
    }

    [RootFact]
    [Broken("config", "process.scheduler-")]
    public void CFG_SCHED_06_to_08_has_the_deadline()
    {
        Bundle bundle = Scheduled(
            "SCHED_DEADLINE", ("runtime", 10_000_000), ("deadline", 20_000_000), ("period", 30_000_000));

        Inside(bundle, OwnStat).Should().Be("0 0 6");
    }

    [RootTheory]
    [InlineData("SCHED_ISO", "sched_setattr SCHED_ISO: invalid argument")]
    [InlineData("SCHED_NOSUCH", "process.scheduler.policy: expected one of")]
    [Broken("config", "process.scheduler-")]
    public void CFG_SCHED_02_is_an_error_at_create_where_the_kernel_has_no_such_policy(string policy, string message)
    {
        Container container = NewContainer(Scheduled(policy));

        container.TryCreate().Fails("process.scheduler", message);
    }

    [RootTheory]
    [InlineData("IOPRIO_CLASS_BE", 3, "best-effort: prio 3")]
    [InlineData("IOPRIO_CLASS_RT", 0, "realtime: prio 0")]
    [InlineData("IOPRIO_CLASS_IDLE", 0, "idle")]
    [Broken("config", "process.ioPriority-")]
    public void CFG_IOP_03_and_04_has_the_class_and_the_priority(string kind, int priority, string seen)
    {
        Bundle bundle = NewBundle();
        bundle.Process["ioPriority"] = new JsonObject { ["class"] = kind, ["priority"] = priority };

        Inside(bundle, "ionice -p 1").Should().Be(seen);
    }

    [RootFact]
    [Broken("config", "process.ioPriority-")]
    public void CFG_IOP_02_holds_for_all_processes_of_the_container()
    {
        Bundle bundle = NewBundle().Sh("sh -c 'ionice -p $$; :'; sleep 100");
        bundle.Process["ioPriority"] = new JsonObject { ["class"] = "IOPRIO_CLASS_BE", ["priority"] = 6 };
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("best-effort: prio 6");

        container.Do("exec", container.Id, "ionice", "-p", "1").Ok().Stdout.Should().Be("best-effort: prio 6\n");
        container.Do("exec", container.Id, "sh", "-c", "ionice -p $$; :").Ok().Stdout
            .Should().Be("best-effort: prio 6\n");
    }

    [RootFact]
    [Broken("config", "process.scheduler-")]
    public void CFG_SCHED_02_holds_for_exec_unless_it_has_one_of_its_own()
    {
        Container container = NewContainer(Scheduled("SCHED_BATCH").Sh("sleep 100")).Create().Start();
        string process = System.IO.Path.Combine(Work, "process.json");
        System.IO.File.WriteAllText(process, $$"""
            {"cwd":"/","args":["/bin/sh","-c","{{OwnStat}}"],"scheduler":{"policy":"SCHED_OTHER","nice":7} }
            """);

        container.Do("exec", container.Id, "/bin/sh", "-c", OwnStat).Ok().Stdout.Should().Be("0 0 3\n");
        container.Do("exec", "--process", process, container.Id).Ok().Stdout.Should().Be("7 0 0\n");
    }

    private Bundle Scheduled(string policy, params (string Name, int Value)[] members)
    {
        JsonObject scheduler = new() { ["policy"] = policy };
        foreach ((string name, int value) in members)
        {
            scheduler[name] = value;
        }

        Bundle bundle = NewBundle();
        bundle.Process["scheduler"] = scheduler;
        return bundle;
    }
}
