namespace Csrun.Conformance.Tests;

/// <summary>process.capabilities that nobody can give.</summary>
public sealed class CapabilityTests : RuntimeTest
{
    /// <summary>CAP_SYS_TIME 25, CAP_KILL 5.</summary>
    [RootFact]
    [Broken("silent", "run")]
    public void CFG_CAP_03_and_04_warns_of_what_it_cannot_give_and_goes_on_without()
    {
        Bundle bundle = NewBundle().Capabilities("CAP_KILL", "CAP_SYS_TIME")
            .Sh("grep -E 'Cap(Eff|Prm)' /proc/self/status | cut -f2 | sort -u").Save();

        RunResult result = Runtime.Through("set -- setpriv --bounding-set=-sys_time \"$@\"")
            .Run("--root", StateRoot, "run", "--bundle", bundle.Path, NewId());

        result.Ok().Stdout.Should().Be("0000000000000020\n");
        result.Stderr.Split("CAP_SYS_TIME").Should().HaveCount(2, "it is said once");
    }

    [RootFact]
    [Broken("silent", "run")]
    public void CFG_CAP_03_warns_of_names_that_nobody_knows()
    {
        RunResult result = Run(NewBundle().Capabilities("CAP_KILL", "CAP_TEST").Sh("grep CapBnd /proc/self/status"));

        result.Ok().Stdout.Should().Be("CapBnd:\t0000000000000020\n");
        result.Message.Should().Contain("CAP_TEST");
    }

    [RootFact]
    [Broken("config", "process.capabilities={'bounding':['CAP_TEST']}")]
    public void CFG_CAP_03_says_nothing_where_all_is_given()
    {
        Run(NewBundle().Capabilities("CAP_KILL").Sh("true")).Ok().Stderr.Should().BeEmpty();
    }
}
