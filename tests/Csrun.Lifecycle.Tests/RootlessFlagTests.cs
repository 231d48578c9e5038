using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Lifecycle.Tests;

/// <summary>--rootless: whether a caller who may make no cgroups shares his own, or is told.</summary>
public sealed class RootlessFlagTests : RuntimeTest
{
    private const uint Caller = 1000;

    [CsrunFact]
    public void False_makes_the_missing_right_to_cgroups_an_error()
    {
        Run("false").Exits(1).Stderr.Should().Contain("make cgroup").And.Contain("permission denied (EACCES)");
    }

    [CsrunFact]
    public void Auto_goes_on_in_the_callers_cgroups()
    {
        Run("auto").Ok().Stderr.Should().NotContain("cgroup");
    }

    /// <summary>As root of a user namespace that nobody delegated cgroups to.</summary>
    private RunResult Run(string rootless)
    {
        Bundle bundle = NewBundle().Args("true");
        bundle.Linux.Remove("resources");
        foreach (JsonNode? mount in bundle.Config["mounts"]!.AsArray().Where(IsOfCgroups).ToArray())
        {
            bundle.Config["mounts"]!.AsArray().Remove(mount);
        }

        // Group 5 has no number in there.
        JsonArray terminals = bundle.MountAt("/dev/pts")["options"]!.AsArray();
        terminals.Remove(terminals.Single(option => (string?)option == "gid=5"));
        string root = Path.Combine(bundle.Save().Path, "state");
        Directory.CreateDirectory(root);
        Syscall.chown(root, Caller, Caller).Should().Be(0);
        return Programs.Run(
            new RunOptions { Uid = Caller },
            "unshare", "--user", "--map-root-user",
            Runtime.PathForUsers, "--root", root, "--rootless", rootless, "run", "--bundle", bundle.Path, NewId());
    }

    private static bool IsOfCgroups(JsonNode? mount) => (string?)mount!["type"] == "cgroup";
}
