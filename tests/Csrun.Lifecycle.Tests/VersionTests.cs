namespace Csrun.Lifecycle.Tests;

/// <summary>`--version` and calls that make no sense.</summary>
public sealed class VersionTests : RuntimeTest
{
    [RootTheory]
    [InlineData("--version")]
    [InlineData("-v")]
    public void Prints_name_commit_and_spec(string flag)
    {
        RunResult result = Runtime.Run(flag).Ok();

        string[] lines = result.Lines;
        lines[0].Should().MatchRegex($"^{Runtime.Name} version [0-9]+\\.[0-9]+\\.[0-9]+");
        lines[1].Should().StartWith("commit: ");
        lines[2].Should().MatchRegex("^spec: [0-9]+\\.[0-9]+\\.[0-9]+");
        result.Stderr.Should().BeEmpty();
    }

    [CsrunTheory]
    [InlineData("runc")]
    [InlineData("crun")]
    public void Answers_to_the_name_it_is_called_by(string name)
    {
        Runtime.As(name).Run("--version").Ok().Stdout.Should().StartWith($"{name} version ");
    }

    [CsrunFact]
    public void Refuses_an_unknown_command()
    {
        RunResult result = Runtime.As("runc").Run("foo");

        result.ExitCode.Should().NotBe(0);
        (result.Stdout + result.Stderr).Should().Contain("No help topic for 'foo'");
    }
}
