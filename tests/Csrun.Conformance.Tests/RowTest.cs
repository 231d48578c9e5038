using System.IO;
using System.Text.Json.Nodes;
using Csrun.Testing.Outside;

namespace Csrun.Conformance.Tests;

/// <summary>A case of a row on the life of a container: where it left its traces.</summary>
public abstract class RowTest : HookTest
{
    /// <summary>Nothing of a container is left: no process, cgroup, state directory or answer.</summary>
    protected void AssertGone(string id)
    {
        Processes.ReapOrphans();
        Processes.Below().Should().BeEmpty();
        Command("state", id).Fails();
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
        CgroupsOf(id).Should().BeEmpty();
    }

    /// <summary>The cgroups on the host that bear an id.</summary>
    protected static string[] CgroupsOf(string id)
    {
        // find complains of what others remove while it looks
        return Programs.Run(new RunOptions(), "find", "/sys/fs/cgroup", "-name", $"*{id}*").Lines;
    }

    /// <summary>The last line of a log in JSON form.</summary>
    protected static JsonObject LastLine(string log)
    {
        return JsonNode.Parse(File.ReadAllLines(log)[^1])!.AsObject();
    }

    /// <summary>A command that needs an id says so.</summary>
    protected void FailsWithoutAnId(string command)
    {
        RunResult result = Command(command);

        result.ExitCode.Should().NotBe(0);
        result.Stderr.Should().NotBeEmpty();
    }
}
