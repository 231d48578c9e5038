using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Properties.Tests;

/// <summary>Groups where a user namespace denies setgroups(2), and containers of a user who is not root.</summary>
public sealed class GroupTests : RuntimeTest
{
    private const uint Caller = 1000;

    [CsrunFact]
    public void A_user_maps_himself_and_asks_for_no_groups()
    {
        RunAsUser(Rootless(NewBundle()).Sh("id -u; cat /proc/self/setgroups /proc/self/uid_map")).Ok()
            .Stdout.Should().MatchRegex("^0\ndeny\n +0 +1000 +1\n$");
    }

    [CsrunFact]
    public void Groups_that_cannot_be_given_are_an_error_by_their_place()
    {
        RunAsUser(Rootless(NewBundle()).User(0, 0, 7)).Exits(1).Stderr
            .Should().Contain("process.user.additionalGids: setgroups").And.Contain("the user namespace denies it");
    }

    [CsrunFact]
    public void Further_ids_need_those_of_subuid()
    {
        Bundle bundle = Rootless(NewBundle());
        bundle.Linux["uidMappings"]!.AsArray().Add(
            new JsonObject { ["containerID"] = 1, ["hostID"] = 4_000_000, ["size"] = 10 });

        RunAsUser(bundle).Exits(1).Stderr.Should().Contain("linux.uidMappings").And.MatchRegex("newuidmap|subuid");
    }

    [CsrunFact]
    public void A_namespace_of_the_caller_that_denies_setgroups_is_no_obstacle()
    {
        Bundle bundle = WithoutWhatNeedsRoot(NewBundle()).Sh("cat /proc/self/setgroups");
        string root = StateOf(bundle.Save());

        Programs.Run(
            new RunOptions { Uid = Caller },
            "unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc",
            Runtime.PathForUsers, "--root", root, "run", "--bundle", bundle.Path, NewId()).Ok().Stdout
            .Should().Be("deny\n");
    }

    [CsrunFact]
    public void Keep_original_groups_keeps_the_callers()
    {
        Bundle bundle = NewBundle().User(0, 0, 7);
        bundle.Config["annotations"] = new JsonObject { ["run.oci.keep_original_groups"] = "1" };
        bundle.Sh("id -G").Save();

        Programs.Run(
            "setpriv", "--groups", "0,77,78", Runtime.Path, "--root", StateRoot, "run", "--bundle",
            bundle.Path, NewId())
            .Stdout.Should().Be("0 77 78\n");
    }

    [CsrunFact]
    public void Keep_original_groups_holds_for_exec_too()
    {
        Bundle bundle = NewBundle().Sh("sleep 100");
        bundle.Config["annotations"] = new JsonObject { ["run.oci.keep_original_groups"] = "1" };
        Container container = NewContainer(bundle).Create().Start();

        Programs.Run("setpriv", "--groups", "0,79", Runtime.Path, "--root", StateRoot, "exec", container.Id, "id", "-G")
            .Stdout.Should().Be("0 79\n");
    }

    private static Bundle Rootless(Bundle bundle)
    {
        WithoutWhatNeedsRoot(bundle).WithoutNamespace("network");
        bundle.MountAt("/sys")["type"] = "none";
        bundle.MountAt("/sys")["source"] = "/sys";
        bundle.MountAt("/sys")["options"] = new JsonArray("rbind", "nosuid", "noexec", "nodev", "ro");
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        foreach (string kind in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[kind] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = Caller, ["size"] = 1 });
        }

        return bundle;
    }

    private static Bundle WithoutWhatNeedsRoot(Bundle bundle)
    {
        bundle.Linux.Remove("resources");
        JsonArray devpts = bundle.MountAt("/dev/pts")["options"]!.AsArray();
        devpts.Remove(devpts.Single(option => ((string)option!).StartsWith("gid=")));
        JsonArray mounts = bundle.Config["mounts"]!.AsArray();
        foreach (JsonNode? mount in mounts.Where(mount => (string?)mount!["type"] == "cgroup").ToArray())
        {
            mounts.Remove(mount);
        }

        return bundle;
    }

    private static string StateOf(Bundle bundle)
    {
        string root = Path.Combine(bundle.Path, "state");
        Directory.CreateDirectory(root);
        Syscall.chown(root, Caller, Caller).Should().Be(0);
        return root;
    }

    private RunResult RunAsUser(Bundle bundle)
    {
        string root = StateOf(bundle.Save());
        return Programs.Run(
            new RunOptions { Uid = Caller }, Runtime.PathForUsers, "--root", root, "run", "--bundle",
            bundle.Path, NewId());
    }
}
