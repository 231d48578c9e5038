namespace Csrun.Lifecycle.Tests;

/// <summary>Where the state is kept without --root, as crun's version tells it.</summary>
public sealed class DefaultRootTests : RuntimeTest
{
    private string Crun => Runtime.As("crun").Path;

    private RunOptions WithRuntimeDirectory =>
        new() { Environment = ["PATH=/usr/bin:/bin", "XDG_RUNTIME_DIR=/run/user/4711"] };

    [CsrunFact]
    public void Is_the_machines_for_root_even_with_a_directory_of_its_own()
    {
        Programs.Run(WithRuntimeDirectory, Crun, "--version").Ok().Lines.Should().Contain("rundir: /run/csrun");
    }

    [CsrunFact]
    public void Is_the_users_for_the_root_of_a_user_namespace()
    {
        Programs.Run(WithRuntimeDirectory, "unshare", "--user", "--map-root-user", Crun, "--version").Ok()
            .Lines.Should().Contain("rundir: /run/user/4711/csrun");
    }

    [CsrunFact]
    public void Is_the_users_without_root()
    {
        Programs.Run(WithRuntimeDirectory with { Uid = 4711 }, Crun, "--version").Ok()
            .Lines.Should().Contain("rundir: /run/user/4711/csrun");
    }
}
