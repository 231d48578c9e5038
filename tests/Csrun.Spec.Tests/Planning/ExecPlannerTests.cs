using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Csrun.Spec.Tests;

/// <summary>What exec starts, from the container's process and the flags, or from a process of its own.</summary>
public sealed class ExecPlannerTests
{
    private const ulong Chown = 1;
    private const ulong Kill = 1 << 5;

    private static readonly Process s_ofContainer = new()
    {
        Args = ["/bin/sh"],
        Cwd = "/srv",
        Env = ["PATH=/bin", "A=1"],
        User = new User { Uid = 10, Gid = 20, AdditionalGids = [30], Umask = 7 },
        Capabilities =
            new LinuxCapabilities { Bounding = ["CAP_KILL"], Effective = ["CAP_KILL"], Permitted = ["CAP_KILL"] },
        Rlimits = [new PosixRlimit { Type = "RLIMIT_NOFILE", Soft = 1, Hard = 2 }],
        NoNewPrivileges = true,
        Terminal = true,
        OomScoreAdj = 5,
    };

    [Fact]
    public void Is_the_containers_process_with_other_arguments_and_without_its_terminal()
    {
        ExecPlan plan = Plan(new ExecChanges { Arguments = Bytes("true", "x") });

        plan.Arguments.Select(Encoding.UTF8.GetString).Should().Equal("true", "x");
        plan.Environment.Select(Encoding.UTF8.GetString).Should().Equal("PATH=/bin", "A=1");
        plan.Process.WorkingDirectory.Should().Be("/srv");
        (plan.Process.Uid, plan.Process.Gid, plan.Process.Umask).Should().Be((10u, 20u, 7u));
        plan.Process.AdditionalGids.Should().Equal(30u);
        plan.Process.Rlimits.Should().ContainSingle();
        plan.Process.OomScoreAdj.Should().Be(5);
        plan.Process.NoNewPrivileges.Should().BeTrue();
        plan.Process.Terminal.Should().BeFalse();
    }

    [Fact]
    public void Adds_capabilities_to_three_sets()
    {
        ExecPlan plan = Plan(Changes() with { Capabilities = ["CAP_CHOWN"] });

        plan.Process.Capabilities.Should().Be(new CapabilitySets(Chown | Kill, Chown | Kill, Chown | Kill, 0, 0));
    }

    [Theory]
    [InlineData("7", 7, 20, null, null)]
    [InlineData("7:8", 7, 8, null, null)]
    [InlineData("web", 10, 20, "web", null)]
    [InlineData("web:8", 10, 8, "web", null)]
    [InlineData("7:staff", 7, 20, null, "staff")]
    [InlineData("web:staff", 10, 20, "web", "staff")]
    public void Takes_a_user_apart(string typed, uint uid, uint gid, string? user, string? group)
    {
        ExecPlan plan = Plan(Changes() with { User = typed });

        (plan.Process.Uid, plan.Process.Gid, plan.UserName, plan.GroupName).Should().Be((uid, gid, user, group));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("4294967295")]
    [InlineData("99999999999")]
    [InlineData("1x")]
    [InlineData(":1")]
    [InlineData("1:")]
    [InlineData("a:b:c")]
    public void Refuses_a_user_that_is_neither_number_nor_name(string typed)
    {
        Faults(Changes() with { User = typed }).Should().Equal("--user");
    }

    [Fact]
    public void Tells_all_faults_at_once_by_their_flags()
    {
        ExecChanges changes = Changes() with
        {
            WorkingDirectory = "tmp",
            Environment = Bytes("NOVALUE", "=x"),
            AdditionalGids = ["x"],
            Capabilities = ["CAP_X"],
        };

        Faults(changes).Should().BeEquivalentTo(
            "--cwd", "--env", "--env", "--additional-gids", "--cap");
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("own", null, "own")]
    [InlineData("own", "", "own")]
    [InlineData("own", "other", "other")]
    [InlineData("", "", null)]
    public void Has_the_containers_labels_unless_others_are_given(string? ofContainer, string? given, string? planned)
    {
        Process container =
            new() { Args = ["a"], Cwd = "/", ApparmorProfile = ofContainer, SelinuxLabel = ofContainer };
        Process process = new() { Args = ["a"], Cwd = "/", ApparmorProfile = given, SelinuxLabel = given };
        ExecChanges changes = new() { Arguments = Bytes("a"), ApparmorProfile = given, SelinuxLabel = given };

        foreach (ExecPlan plan in new[]
            { ExecPlanner.Plan(container, changes, out _), ExecPlanner.Plan(container, process, out _) })
        {
            (plan.Process.ApparmorProfile, plan.Process.SelinuxLabel).Should().Be((planned, planned));
        }
    }

    [Fact]
    public void Replaces_a_variable_in_its_place_byte_by_byte()
    {
        ExecPlan plan = Plan(Changes() with { Environment = [[(byte)'A', (byte)'=', 0xff], .. Bytes("B=2", "B=3")] });

        plan.Environment.Select(entry => string.Join(' ', entry.Select(b => b.ToString("x2")))).Should().Equal(
            "50 41 54 48 3d 2f 62 69 6e", "41 3d ff", "42 3d 33");
    }

    [Fact]
    public void Gives_a_process_of_its_own_the_containers_rights_and_limits_where_it_names_none()
    {
        ExecPlan plan = ExecPlanner.Plan(
            s_ofContainer, new Process { Args = ["true"], Cwd = "/" }, out IReadOnlyList<Fault> faults);

        faults.Should().BeEmpty();
        plan.Process.Capabilities.Should().Be(new CapabilitySets(Kill, Kill, Kill, 0, 0));
        plan.Process.Rlimits.Should().ContainSingle();
        (plan.Process.Uid, plan.Process.Umask, plan.Process.OomScoreAdj).Should().Be((0u, 7u, 5));
        plan.Environment.Should().BeEmpty();
    }

    private static ExecChanges Changes()
    {
        return new ExecChanges { Arguments = Bytes("true") };
    }

    private static ExecPlan Plan(ExecChanges changes)
    {
        ExecPlan plan = ExecPlanner.Plan(s_ofContainer, changes, out IReadOnlyList<Fault> faults);
        faults.Should().BeEmpty();
        return plan;
    }

    private static IEnumerable<string> Faults(ExecChanges changes)
    {
        _ = ExecPlanner.Plan(s_ofContainer, changes, out IReadOnlyList<Fault> faults);
        return faults.Select(fault => fault.Place);
    }

    private static byte[][] Bytes(params string[] texts)
    {
        return [.. texts.Select(Encoding.UTF8.GetBytes)];
    }
}
