using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>What cannot work is refused with code 1 and a reason, and leaves nothing behind.</summary>
public sealed class BadInputTests : RuntimeTest
{
    [RootFact]
    public void Refuses_a_missing_bundle()
    {
        Command("run", "--bundle", "/nonexistent/bundle", NewId()).Exits(1).Stderr
            .Should().Contain("no such file or directory");
    }

    [RootFact]
    public void Refuses_a_bundle_without_config()
    {
        Directory.CreateDirectory(Path.Combine(Work, "empty"));

        Command("run", "--bundle", Path.Combine(Work, "empty"), NewId()).Exits(1)
            .Stderr.Should().Contain("config.json").And.MatchRegex("not found|no such file or directory");
    }

    [RootFact]
    public void Refuses_broken_json()
    {
        Bundle bundle = NewBundle();
        File.WriteAllText(Path.Combine(bundle.Path, "config.json"), "{\"ociVersion\": \"1.0.2\",, }");

        Command("run", "--bundle", bundle.Path, NewId()).Exits(1).Stderr.Should().NotBeEmpty();
    }

    [CsrunFact]
    public void Says_where_json_is_broken()
    {
        Bundle bundle = NewBundle();
        File.WriteAllText(Path.Combine(bundle.Path, "config.json"), "{\n  \"ociVersion\": \"1.0.2\",,\n}");

        Command("run", "--bundle", bundle.Path, NewId()).Exits(1).Stderr.Should().Contain("line 2");
    }

    [RootFact]
    public void Refuses_a_root_that_is_not_there()
    {
        Bundle bundle = NewBundle();
        bundle.Config["root"]!["path"] = "nowhere";

        Run(bundle).Exits(1).Stderr.Should().Contain("nowhere").And.Contain("no such file or directory");
    }

    [RootFact]
    public void Refuses_a_config_without_process()
    {
        Bundle bundle = NewBundle();
        bundle.Config.Remove("process");

        Run(bundle).Exits(1).Stderr.Should().Contain("process");
    }

    [RootFact]
    public void Refuses_a_relative_working_directory()
    {
        Bundle bundle = NewBundle();
        bundle.Process["cwd"] = "usr/bin";

        Run(bundle).Exits(1).Stderr.Should().ContainEquivalentOf("cwd").And.ContainEquivalentOf("absolute");
    }

    [RootFact]
    public void Refuses_a_program_without_arguments()
    {
        Bundle bundle = NewBundle();
        bundle.Process["args"] = new JsonArray();

        Run(bundle).Exits(1).Stderr.Should().Contain("args");
    }

    [CsrunTheory]
    [InlineData("2.0.0")]
    [InlineData("")]
    [InlineData("one")]
    public void Refuses_another_major_version(string version)
    {
        Bundle bundle = NewBundle();
        bundle.Config["ociVersion"] = version;

        Run(bundle).Exits(1).Stderr.Should().Contain("ociVersion");
    }

    [RootTheory]
    [InlineData("1.0.0")]
    [InlineData("1.0.2-dev")]
    [InlineData("1.1.0")]
    [InlineData("1.2.1")]
    public void Takes_any_version_1(string version)
    {
        Bundle bundle = NewBundle();
        bundle.Config["ociVersion"] = version;

        Inside(bundle, "echo ran").Should().Be("ran");
    }

    [RootFact]
    public void Ignores_what_the_specification_does_not_know()
    {
        Bundle bundle = NewBundle();
        bundle.Config["xExperimental"] = new JsonObject { ["deep"] = new JsonArray(1, 2, "x") };
        bundle.Linux["later"] = true;

        Inside(bundle, "echo ran").Should().Be("ran");
    }

    [RootTheory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("../escape")]
    [InlineData("..")]
    [InlineData("white space")]
    [InlineData("back`tick")]
    public void Refuses_an_id_that_is_no_name(string id)
    {
        Bundle bundle = NewBundle().Save();

        RunResult result = Command("create", "--bundle", bundle.Path, id).Exits(1);

        result.Stderr.Should().NotBeEmpty();
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunTheory]
    [InlineData(".hidden")]
    [InlineData("-dash")]
    public void Refuses_an_id_that_looks_like_something_else(string id)
    {
        Bundle bundle = NewBundle().Save();

        Command("create", "--bundle", bundle.Path, id).ExitCode.Should().NotBe(0);
    }

    [RootFact]
    public void Refuses_an_id_that_is_too_long()
    {
        Bundle bundle = NewBundle().Save();

        Command("create", "--bundle", bundle.Path, new string('a', 1025)).Exits(1).Stderr.Should().NotBeEmpty();
    }

    [RootTheory]
    [InlineData("a")]
    [InlineData("A_b+c-d.e")]
    public void Takes_an_id_of_every_character_that_is_allowed(string id)
    {
        Bundle bundle = NewBundle().Sh("exit 3").Save();

        Command("run", "--bundle", bundle.Path, $"{id}-{Path.GetFileName(Work)}").Exits(3);
    }

    [RootFact]
    public void Names_the_missing_source_of_a_mount()
    {
        Bundle bundle = NewBundle().Mount("/mnt", "bind", "/nonexistent/source", "rbind");

        Run(bundle).Exits(1).Stderr.Should().Contain("/nonexistent/source").And.Contain("no such file or directory");
    }

    [RootFact]
    public void Refuses_an_unknown_namespace()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "nosuch" });

        Run(bundle).Exits(1).Stderr.Should().Contain("nosuch");
    }

    [RootFact]
    public void Refuses_two_namespaces_of_a_kind()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "pid" });

        Run(bundle).Exits(1).Message
            .Should().MatchRegex("namespaces\\[[0-9]\\].type: \"pid\"|ns \"?pid|namespace.*pid");
    }

    [CsrunTheory]
    [InlineData("CAP_NOSUCH")]
    [InlineData("kill")]
    public void Warns_of_an_unknown_capability_and_goes_on(string name)
    {
        // CFG-CAP-03 and ERR-03; an error only before version 1.1 of the specification
        Bundle bundle = NewBundle().Capabilities("CAP_KILL", name).Sh("grep CapBnd /proc/self/status");

        RunResult result = Run(bundle).Ok();

        result.Stdout.Should().Be("CapBnd:\t0000000000000020\n");
        result.Message.Should().Contain($"process.capabilities.bounding[1]: no capability is named \"{name}\"");
    }

    [RootFact]
    public void Refuses_an_unknown_resource_limit()
    {
        Bundle bundle = NewBundle();
        bundle.Process["rlimits"] = new JsonArray(
            new JsonObject { ["type"] = "RLIMIT_NOSUCH", ["soft"] = 1, ["hard"] = 1 });

        Run(bundle).Exits(1).Stderr.Should().Contain("RLIMIT_NOSUCH");
    }

    [CsrunFact]
    public void Reports_all_faults_at_once_each_with_its_place()
    {
        Bundle bundle = NewBundle();
        bundle.Process["cwd"] = "relative";
        bundle.Process["rlimits"] = new JsonArray(
            new JsonObject { ["type"] = "RLIMIT_NOSUCH", ["soft"] = 1, ["hard"] = 1 });

        Run(bundle).Exits(1).Stderr.Should().Contain("process.cwd").And.Contain("process.rlimits[0].type");
    }

    [RootFact]
    public void Refuses_an_unknown_flag()
    {
        Bundle bundle = NewBundle().Save();

        RunResult result = Command("run", "--no-such-flag", "--bundle", bundle.Path, NewId());

        result.ExitCode.Should().NotBe(0);
        (result.Stdout + result.Stderr).Should().Contain("no-such-flag");
    }

    [RootFact]
    public void Says_so_without_the_rights()
    {
        Bundle bundle = NewBundle().Save();

        RunResult result = Command(new RunOptions { Uid = 12345 }, "run", "--bundle", bundle.Path, NewId());

        result.ExitCode.Should().Be(1);
        result.Stderr.Should().NotBeEmpty();
    }

    [RootFact]
    public void Leaves_nothing_when_a_late_step_fails()
    {
        Bundle bundle = NewBundle().Mount("/proc/self/nosuch/place", "tmpfs", "tmpfs");

        Run(bundle).Exits(1).Stderr.Should().NotBeEmpty();

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }
}
