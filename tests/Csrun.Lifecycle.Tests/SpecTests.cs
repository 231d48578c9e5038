using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>`spec`: exactly runc's default, for people and scripts to edit.</summary>
public sealed class SpecTests : RuntimeTest
{
    [RootFact]
    public void Writes_runcs_default()
    {
        Command(new RunOptions { WorkingDirectory = Work }, "spec").Ok();

        JsonNode written = JsonNode.Parse(File.ReadAllText(Path.Combine(Work, "config.json")))!;
        JsonNode expected = Bundle.DefaultConfig();
        written["ociVersion"] = expected["ociVersion"]!.DeepClone();
        written["hostname"] = expected["hostname"]!.DeepClone();
        JsonNode.DeepEquals(written, expected).Should().BeTrue(written.ToJsonString());
    }

    [RootFact]
    public void Writes_into_the_bundle_that_is_named()
    {
        Directory.CreateDirectory(Path.Combine(Work, "there"));

        Command("spec", "--bundle", Path.Combine(Work, "there")).Ok();

        File.Exists(Path.Combine(Work, "there", "config.json")).Should().BeTrue();
    }

    [RootFact]
    public void Does_not_overwrite()
    {
        File.WriteAllText(Path.Combine(Work, "config.json"), "mine");

        Command(new RunOptions { WorkingDirectory = Work }, "spec").Exits(1)
            .Stderr.Should().Contain("config.json").And.Contain("exists");
        File.ReadAllText(Path.Combine(Work, "config.json")).Should().Be("mine");
    }

    [RootFact]
    public void Writes_what_runs_once_the_terminal_is_off()
    {
        Bundle bundle = NewBundle();
        Command("spec", "--bundle", bundle.Path).Ok();
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(bundle.Path, "config.json")))!.AsObject();
        config["process"]!["terminal"] = false;

        Inside(bundle.ConfigFrom(config), "echo ran").Should().Be("ran");
    }
}
