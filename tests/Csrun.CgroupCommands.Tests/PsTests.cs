using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Csrun.CgroupCommands.Tests;

/// <summary>`ps`: a container's processes by the host's numbers.</summary>
public sealed class PsTests : RuntimeTest
{
    [RootFact]
    public void Prints_the_numbers_as_JSON()
    {
        Container container = WithThree();

        int[] pids = JsonSerializer.Deserialize<int[]>(
            container.Do("ps", "--format", "json", container.Id).Ok().Stdout)!;

        pids.Should().HaveCount(3).And.Contain(container.Pid).And.BeEquivalentTo(Members(container));
    }

    [RootFact]
    public void Prints_ps_ef_with_its_heading()
    {
        Container container = WithThree();

        string[] lines = container.Do("ps", container.Id).Ok().Stdout.TrimEnd('\n').Split('\n');

        lines.Should().HaveCount(4);
        lines[0].Should().MatchRegex("^UID +PID +PPID +C +STIME +TTY +TIME +CMD$");
        lines[1..].Select(line => int.Parse(Fields(line)[1], CultureInfo.InvariantCulture))
            .Should().BeEquivalentTo(Members(container));
        lines.Count(line => line.EndsWith("sleep 100", StringComparison.Ordinal)).Should().Be(2);
    }

    [RootFact]
    public void Hands_options_to_ps()
    {
        Container container = WithThree();

        string[] lines = container.Do("ps", container.Id, "-e", "-x").Ok().Stdout.TrimEnd('\n').Split('\n');

        lines[0].Should().MatchRegex("^ *PID +TTY +STAT +TIME +COMMAND$");
        lines.Should().HaveCount(4);
    }

    [RootFact]
    public void Tells_what_ps_says_of_wrong_options()
    {
        Container container = WithThree();

        container.Do("ps", container.Id, "--no-such-option").Exits(1).Stderr
            .Should().Contain("unknown gnu long option");
    }

    [RootFact]
    public void Needs_the_column_PID()
    {
        Container container = WithThree();

        container.Do("ps", container.Id, "-o", "comm").Exits(1).Stderr
            .Should().Contain("couldn't find PID field in ps output");
    }

    [RootFact]
    public void Is_empty_for_a_stopped_container()
    {
        Container container = NewContainer(NewBundle().Sh("exit")).Create().Start();
        container.Await();

        container.Do("ps", "--format", "json", container.Id).Ok().Stdout.Should().Be("null\n");
        container.Do("ps", container.Id).Ok().Stdout.Should().MatchRegex("^UID +PID .* CMD\n$");
    }

    [RootFact]
    public void Refuses_an_unknown_id_and_an_unknown_form()
    {
        Container container = WithThree();

        Command("ps", "nobody").Exits(1).Stderr.Should().Contain("container does not exist");
        container.Do("ps", "--format", "xml", container.Id).Exits(1);
    }

    [CsrunFact]
    public void Prints_crun_s_forms_as_crun()
    {
        Container container = NewContainer(NewBundle().Sh("exec sleep 100")).Create().Start();
        RuntimeBinary crun = Runtime.As("crun");

        crun.Run("--root", StateRoot, "ps", container.Id).Ok().Stdout.Should().Be($"PID\n{container.Pid}\n");
        crun.Run("--root", StateRoot, "ps", "-f", "json", container.Id).Ok().Stdout
            .Should().Be($"[\n  {container.Pid}\n]\n");
    }

    private Container WithThree()
    {
        Container container = NewContainer(NewBundle().Sh("sleep 100 & sleep 100 & echo ready; wait")).Create().Start();
        container.Stdout.Await("ready");

        // Forked is not yet executed.
        Wait.Until(
            () => string.Join('\n', Members(container).Select(pid => File.ReadAllText($"/proc/{pid}/cmdline"))),
            commands => commands.Split('\n').Count(line => line.StartsWith("sleep\0", StringComparison.Ordinal)) == 2);
        return container;
    }

    private static int[] Members(Container container)
    {
        return [.. CgroupFiles.Read("pids", container.Pid, "cgroup.procs").Split('\n')
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    private static string[] Fields(string line)
    {
        return line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
