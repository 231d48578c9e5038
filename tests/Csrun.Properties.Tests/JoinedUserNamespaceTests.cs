using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Properties.Tests;

/// <summary>
/// A user namespace joined by path, as the containers of a pod do: the container's other namespaces belong to it, or
/// nothing could be mounted in them.
/// </summary>
public sealed class JoinedUserNamespaceTests : RuntimeTest
{
    [CsrunFact]
    public void The_container_is_root_in_there()
    {
        Inside(Joining(Owner()).WritableRoot(), "id -u; cat /proc/self/uid_map; touch /tmp/x && stat -c %u /tmp/x")
            .Should().MatchRegex("^0\n +0 +100000 +65536\n0$");
    }

    [CsrunFact]
    public void It_shares_that_namespace_and_has_the_others_of_its_own()
    {
        Container owner = Owner();
        Container member = NewContainer(Joining(owner).Sh("sleep 100")).Create();

        foreach (string kind in new[] { "user", "pid", "mnt", "net", "ipc", "uts" })
        {
            (Link(owner.Pid, kind) == Link(member.Pid, kind)).Should().Be(kind == "user", kind);
        }
    }

    [CsrunFact]
    public void It_joins_other_namespaces_of_the_same_owner_too()
    {
        Container owner = Owner();
        string of = $"/proc/{owner.Pid}/ns/";
        Bundle bundle = Joining(owner).NamespaceAt("network", of + "net").NamespaceAt("ipc", of + "ipc")
            .NamespaceAt("uts", of + "uts").NamespaceAt("pid", of + "pid").Sh("sleep 100");
        bundle.Config.Remove("hostname");
        Container member = NewContainer(bundle).Create().Start();

        foreach (string kind in new[] { "user", "pid", "net", "ipc", "uts" })
        {
            Link(member.Pid, kind).Should().Be(Link(owner.Pid, kind));
        }

        member.Do("exec", member.Id, "id", "-u").Ok().Stdout.Should().Be("0\n");

        // The pid namespace's first process ends when all others are gone and were waited for.
        member.Kill().Ok();
        member.Await();
    }

    [CsrunFact]
    public void It_is_created_started_killed_and_deleted_as_any_other()
    {
        Container member = NewContainer(Joining(Owner()).Sh("exit 7")).Create();

        ((int)member.State()["pid"]!).Should().Be(member.Pid);
        member.Start().Await().Should().Be(7);
    }

    [CsrunFact]
    public void A_score_for_the_memory_killer_is_set_too()
    {
        Bundle bundle = Joining(Owner());
        bundle.Process["oomScoreAdj"] = 321;

        Inside(bundle, "cat /proc/self/oom_score_adj").Should().Be("321");
    }

    [CsrunFact]
    public void The_callers_groups_stay_outside_where_it_denies_setgroups()
    {
        string pidFile = Path.Combine(Work, "pid");
        Programs.Run(
            "sh", "-c",
            $"unshare --user --map-root-user sleep 100 >/dev/null 2>&1 & echo $! > {pidFile}; "
            + "until grep -q deny /proc/$!/setgroups && grep -q . /proc/$!/gid_map; do sleep 0.01; done");
        string owner = File.ReadAllText(pidFile).Trim();
        Bundle bundle = NewBundle().NamespaceAt("user", $"/proc/{owner}/ns/user")
            .Sh("sed -n 's/^Groups:.//p' /proc/self/status");
        bundle.MountAt("/dev/pts")["options"] = new JsonArray("nosuid", "noexec", "newinstance");

        Programs.Run(
            "setpriv", "--groups", "0,77,78", Runtime.Path, "--root", StateRoot, "run", "--bundle",
            bundle.Save().Path, NewId())
            .Stdout.Trim().Should().BeEmpty();
        Programs.Run("kill", owner);
    }

    [LegacyCgroupFact]
    public void Its_limits_hold()
    {
        Bundle bundle = Joining(Owner()).Sh("sleep 100");
        bundle.Resources["pids"] = new JsonObject { ["limit"] = 17 };
        Container member = NewContainer(bundle).Create();

        string cgroup = File.ReadLines($"/proc/{member.Pid}/cgroup").Single(line => line.Contains(":pids:"))
            .Split(':')[2];
        File.ReadAllText($"/sys/fs/cgroup/pids{cgroup}/pids.max").Should().Be("17\n");
    }

    [CsrunFact]
    public void An_idmap_without_mappings_takes_those_of_the_namespace()
    {
        string source = Path.Combine(Work, "source");
        Directory.CreateDirectory(source);
        _ = Syscall.lchown(source, 7, 7);

        Inside(Joining(Owner()).Mount("/mnt", "none", source, "bind", "idmap"), "stat -c %u:%g /mnt")
            .Should().Be("7:7");
    }

    [CsrunFact]
    public void A_file_that_is_no_user_namespace_is_named_by_its_place()
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/ns/net");

        Run(NewBundle().NamespaceAt("user", path)).Exits(1).Stderr
            .Should().Contain("linux.namespaces[5].path: setns").And.Contain("EINVAL");
    }

    private static string Link(int pid, string kind)
    {
        return Programs.Run("readlink", $"/proc/{pid}/ns/{kind}").Stdout;
    }

    private Container Owner()
    {
        Bundle bundle = NewBundle().Sh("sleep 100");
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        foreach (string kind in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[kind] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = 100_000, ["size"] = 65536 });
        }

        return NewContainer(bundle).Create().Start();
    }

    private Bundle Joining(Container owner)
    {
        return NewBundle().NamespaceAt("user", $"/proc/{owner.Pid}/ns/user");
    }
}
