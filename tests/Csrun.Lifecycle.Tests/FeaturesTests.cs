using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary><c>features</c>, which engines ask before they write a config.json.</summary>
public sealed class FeaturesTests : RuntimeTest
{
    private JsonObject Features() => JsonNode.Parse(Command("features").Ok().Stdout)!.AsObject();

    [RootFact]
    public void Tells_versions_hooks_and_namespaces()
    {
        JsonObject features = Features();

        ((string)features["ociVersionMin"]!).Should().Be("1.0.0");
        ((string)features["ociVersionMax"]!).Should().StartWith("1.");
        Words(features["hooks"]).Should().Equal(
            "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");
        Words(features["linux"]!["namespaces"])
            .Should().Contain(["mount", "pid", "network", "ipc", "uts", "user", "cgroup"]);
        ((bool)features["linux"]!["seccomp"]!["enabled"]!).Should().BeTrue();
    }

    [CsrunFact]
    public void Lists_each_mount_option_that_works()
    {
        Words(Features()["mountOptions"])
            .Should().Contain(["rbind", "rro", "tmpcopyup", "nosymfollow", "idmap", "copy-symlink"]);
    }

    [CsrunFact]
    public void Every_command_of_the_help_has_code()
    {
        string help = Command("help").Ok().Stdout;
        foreach (string command in new[] { "features", "spec", "list", "plan", "state", "events", "ps",
            "update", "pause" })
        {
            help.Should().Contain(command);
            Command(command).Stderr.Should().NotContain("Unhandled");
        }
    }

    private static string[] Words(JsonNode? node) => [.. node!.AsArray().Select(word => (string)word!)];
}
