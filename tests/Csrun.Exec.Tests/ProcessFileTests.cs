using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Exec.Tests;

/// <summary>`exec --process`: a process of its own, as engines give it.</summary>
public sealed class ProcessFileTests : ExecTest
{
    [RootFact]
    public void Runs_what_the_file_says()
    {
        JsonObject process = Process(
            "pwd; id -u; id -g; echo $A; grep CapEff /proc/self/status; grep NoNew /proc/self/status; ulimit -n");
        process["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 5, ["additionalGids"] = new JsonArray(7) };
        process["env"] = new JsonArray("PATH=/bin", "A=b");
        process["cwd"] = "/tmp";
        process["noNewPrivileges"] = false;
        process["rlimits"] = new JsonArray(new JsonObject { ["type"] = "RLIMIT_NOFILE", ["soft"] = 55, ["hard"] = 66 });
        process["capabilities"] = new JsonObject();
        foreach (string set in new[] { "bounding", "effective", "permitted" })
        {
            process["capabilities"]![set] = new JsonArray("CAP_CHOWN");
        }

        Run(Running(), process).Ok().Lines.Should().Equal(
            "/tmp", "0", "5", "b", "CapEff:\t0000000000000001", "NoNewPrivs:\t0", "55");
    }

    [RootFact]
    public void Gets_no_more_rights_than_the_container_where_the_file_names_none()
    {
        Run(Running(), Process("grep -E 'Cap(Prm|Bnd)' /proc/self/status | cut -f2 | sort -u")).Ok().Lines
            .Should().Equal("0000000020000420");
    }

    [CsrunFact]
    public void Has_the_containers_limits_where_the_file_names_none()
    {
        Run(Running(), Process("ulimit -n")).Ok().Stdout.Should().Be("1024\n");
    }

    [RootFact]
    public void Exits_with_the_programs_code()
    {
        Run(Running(), Process("exit 5")).Exits(5);
    }

    [RootFact]
    public void Fails_with_the_words_engines_look_for()
    {
        JsonObject process = Process("");
        process["args"] = new JsonArray("/nonexistent");

        Run(Running(), process).Exits(255).Message.Should().Contain("no such file or directory");
    }

    [CsrunTheory]
    [InlineData("""{"args":[],"cwd":"/"}""", "args: ")]
    [InlineData("""{"args":["true"]}""", "cwd: ")]
    [InlineData("""{"args":["true"],"cwd":"tmp"}""", "cwd: ")]
    [InlineData("""{"args":["true"],"cwd":"/","apparmorProfile":"x"}""", "apparmorProfile: ")]
    [InlineData("{", "line 1")]
    public void Refuses_a_faulty_file_by_its_place(string json, string place)
    {
        string file = Path.Combine(Work, "process.json");
        File.WriteAllText(file, json);

        Exec(Running(), ["--process", file]).Exits(255).Message.Should().Contain(place);
    }

    [RootFact]
    public void Refuses_a_file_that_is_not_there()
    {
        Exec(Running(), ["--process", Path.Combine(Work, "none.json")]).Exits(255).Message
            .Should().Contain("no such file or directory");
    }

    private static JsonObject Process(string script)
    {
        return new JsonObject
        {
            ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
            ["args"] = new JsonArray("/bin/sh", "-c", script),
            ["env"] = new JsonArray("PATH=/bin"),
            ["cwd"] = "/",
        };
    }

    private RunResult Run(Container container, JsonObject process)
    {
        string file = Path.Combine(Work, "process.json");
        File.WriteAllText(file, process.ToJsonString());
        return Exec(container, ["--process", file]);
    }
}
