using System;
using System.Globalization;

namespace Csrun.Engines.Tests;

/// <summary>Many containers at once, and one that takes all it can get, below docker.</summary>
public sealed class LoadTests(Docker engine) : IClassFixture<Docker>
{
    private const int Many = 200;
    private const string Client = "/usr/bin/docker";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [RootFact]
    public void Two_hundred_containers_live_at_once()
    {
        Each($"{Client} run -d --network none --name many$0 bb sleep 1000").Ok().Lines.Should().HaveCount(Many);

        engine.Do("ps", "-q", "--filter", "status=running", "--filter", "name=many").Ok().Lines
            .Should().HaveCount(Many);
        Each($"test \"$({Client} exec many$0 cat /proc/1/comm)\" = sleep && echo alive").Ok()
            .Lines.Should().HaveCount(Many).And.AllBe("alive");
        Each($"{Client} rm -f many$0").Ok().Lines.Should().HaveCount(Many);
        engine.Do("ps", "-aq", "--filter", "name=many").Ok().Stdout.Should().BeEmpty();
    }

    [LegacyCgroupFact]
    public void A_container_that_forks_without_end_disturbs_no_other()
    {
        string quiet = engine.Detach("while :; do echo $((n += 1)) >/tmp/n; sleep 0.1; done");
        string bomb = engine.Detach(
            "bomb() { bomb | bomb & }; bomb; while :; do sleep 1 & wait; done", "--pids-limit", "100",
            "--memory", "64m");

        Wait.Until(() => Cgroup(bomb, "pids/pids.events"), seen => seen != "max 0");
        int.Parse(Cgroup(bomb, "pids/pids.current"), CultureInfo.InvariantCulture).Should().BeLessThanOrEqualTo(100);
        long.Parse(Cgroup(bomb, "memory/memory.max_usage_in_bytes"), CultureInfo.InvariantCulture)
            .Should().BeLessThanOrEqualTo(64 << 20);
        string before = engine.Do("exec", quiet, "cat", "/tmp/n").Ok().Stdout;
        Wait.Until(() => engine.Do("exec", quiet, "cat", "/tmp/n").Ok().Stdout, seen => seen != before);
        engine.Do("run", "--rm", "bb", "echo", "another").Ok().Stdout.Should().Be("another\n");

        engine.Do("rm", "-f", bomb).Ok();

        engine.Inspect(quiet, "{{.State.Status}}").Should().Be("running");
        engine.Do("rm", "-f", quiet).Ok();
    }

    private string Cgroup(string name, string file)
    {
        string[] parts = file.Split('/');
        string id = engine.Inspect(name, "{{.Id}}");
        return engine.Run("cat", $"/sys/fs/cgroup/{parts[0]}/docker/{id}/{parts[1]}").Ok().Stdout.TrimEnd();
    }

    /// <summary>A shell command for each number, twenty at a time.</summary>
    private RunResult Each(string command)
    {
        return engine.Run(s_limit, "sh", "-c", $"seq {Many} | xargs -P 20 -n 1 sh -c '{command}'");
    }
}
