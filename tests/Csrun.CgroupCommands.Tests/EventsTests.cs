using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace Csrun.CgroupCommands.Tests;

/// <summary>`events`: statistics and kills by the memory limit, as runc's JSON.</summary>
public sealed class EventsTests : RuntimeTest
{
    private const int Interval = 100;

    private string Output => Path.Combine(Work, "events");

    private string[] Lines => System.IO.File.Exists(Output) ? System.IO.File.ReadAllLines(Output) : [];

    [RootFact]
    public void Prints_statistics_that_agree_with_the_cgroup_files()
    {
        Bundle bundle = NewBundle().Sh("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo ready; sleep 100");
        bundle.Resources["memory"] = JsonNode.Parse("""{"limit": 67108864, "swap": 67108864}""");
        bundle.Resources["pids"] = JsonNode.Parse("""{"limit": 40}""");
        Container container = NewContainer(bundle).Create().Start();
        container.Stdout.Await("ready");

        RunResult result = container.Do("events", "--stats", container.Id).Ok();

        result.Stdout.Should().EndWith("}\n").And.Subject.Count(c => c == '\n').Should().Be(1);
        JsonNode stats = JsonNode.Parse(result.Stdout)!;
        ((string)stats["type"]!).Should().Be("stats");
        ((string)stats["id"]!).Should().Be(container.Id);
        JsonNode data = stats["data"]!;
        Number(data["memory"]!["usage"]!["limit"]).Should().Be(67108864);
        Number(data["memory"]!["swap"]!["limit"]).Should().Be(67108864);
        Number(data["memory"]!["usage"]!["usage"]).Should().BeInRange(4096, 67108864);
        Number(data["memory"]!["raw"]!["hierarchical_memory_limit"]).Should().Be(67108864);
        Number(data["pids"]!["current"]).Should().Be(File(container, "pids", "pids.current"));
        Number(data["pids"]!["limit"]).Should().Be(40);
        Number(data["cpu"]!["usage"]!["total"])
            .Should().BeInRange(1_000_000, File(container, "cpuacct", "cpuacct.usage"));
        data["cpu"]!["usage"]!["percpu"]!.AsArray().Should().NotBeEmpty();
        data["hugetlb"]!["2MB"]!["failcnt"]!.GetValue<int>().Should().Be(0);
        data["blkio"].Should().NotBeNull();
        data["intel_rdt"].Should().NotBeNull();
        data["cpuset"]!["cpus"]!.AsArray().Select(n => n!.GetValue<int>()).Should().Equal(0, 1);
    }

    [CsrunFact]
    public void Has_the_fields_of_Debian_s_runc()
    {
        if (RuntimeBinary.Installed("runc") is not RuntimeBinary runc)
        {
            return;
        }

        Bundle bundle = NewBundle().Sh("sleep 100");
        Container ours = NewContainer(bundle).Create().Start();
        string id = ours.Id + "-runc";
        string root = Path.Combine(Work, "runc-state");
        runc.Run("--root", root, "run", "-d", "--bundle", bundle.Path, id).Ok();
        JsonNode theirs;
        try
        {
            theirs = JsonNode.Parse(runc.Run("--root", root, "events", "--stats", id).Ok().Stdout)!["data"]!;
        }
        finally
        {
            runc.Run("--root", root, "delete", "--force", id);
            Programs.Run("chown", "root:root", "/dev/null");
            Programs.Run("chmod", "666", "/dev/null");
        }

        JsonNode own = JsonNode.Parse(ours.Do("events", "--stats", ours.Id).Ok().Stdout)!["data"]!;

        Paths(theirs, "").Except(Paths(own, "")).Where(path => path != ".network_interfaces").Should().BeEmpty();
    }

    [RootFact]
    public void Refuses_what_has_stopped_and_what_is_unknown()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.Do("events", "--stats", container.Id).Exits(1).Stderr.Should().Contain("is not running");
        container.Do("events", container.Id).Exits(1).Stderr.Should().Contain("is not running");
        Command("events", "nobody").Exits(1).Stderr.Should().Contain("container does not exist");
    }

    [RootTheory]
    [InlineData("x")]
    [InlineData("5")]
    [InlineData("-1s")]
    [InlineData("0s")]
    public void Refuses_what_is_no_interval(string interval)
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        container.Do("events", "--interval", interval, container.Id).Exits(1);
    }

    [RootFact]
    public async Task Prints_statistics_at_each_interval_and_ends_with_the_container()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();
        Stopwatch clock = Stopwatch.StartNew();
        Task<RunResult> events = Follow(container);
        AwaitLines("stats", 3);

        // Not even the lock is held meanwhile.
        container.Do("pause", container.Id).Ok();
        container.Do("resume", container.Id).Ok();
        container.Kill("KILL").Ok();
        container.Await();
        container.Delete();

        (await events).Ok();
        string[] lines = Lines;
        lines.Length.Should().BeInRange(3, (int)(clock.ElapsedMilliseconds / Interval));
        lines.Should().OnlyContain(line => line.StartsWith("{\"type\":\"stats\",\"id\":", StringComparison.Ordinal));
    }

    [RootFact]
    public async Task Tells_of_a_kill_by_the_memory_limit()
    {
        Bundle bundle = NewBundle().Args("/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1");
        bundle.Resources["memory"] = JsonNode.Parse("""{"limit": 16777216, "swap": 16777216}""");
        Container container = NewContainer(bundle).Create();
        Task<RunResult> events = Follow(container);

        container.Start().Await().Should().Be(137);
        AwaitLines("oom", 1);
        container.Delete();

        (await events).Ok();
        Lines.Should().Contain($"{{\"type\":\"oom\",\"id\":\"{container.Id}\"}}");
    }

    [RootFact]
    public async Task Tells_of_a_killed_child_of_a_program_that_goes_on()
    {
        Bundle bundle = NewBundle().Sh("dd if=/dev/zero of=/dev/null bs=64M count=1; echo went on; sleep 100");
        bundle.Resources["memory"] = JsonNode.Parse("""{"limit": 16777216, "swap": 16777216}""");
        Container container = NewContainer(bundle).Create();
        Task<RunResult> events = Follow(container);
        container.Start().Stdout.Await("went on");
        AwaitLines("oom", 1);
        AwaitLines("stats", 2);
        container.Kill("KILL").Ok();
        container.Await();
        container.Delete();

        (await events).Ok();
        Count(Lines, "oom").Should().BeInRange(1, 3);
    }

    private static long Number(JsonNode? node)
    {
        return node!.GetValue<long>();
    }

    private static long File(Container container, string controller, string file)
    {
        return long.Parse(CgroupFiles.Read(controller, container.Pid, file), CultureInfo.InvariantCulture);
    }

    private static int Count(string[] lines, string type)
    {
        return lines.Count(line => line.StartsWith($"{{\"type\":\"{type}\"", StringComparison.Ordinal));
    }

    // memory.stat's keys are the kernel's, and a counter of 0 is left out.
    private static string[] Paths(JsonNode? node, string at)
    {
        return node is JsonObject members && at != ".memory.raw"
            ? [.. members.SelectMany(member => Paths(member.Value, at + "." + member.Key)).Append(at)]
            : [at];
    }

    // `events` at an interval, into a file. It prints nothing before it watches for kills.
    private Task<RunResult> Follow(Container container)
    {
        Task<RunResult> events = Task.Run(() => Runtime.Through($"exec >{Output}")
            .Run("--root", StateRoot, "events", "--interval", $"{Interval}ms", container.Id));
        AwaitLines("stats", 1);
        return events;
    }

    private void AwaitLines(string type, int count)
    {
        Wait.Until(() => string.Join('\n', Lines), text => Count(text.Split('\n'), type) >= count);
    }
}
