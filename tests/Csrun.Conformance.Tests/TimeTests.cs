using System.Globalization;
using System.IO;
using System.Text.Json.Nodes;
using Mono.Unix;

namespace Csrun.Conformance.Tests;

/// <summary>Time namespaces and linux.timeOffsets.</summary>
public sealed class TimeTests : RuntimeTest
{
    private const string Offsets = "sed 's/  */ /g' /proc/self/timens_offsets";

    [RootFact]
    [Broken("config", "linux.namespaces.5-")]
    public void LNX_NS_09_makes_a_time_namespace_without_offsets()
    {
        string inside = Inside(WithTime(), $"readlink /proc/self/ns/time; {Offsets}");

        inside.Should().EndWith("\nmonotonic 0 0\nboottime 0 0").And.NotContain(OwnNamespace());
    }

    [RootFact]
    [Broken("config", "linux.timeOffsets-")]
    public void LNX_TIME_01_to_04_shifts_the_clocks()
    {
        Bundle bundle = WithTime(("monotonic", 172_800, 20), ("boottime", 100_000_000, 999_999_999));

        string script = $"readlink /proc/self/ns/time; {Offsets}; cut -d. -f1 /proc/uptime";
        string[] lines = Inside(bundle, script).Split('\n');

        lines[0].Should().NotBe(OwnNamespace());
        lines[1..3].Should().Equal("monotonic 172800 20", "boottime 100000000 999999999");
        long.Parse(lines[3], CultureInfo.InvariantCulture).Should().BeCloseTo(Uptime() + 100_000_000, 30);
    }

    [RootFact]
    [Broken("config", "linux.timeOffsets-")]
    public void LNX_TIME_03_goes_back_as_far_as_there_was_time()
    {
        Inside(WithTime(("boottime", -5, 0)), Offsets).Should().EndWith("boottime -5 0");
        NewContainer(WithTime(("boottime", -1_000_000_000, 0))).TryCreate().Fails("linux.timeOffsets[\"boottime\"]",
        "numerical result out of range");
    }

    [RootFact]
    [Broken("config", "linux.timeOffsets-")]
    public void LNX_TIME_05_needs_a_new_time_namespace()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["timeOffsets"] = new JsonObject { ["boottime"] = new JsonObject { ["secs"] = 1 } };

        Run(bundle).Fails("linux.timeOffsets: needs a new time namespace");
    }

    [RootFact]
    [Broken("config", "linux.timeOffsets-")]
    public void LNX_NS_12_joins_a_time_namespace_and_exec_follows()
    {
        Container first = NewContainer(WithTime(("boottime", 500, 0)).Sh("sleep 100")).Create().Start();
        string path = $"/proc/{first.Pid}/ns/time";

        first.Do("exec", first.Id, "readlink", "/proc/self/ns/time").Ok().Stdout.TrimEnd()
            .Should().Be(UnixPath.ReadLink(path));
        Inside(NewBundle().NamespaceAt("time", path), $"readlink /proc/self/ns/time; {Offsets}")
            .Should().StartWith(UnixPath.ReadLink(path)).And.EndWith("boottime 500 0");
    }

    [RootFact]
    [Broken("config", "linux.timeOffsets-")]
    public void LNX_TIME_03_works_with_a_user_namespace()
    {
        Bundle bundle = WithTime(("boottime", 500, 0));
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        foreach (string map in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[map] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = 100_000, ["size"] = 65_536 });
        }

        Inside(bundle, Offsets).Should().EndWith("boottime 500 0");
    }

    [RootFact]
    [Broken("config", "hooks.poststart-")]
    public void GEN_05_runs_the_hooks_of_the_runtime_in_the_callers_time()
    {
        string seen = Path.Combine(Work, "seen");
        Bundle bundle = WithTime(("boottime", 500, 0));
        JsonObject hooks = [];
        foreach (string kind in new[] { "createRuntime", "poststart", "poststop" })
        {
            hooks[kind] = new JsonArray(new JsonObject
            {
                ["path"] = "/bin/sh",
                ["args"] = new JsonArray("sh", "-c", $"readlink /proc/self/ns/time >> {seen}"),
            });
        }

        bundle.Config["hooks"] = hooks;

        Run(bundle.Sh("true")).Ok();

        File.ReadAllLines(seen).Should().Equal(OwnNamespace(), OwnNamespace(), OwnNamespace());
    }

    private static string OwnNamespace() => UnixPath.ReadLink("/proc/self/ns/time");

    private static long Uptime() =>
        (long)double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);

    private Bundle WithTime(params (string Clock, long Seconds, uint Nanoseconds)[] offsets)
    {
        Bundle bundle = NewBundle();
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "time" });
        JsonObject all = [];
        foreach ((string clock, long seconds, uint nanoseconds) in offsets)
        {
            all[clock] = new JsonObject { ["secs"] = seconds, ["nanosecs"] = nanoseconds };
        }

        bundle.Linux["timeOffsets"] = all;
        return bundle;
    }
}
