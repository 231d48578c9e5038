using System.IO;
using System.Text.Json.Nodes;
using Mono.Unix.Native;

namespace Csrun.Properties.Tests;

/// <summary>Mounts of a container with a user namespace whose root may do less than csrun.</summary>
public sealed class UserNamespaceMountTests : RuntimeTest
{
    [CsrunFact]
    public void A_source_that_only_csrun_may_reach_is_bound()
    {
        Bundle bundle = InUserNamespace().Mount("/mnt", "none", PrivateSource(), "rbind");

        Inside(bundle, "cat /mnt/file; awk '$5==\"/mnt\"' /proc/self/mountinfo | grep -c shared || true")
            .Should().Be("content\n0");
    }

    [CsrunFact]
    public void One_that_is_not_there_is_named_by_its_place()
    {
        PrivateSource();

        Run(InUserNamespace().Mount("/mnt", "none", Path.Combine(Work, "private", "none"), "bind")).Exits(1).Stderr
            .Should().Contain("mounts[7].source: open").And.Contain("no such file or directory (ENOENT)");
    }

    [CsrunFact]
    public void Sysfs_without_a_network_namespace_is_the_hosts_and_read_only_all_through()
    {
        Bundle bundle = InUserNamespace().WithoutNamespace("network");
        bundle.Config["mounts"]!.AsArray().Remove(bundle.MountAt("/sys/fs/cgroup"));

        Inside(
            bundle, "ls -d /sys/kernel; awk '$5 ~ \"^/sys\" {print substr($6, 1, 2)}' /proc/self/mountinfo | sort -u")
            .Should().Be("/sys/kernel\nro");
    }

    [CsrunFact]
    public void It_goes_through_no_symbolic_link_either()
    {
        Bundle bundle = InUserNamespace().WithoutNamespace("network");
        Directory.Delete(Path.Combine(bundle.Rootfs, "sys"));
        File.CreateSymbolicLink(Path.Combine(bundle.Rootfs, "sys"), "/tmp");

        Run(bundle).Exits(1).Stderr.Should().Contain("must be mounted on ordinary directory");
    }

    [CsrunFact]
    public void The_message_queues_are_the_container_roots()
    {
        Inside(InUserNamespace(), "stat -c %u:%g /dev/mqueue /proc/sys/fs/mqueue/msg_max").Should().Be("0:0\n0:0");
    }

    private Bundle InUserNamespace()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        foreach (string kind in new[] { "uidMappings", "gidMappings" })
        {
            bundle.Linux[kind] = new JsonArray(
                new JsonObject { ["containerID"] = 0, ["hostID"] = 100_000, ["size"] = 65536 });
        }

        return bundle;
    }

    private string PrivateSource()
    {
        string directory = Path.Combine(Work, "private");
        string source = Path.Combine(directory, "source");
        Directory.CreateDirectory(source);
        File.WriteAllText(Path.Combine(source, "file"), "content\n");
        _ = Syscall.chmod(directory, FilePermissions.S_IRWXU);
        return source;
    }
}
