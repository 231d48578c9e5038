using System.Linq;

namespace Csrun.Spec.Tests;

/// <summary>
/// Scheduling, I/O priority, processors, memory nodes, personality and clocks in the kernel's numbers.
/// </summary>
public sealed class AttributePlannerTests
{
    [Fact]
    public void Plans_none_of_them_where_none_is_asked_for()
    {
        Plan plan = Plans.Of(Readings.WithProcess("\"execCPUAffinity\":{\"initial\":\"\",\"final\":\" \"}"));

        (plan.MemoryPolicy, plan.Personality).Should().Be((null, null));
        (plan.Process!.Scheduler, plan.Process.IOPriority).Should().Be((null, null));
        plan.Process.InitialProcessors.Should().BeEmpty();
        plan.Process.FinalProcessors.Should().BeEmpty();
        plan.Namespaces.TimeOffsets.Should().BeEmpty();
    }

    [Fact]
    public void Plans_all_of_scheduling()
    {
        Plans.OfProcess("""
            "scheduler":{"policy":"SCHED_DEADLINE","nice":-3,"flags":["SCHED_FLAG_RESET_ON_FORK","SCHED_FLAG_DL_OVERRUN"],
                "runtime":1024,"deadline":18446744073709551614,"period":18446744073709551615}
            """).Scheduler.Should().Be(new SchedulerPlan
        {
            Policy = SchedulerPolicy.SCHED_DEADLINE,
            Flags = SchedulerFlag.SCHED_FLAG_RESET_ON_FORK | SchedulerFlag.SCHED_FLAG_DL_OVERRUN,
            Nice = -3,
            Priority = 0,
            Runtime = 1024,
            Deadline = ulong.MaxValue - 1,
            Period = ulong.MaxValue,
        });
    }

    [Fact]
    public void Numbers_every_policy_and_flag()
    {
        SchedulerPolicyWords.All().Should().Equal(
            "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE");
        string flags = string.Join(',', SchedulerFlagWords.All().Select(word => $"\"{word}\""));

        Plans.OfProcess($"\"scheduler\":{{\"policy\":\"SCHED_RR\",\"priority\":7,\"flags\":[{flags}]}}").Scheduler
            .Should()
            .BeEquivalentTo(new { Policy = SchedulerPolicy.SCHED_RR, Priority = 7u, Flags = (SchedulerFlag)0x7F });
    }

    [Theory]
    [InlineData("\"class\":\"IOPRIO_CLASS_RT\",\"priority\":7", 0x2007)]
    [InlineData("\"class\":\"IOPRIO_CLASS_BE\",\"priority\":0", 0x4000)]
    [InlineData("\"class\":\"IOPRIO_CLASS_BE\"", 0x4000)]
    [InlineData("\"class\":\"IOPRIO_CLASS_IDLE\",\"priority\":1", 0x6001)]
    public void Puts_class_and_priority_into_one_number(string members, int number)
    {
        Plans.OfProcess($"\"ioPriority\":{{{members}}}").IOPriority.Should().Be(number);
    }

    [Theory]
    [InlineData("0", 0x1UL)]
    [InlineData("0-3,7", 0x8FUL)]
    [InlineData("63", 0x8000_0000_0000_0000UL)]
    [InlineData("64", 0UL, 1UL)]
    [InlineData("1, 60 - 65", 0xF000_0000_0000_0002UL, 3UL)]
    public void Makes_masks_of_lists(string list, params ulong[] mask)
    {
        Plans.OfProcess($"\"execCPUAffinity\":{{\"initial\":\"{list}\"}}").InitialProcessors.Should().Equal(mask);
        Plans.OfProcess($"\"execCPUAffinity\":{{\"final\":\"{list}\"}}").FinalProcessors.Should().Equal(mask);
        Plans.OfLinux($"\"memoryPolicy\":{{\"mode\":\"MPOL_BIND\",\"nodes\":\"{list}\"}}").MemoryPolicy!.Nodes
            .Should().Equal(mask);
    }

    [Theory]
    [InlineData("0-")]
    [InlineData("-1")]
    [InlineData("1-0")]
    [InlineData("0,,1")]
    [InlineData("0,")]
    [InlineData("8192")]
    [InlineData("0x1")]
    [InlineData("99999999999")]
    public void Knows_what_is_no_list(string list)
    {
        NumberList.TryFill(list, new ulong[NumberList.MaskLength]).Should().BeFalse();
    }

    [Theory]
    [InlineData("\"mode\":\"MPOL_DEFAULT\"", 0)]
    [InlineData(
        "\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":[\"MPOL_F_STATIC_NODES\",\"MPOL_F_NUMA_BALANCING\"]",
        0xA002)]
    [InlineData("\"mode\":\"MPOL_WEIGHTED_INTERLEAVE\",\"nodes\":\"0\",\"flags\":[\"MPOL_F_RELATIVE_NODES\"]", 0x4006)]
    public void Puts_flags_into_the_mode_of_a_memory_policy(string members, int mode)
    {
        Plans.OfLinux($"\"memoryPolicy\":{{{members}}}").MemoryPolicy!.Mode.Should().Be(mode);
    }

    [Fact]
    public void Plans_the_execution_domain()
    {
        Plans.OfLinux("\"personality\":{\"domain\":\"LINUX32\"}").Personality.Should().Be((PersonalityDomain)8);
        Plans.OfLinux("\"personality\":{\"domain\":\"LINUX\"}").Personality.Should().Be((PersonalityDomain)0);
    }

    [Fact]
    public void Plans_the_offsets_of_clocks()
    {
        Plan plan = Plans.OfLinux("""
            "namespaces":[{"type":"time"}],"timeOffsets":{"boottime":{"secs":-5},"monotonic":{"secs":6,"nanosecs":7}}
            """);

        plan.Namespaces.New.Should().Be(NamespaceType.Time);
        plan.Namespaces.TimeOffsets.Should().Equal(
            new TimeOffsetPlan(TimeClock.Boottime, -5, 0), new TimeOffsetPlan(TimeClock.Monotonic, 6, 7));
        PlanText.Print(plan)
            .Should().Contain("\nclock             boottime -5 s 0 ns\nclock             monotonic +6 s 7 ns\n");
    }

    [Fact]
    public void Prints_them()
    {
        PlanText.Print(Plans.Of(Readings.WithTop("""
            "process":{"cwd":"/","args":["a"],"scheduler":{"policy":"SCHED_IDLE"},"ioPriority":{"class":"IOPRIO_CLASS_BE","priority":3}},
            "linux":{"personality":{"domain":"LINUX32"},"memoryPolicy":{"mode":"MPOL_LOCAL"}}
            """))).Should().Contain("memory policy     MPOL_LOCAL\n").And.Contain("personality       LINUX32\n")
            .And.Contain("scheduler         SCHED_IDLE\n").And.Contain("io priority       IOPRIO_CLASS_BE 3\n");
    }

    [Fact]
    public void Gives_exec_what_the_container_has_unless_it_has_its_own()
    {
        Process container = Readings.Good(Readings.WithProcess("""
            "scheduler":{"policy":"SCHED_BATCH"},"ioPriority":{"class":"IOPRIO_CLASS_IDLE"},"execCPUAffinity":{"final":"0"}
            """)).Process!;
        Process own = new() { Args = ["a"], Cwd = "/", Scheduler = new Scheduler { Policy = "SCHED_IDLE" } };

        ProcessPlan plan = ExecPlanner.Plan(container, own, out _).Process;

        plan.Scheduler!.Policy.Should().Be(SchedulerPolicy.SCHED_IDLE);
        plan.IOPriority.Should().Be(0x6000);
        plan.FinalProcessors.Should().Equal(1);
    }
}
