using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>`list`: a table, ids, or JSON.</summary>
public sealed class ListTests : RuntimeTest
{
    [RootFact]
    public void Prints_its_header_alone_when_there_is_nothing()
    {
        Command("list").Ok().Lines.Should().ContainSingle()
            .Which.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Should().Equal("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER");
    }

    [RootFact]
    public void Prints_null_as_json_when_there_is_nothing()
    {
        Command("list", "--format", "json").Ok().Stdout.Should().StartWith("null");
    }

    [RootFact]
    public void Prints_a_line_for_each_container_sorted_by_id()
    {
        Container first = NewContainer(NewBundle()).Create();
        Container second = NewContainer(NewBundle().Sh("sleep 100")).Create().Start();

        string[][] rows = [.. Command("list").Ok().Lines.Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

        rows.Select(row => row[0]).Should().Equal(new[] { first.Id, second.Id }.Order(StringComparer.Ordinal));
        rows.Single(row => row[0] == second.Id)[1..4].Should().Equal($"{second.Pid}", "running", second.Bundle.Path);
        rows.Single(row => row[0] == first.Id)[2].Should().Be("created");
        rows[0][5].Should().Be("root");
    }

    [RootFact]
    public void Prints_ids_alone_when_quiet()
    {
        Container container = NewContainer(NewBundle()).Create();

        Command("list", "-q").Ok().Stdout.Should().Be(container.Id + "\n");
        Command("list", "--quiet").Ok().Stdout.Should().Be(container.Id + "\n");
    }

    [RootFact]
    public void Prints_everything_as_json()
    {
        Container container = NewContainer(NewBundle()).Create();

        JsonArray list = JsonNode.Parse(Command("list", "-f", "json").Ok().Stdout)!.AsArray();

        JsonObject entry = list.Should().ContainSingle().Subject!.AsObject();
        entry.Select(property => property.Key)
            .Should().Equal("ociVersion", "id", "pid", "status", "bundle", "rootfs", "created", "owner");
        ((string)entry["id"]!).Should().Be(container.Id);
        ((string)entry["owner"]!).Should().Be("root");
    }

    [RootFact]
    public void Shows_a_stopped_container_with_pid_0()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        Command("list").Ok().Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..3]
            .Should().Equal("0", "stopped");
    }

    [RootFact]
    public void Refuses_an_unknown_format()
    {
        Command("list", "--format", "xml").Exits(1).Stderr.Should().MatchRegex("invalid format|is none of table, json");
    }

    [RootFact]
    public void Passes_over_a_directory_that_is_no_container()
    {
        Directory.CreateDirectory(Path.Combine(StateRoot, "stray"));
        try
        {
            Command("list", "-q").ExitCode.Should().Be(0);
        }
        finally
        {
            Directory.Delete(Path.Combine(StateRoot, "stray"));
        }
    }
}
