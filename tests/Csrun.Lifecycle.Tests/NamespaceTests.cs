using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Lifecycle.Tests;

/// <summary>Namespaces: new, the caller's, or one that has a path.</summary>
public sealed class NamespaceTests : RuntimeTest
{
    private static readonly string[] s_kinds = ["ipc", "mnt", "net", "pid", "uts", "user", "cgroup"];

    [RootFact]
    public void Has_its_own_of_each_kind_that_was_asked_for()
    {
        Differing(NewBundle()).Should().Equal("ipc", "mnt", "net", "pid", "uts");
    }

    [RootTheory]
    [InlineData("network", "net")]
    [InlineData("ipc", "ipc")]
    [InlineData("pid", "pid")]
    public void Uses_the_callers_where_none_was_asked_for(string type, string link)
    {
        Bundle bundle = NewBundle().WithoutNamespace(type);
        if (type == "network")
        {
            bundle.MountAt("/sys")["type"] = "bind";
            bundle.MountAt("/sys")["source"] = "/sys";
            bundle.MountAt("/sys")["options"] = new JsonArray("rbind", "ro");
            bundle.Config["mounts"]!.AsArray().Remove(bundle.MountAt("/sys/fs/cgroup"));
        }

        Differing(bundle).Should().NotContain(link);
    }

    [RootFact]
    public void Can_have_a_cgroup_namespace_in_which_it_is_at_the_top()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "cgroup" });

        Inside(bundle, "cut -d: -f3 /proc/self/cgroup | sort -u").Should().Be("/");
    }

    [RootFact]
    public void Joins_a_network_namespace_by_its_path()
    {
        string path = Path.Combine(Work, "netns");
        File.WriteAllText(path, "");
        Programs.Run("unshare", $"--net={path}", "true");
        try
        {
            string inode = Programs.Run("stat", "-c", "%i", path).Stdout.Trim();
            Inside(NewBundle().NamespaceAt("network", path), "readlink /proc/self/ns/net")
                .Should().Be($"net:[{inode}]");
        }
        finally
        {
            Programs.Run("umount", path);
        }
    }

    [RootFact]
    public void Joins_the_namespaces_of_another_container()
    {
        Container infra = NewContainer(NewBundle().Sh("hostname; sleep 100; true")).Create().Start();
        Bundle member = NewBundle();
        foreach ((string type, string link) in new[] { ("pid", "pid"), ("ipc", "ipc"), ("network", "net"),
            ("uts", "uts") })
        {
            member.NamespaceAt(type, $"/proc/{infra.Pid}/ns/{link}");
        }

        member.Config.Remove("hostname");
        string[] inside = Inside(
            member,
            "hostname; echo $$; readlink /proc/1/ns/net; readlink /proc/self/ns/net; cat /proc/1/comm").Split('\n');

        inside[0].Should().Be("runc");
        inside[1].Should().NotBe("1");
        inside[3].Should().Be(new FileInfo($"/proc/{infra.Pid}/ns/net").LinkTarget);
        inside[4].Should().Be("sh");
    }

    [RootFact]
    public void Has_its_host_name()
    {
        Bundle bundle = NewBundle();
        bundle.Config["hostname"] = "web-17";

        Inside(bundle, "hostname").Should().Be("web-17");
    }

    [RootFact]
    public void Has_its_loopback_up_in_a_network_of_its_own()
    {
        Inside(
            NewBundle(), "ls /sys/class/net; cat /sys/class/net/lo/flags; ping -c1 -W1 127.0.0.1 >/dev/null 2>&1; echo")
            .Should().StartWith("lo\n0x9");
    }

    [RootFact]
    public void Sets_kernel_parameters_of_its_own()
    {
        Bundle bundle = NewBundle();
        bundle.Linux["sysctl"] = new JsonObject
        {
            ["kernel.shmmax"] = "12345678",
            ["net.ipv4.ip_unprivileged_port_start"] = "80",
            ["fs.mqueue.msg_max"] = "7",
        };

        Inside(bundle, "cd /proc/sys; cat kernel/shmmax net/ipv4/ip_unprivileged_port_start fs/mqueue/msg_max")
            .Should().Be("12345678\n80\n7");
    }

    [RootTheory]
    [InlineData("kernel.panic")]
    [InlineData("vm.swappiness")]
    public void Refuses_a_kernel_parameter_of_the_host(string name)
    {
        Bundle bundle = NewBundle();
        bundle.Linux["sysctl"] = new JsonObject { [name] = "1" };

        Run(bundle.Args("/bin/true")).Exits(1).Stderr.Should().Contain(name);
    }

    [RootFact]
    public void Refuses_a_namespace_path_that_is_none()
    {
        Run(NewBundle().NamespaceAt("network", "/etc/passwd").Args("/bin/true")).Exits(1).Stderr.Should().NotBeEmpty();
        Run(NewBundle().NamespaceAt("network", "/nonexistent").Args("/bin/true")).Exits(1).Stderr
            .Should().Contain("/nonexistent");
    }

    [RootFact]
    public void Leaves_the_callers_namespaces_as_they_are()
    {
        Container container = NewContainer(NewBundle()).Create();

        container.Start().Await();
    }

    private string[] Differing(Bundle bundle)
    {
        string[] inside = Inside(
            bundle, $"cd /proc/self/ns; for k in {string.Join(' ', s_kinds)}; do readlink $k; done").Split('\n');
        return [.. inside.Where(link => new FileInfo($"/proc/self/ns/{link.Split(':')[0]}").LinkTarget != link)
            .Select(link => link.Split(':')[0])];
    }
}
