using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.Engines.Tests;

/// <summary>Docker with others beside it: a registry, and a swarm of one node.</summary>
public sealed class DockerServiceTests(Docker engine) : IClassFixture<Docker>
{
    [RootFact]
    public void Runs_what_it_pushed_to_a_registry_and_pulled_from_it()
    {
        const string Image = "127.0.0.1:5000/bb";
        string config = Path.Combine(engine.Work, "registry.yml");
        File.WriteAllText(config, $$"""
            version: 0.1
            storage: {filesystem: {rootdirectory: {{engine.Work}}/registry} }
            http: {addr: "127.0.0.1:5000"}
            """);
        engine.Run("sh", "-c", $"setsid docker-registry serve {config} >{config}.log 2>&1 </dev/null &").Ok();
        engine.Do("tag", "bb", Image).Ok();

        Wait.Until(
            () => engine.Do("push", "-q", Image).Stdout, seen => seen.StartsWith(Image, StringComparison.Ordinal));
        engine.Do("rmi", Image).Ok();
        engine.Do("run", "--rm", Image, "echo", "pulled").Ok().Stdout.Should().Be("pulled\n");
    }

    [RootFact]
    public void Keeps_a_service_of_two_replicas()
    {
        engine.Do("swarm", "init", "--advertise-addr", "127.0.0.1").Ok();
        engine.Do(
            "service", "create", "--detach", "--name", "service", "--network", "host", "--replicas", "2",
            "--stop-grace-period", "1s", "--restart-delay", "0s", "bb", "sleep", "1000").Ok();
        Wait.Until(() => string.Join(' ', Running()), seen => seen.Split(' ').Length == 2, seconds: 60);
        string[] first = [.. Running()];

        engine.Do("kill", first[0]).Ok();

        Wait.Until(
            () => string.Join(' ', Running()),
            seen => seen.Split(' ').Length == 2 && !seen.Contains(first[0], StringComparison.Ordinal),
            seconds: 60);
        engine.Do("service", "rm", "service").Ok();
        Wait.Until(() => string.Join(' ', Running()), seen => seen.Length == 0, seconds: 60);
        engine.Do("swarm", "leave", "--force").Ok();
    }

    private IEnumerable<string> Running()
    {
        return engine.Do("ps", "-q", "--filter", "label=com.docker.swarm.service.name=service").Ok().Lines.Order();
    }
}
