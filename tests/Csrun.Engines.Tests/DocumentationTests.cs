namespace Csrun.Engines.Tests;

/// <summary>What docs/using-engines.md says works as it stands there.</summary>
public sealed class DocumentationTests
{
    [RootTheory]
    [InlineData("docker", "hello\ncsrun\n")]
    [InlineData("podman", "hello\ncsrun /usr/local/bin/csrun\n")]
    [InlineData("buildah", "hello\nhello\n")]
    [InlineData("containerd", "hello\nhello\n")]
    public void The_page_on_engines_is_true(string section, string output)
    {
        using Documented engine = new(section);

        engine.Started!.Stdout.Should().StartWith(output);
    }

    private sealed class Documented(string section) : Engine("documented", section);
}
