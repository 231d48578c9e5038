using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>Flags that crun has and runc has not, by crun's name.</summary>
public sealed class CrunFlagTests : RuntimeTest
{
    protected override RuntimeBinary Runtime => RuntimeBinary.UnderTest.As("crun");

    [CsrunFact]
    public void Config_names_another_file_than_the_bundles()
    {
        Bundle bundle = NewBundle().Args("echo", "from the other").Save();
        File.Move(Path.Combine(bundle.Path, "config.json"), Path.Combine(Work, "other.json"));

        RunOptions here = new() { WorkingDirectory = Work };
        Command(here, "run", "-b", bundle.Path, "-f", "other.json", NewId()).Ok().Stdout
            .Should().Be("from the other\n");
    }

    [CsrunFact]
    public void A_config_that_is_not_there_is_named_with_its_flag()
    {
        Bundle bundle = NewBundle();

        Command("create", "-b", bundle.Path, "--config", "/none.json", NewId()).Exits(1)
            .Stderr.Should().Contain("--config: open /none.json: no such file or directory");
    }

    [CsrunFact]
    public void Spec_writes_to_another_file_of_the_bundle()
    {
        Bundle bundle = NewBundle();

        Command("spec", "-b", bundle.Path, "--file", "my.json").Ok();

        File.Exists(Path.Combine(bundle.Path, "my.json")).Should().BeTrue();
    }

    [CsrunFact]
    public void Spec_for_a_user_without_root_maps_the_caller()
    {
        Command("spec", "-b", Work, "--rootless").Ok();

        JsonNode linux = JsonNode.Parse(File.ReadAllText(Path.Combine(Work, "config.json")))!["linux"]!;
        ((int)linux["uidMappings"]![0]!["hostID"]!).Should().Be(0);
        linux["namespaces"]!.ToJsonString().Should().Contain("user").And.NotContain("network");
    }

    [CsrunFact]
    public void Spec_is_for_root_whatever_the_global_flag_rootless_says()
    {
        Command("--rootless=false", "spec", "-b", Work).Ok();

        File.ReadAllText(Path.Combine(Work, "config.json")).Should().NotContain("uidMappings");
    }

    [CsrunFact]
    public void Kill_and_delete_take_a_pattern_for_many_containers()
    {
        Container one = Running();
        Container two = Running();
        Container other = Running();
        string pattern = $"^({one.Id}|{two.Id})$";

        Command("kill", "--regex", pattern, "KILL").Ok();
        one.Await();
        two.Await();
        Command("delete", "--regex", pattern).Ok();

        Command("list", "-q").Ok().Lines.Should().Equal(other.Id);
    }

    [CsrunFact]
    public void A_pattern_that_is_none_is_an_error()
    {
        Command("delete", "--regex", "(").Exits(1)
            .Stderr.Should().Contain("--regex: \"(\" is not a regular expression");
    }

    [CsrunFact]
    public void One_that_cannot_be_deleted_does_not_keep_the_others()
    {
        Container running = Running();
        Container created = NewContainer(NewBundle()).Create();

        Command("delete", "--regex", "^csrun-test").Exits(1).Stderr.Should().Contain(running.Id);

        Command("list", "-q").Ok().Lines.Should().Equal(running.Id);
        created.Await();
    }

    private Container Running()
    {
        return NewContainer(NewBundle().Args("sleep", "100")).Create().Start();
    }
}
