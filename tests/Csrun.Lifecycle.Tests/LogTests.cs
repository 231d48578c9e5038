using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>Errors go to stderr and, in the form that was asked for, to the log that engines read.</summary>
public sealed class LogTests : RuntimeTest
{
    [RootFact]
    public void Writes_a_json_line_with_level_message_and_time()
    {
        string log = Path.Combine(Work, "log.json");

        Runtime.Run("--root", StateRoot, "--log", log, "--log-format", "json", "state", "nobody").Exits(1);

        JsonObject line = JsonNode.Parse(File.ReadAllLines(log).Last())!.AsObject();
        ((string)line["level"]!).Should().Be("error");
        ((string)line["msg"]!).Should().Contain("container does not exist");
        ((string)line["time"]!).Should().MatchRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}");
    }

    [RootFact]
    public void Appends_to_the_log()
    {
        string log = Path.Combine(Work, "log.json");

        Runtime.Run("--root", StateRoot, "--log", log, "--log-format", "json", "state", "nobody").Exits(1);
        Runtime.Run("--root", StateRoot, "--log", log, "--log-format", "json", "kill", "nobody", "9").Exits(1);

        File.ReadAllLines(log).Where(line => line.Contains("\"error\"", System.StringComparison.Ordinal))
            .Should().HaveCount(2);
    }

    [RootFact]
    public void Says_it_on_stderr_too()
    {
        string log = Path.Combine(Work, "log.json");

        Runtime.Run("--root", StateRoot, "--log", log, "--log-format", "json", "state", "nobody").Exits(1)
            .Stderr.Should().Contain("container does not exist");
    }

    [RootFact]
    public void Has_logrus_form_on_stderr_as_runc()
    {
        Runtime.As("runc").Run("--root", StateRoot, "state", "nobody").Exits(1)
            .Stderr.Should().MatchRegex("^time=\"[0-9TZ:+-]+\" level=error msg=\"container does not exist\"\n$");
    }

    [CsrunFact]
    public void Has_one_line_on_stderr_as_csrun()
    {
        Command("state", "nobody").Exits(1).Stderr
            .Should().MatchRegex("^csrun: state nobody: .*container does not exist.*\n$");
    }

    [RootFact]
    public void Says_nothing_when_all_goes_well()
    {
        Run(NewBundle().Args("/bin/true")).Ok().Stderr.Should().BeEmpty();
    }
}
