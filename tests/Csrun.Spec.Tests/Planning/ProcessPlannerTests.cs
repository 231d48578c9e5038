using System.Linq;

namespace Csrun.Spec.Tests;

/// <summary>process: names become the kernel's numbers.</summary>
public sealed class ProcessPlannerTests
{
    [Fact]
    public void Has_defaults_where_nothing_is_said()
    {
        ProcessPlan plan = Plans.OfProcess("");

        plan.Arguments.Should().Equal("sh");
        plan.WorkingDirectory.Should().Be("/");
        (plan.Uid, plan.Gid, plan.Umask).Should().Be((0, 0, 0x12)); // 0022
        plan.Environment.Should().BeEmpty();
        plan.AdditionalGids.Should().BeEmpty();
        plan.Rlimits.Should().BeEmpty();
        (plan.Capabilities, plan.OomScoreAdj, plan.ConsoleSize).Should().Be((null, null, null));
        (plan.NoNewPrivileges, plan.Terminal).Should().Be((false, false));
    }

    [Fact]
    public void Takes_what_is_said()
    {
        ProcessPlan plan = Plans.OfProcess("""
            "user":{"uid":1000,"gid":2000,"umask":63,"additionalGids":[5,7]},"noNewPrivileges":true,"oomScoreAdj":0,
            "terminal":true,"consoleSize":{"height":24,"width":80}
            """);

        (plan.Uid, plan.Gid, plan.Umask, plan.OomScoreAdj).Should().Be((1000, 2000, 63, 0));
        plan.AdditionalGids.Should().Equal(5, 7);
        (plan.NoNewPrivileges, plan.Terminal).Should().Be((true, true));
        plan.ConsoleSize.Should().Be(new Box { Height = 24, Width = 80 });
    }

    [Fact]
    public void Lets_the_last_entry_of_a_name_count_in_the_place_of_the_first()
    {
        Plans.OfProcess("\"env\":[\"A=1\",\"B=2\",\"A=3=4\",\"AB=5\",\"B=\"]").Environment
            .Should().Equal("A=3=4", "B=", "AB=5");
    }

    [Fact]
    public void Tells_of_the_sockets_of_systemd()
    {
        Plan plan = Plans.Of(
            Readings.WithProcess("\"env\":[\"LISTEN_FDS=9\",\"A=1\"]"), Plans.Options with { ListenDescriptors = 2 });

        plan.Process!.Environment.Should().Equal("LISTEN_FDS=2", "A=1", "LISTEN_PID=1");
    }

    [Fact]
    public void Gives_the_notify_socket_by_a_mount_and_a_variable()
    {
        Plan plan = WithNotifySocket("""{"type":"mount"}""");

        plan.Process!.Environment.Should().Equal("NOTIFY_SOCKET=/run/notify/notify.sock", "A=1");
        plan.Mounts[^1].Should().BeEquivalentTo(
            new { Kind = MountKind.Bind, Source = "/state/notify", Destination = "/run/notify", IsReadonly = true });
    }

    [Fact]
    public void Gives_no_notify_socket_where_its_mount_would_be_the_hosts()
    {
        Plan plan = WithNotifySocket("""{"type":"pid"}""");

        plan.Process!.Environment.Should().Equal("NOTIFY_SOCKET=/x", "A=1");
        plan.Mounts.Should().BeEmpty();
    }

    [Fact]
    public void Makes_bit_sets_of_capabilities_and_leaves_unknown_ones_out()
    {
        Plans.OfProcess("""
            "capabilities":{"bounding":["CAP_CHOWN","CAP_CHECKPOINT_RESTORE","CAP_NOSUCH"],"effective":["CAP_KILL"],
                "permitted":["CAP_KILL","CAP_KILL"],"inheritable":["CAP_SYS_ADMIN"],"ambient":[]}
            """).Capabilities.Should().Be(new CapabilitySets(1 | (1UL << 40), 1 << 5, 1 << 5, 1 << 21, 0));
    }

    [Fact]
    public void Tells_absent_capabilities_from_empty_ones()
    {
        Plans.OfProcess("").Capabilities.Should().BeNull();
        Plans.OfProcess("\"capabilities\":{}").Capabilities.Should().Be(new CapabilitySets(0, 0, 0, 0, 0));
    }

    [Fact]
    public void Numbers_all_41_capabilities()
    {
        string[] names = CapabilityWords.All();

        names.Should().HaveCount(41).And.HaveElementAt(21, "CAP_SYS_ADMIN")
            .And.HaveElementAt(40, "CAP_CHECKPOINT_RESTORE");
        string list = string.Join(',', names.Select(name => $"\"{name}\""));
        Plans.OfProcess($"\"capabilities\":{{\"bounding\":[{list}]}}").Capabilities!.Bounding
            .Should().Be((1UL << 41) - 1);
    }

    [Fact]
    public void Numbers_all_16_limits()
    {
        string[] names = RlimitTypeWords.All();
        string limits = string.Join(
            ',', names.Select(name => $$"""{"type":"{{name}}","soft":1,"hard":18446744073709551615}"""));

        ProcessPlan plan = Plans.OfProcess($"\"rlimits\":[{limits}]");

        plan.Rlimits.Select(limit => limit.Resource).Should().Equal(Enumerable.Range(0, 16));
        plan.Rlimits[7].Should().Be(new RlimitPlan(7, "RLIMIT_NOFILE", 1, ulong.MaxValue, "process.rlimits[7]"));
    }

    private static Plan WithNotifySocket(string namespaces)
    {
        return Plans.Of(
            Readings.WithTop($$"""
                "process":{"cwd":"/","args":["sh"],"env":["NOTIFY_SOCKET=/x","A=1"]},
                "linux":{"namespaces":[{{namespaces}}]}
                """),
            Plans.Options with { NotifyDirectory = "/state/notify" });
    }
}
