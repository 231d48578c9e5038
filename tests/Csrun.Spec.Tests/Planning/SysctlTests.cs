using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Csrun.Spec.Tests;

/// <summary>linux.sysctl: names, their files, and the namespaces they belong to.</summary>
public sealed class SysctlTests
{
    [Theory]
    [InlineData("net.ipv4.ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net/ipv4/ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net.ipv4.conf.eth0/1.forwarding", "net/ipv4/conf/eth0.1/forwarding")]
    [InlineData("net/ipv4/conf/eth0.1/forwarding", "net/ipv4/conf/eth0.1/forwarding")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public void Finds_the_file_as_sysctl_does(string name, string file)
    {
        Sysctl.PathOf(name).Should().Be(file);
    }

    [Theory]
    [InlineData("kernel/msgmax", NamespaceType.Ipc)]
    [InlineData("kernel/msgmnb", NamespaceType.Ipc)]
    [InlineData("kernel/msgmni", NamespaceType.Ipc)]
    [InlineData("kernel/sem", NamespaceType.Ipc)]
    [InlineData("kernel/shmall", NamespaceType.Ipc)]
    [InlineData("kernel/shmmax", NamespaceType.Ipc)]
    [InlineData("kernel/shmmni", NamespaceType.Ipc)]
    [InlineData("kernel/shm_rmid_forced", NamespaceType.Ipc)]
    [InlineData("fs/mqueue/msg_max", NamespaceType.Ipc)]
    [InlineData("kernel/domainname", NamespaceType.Uts)]
    [InlineData("net/core/somaxconn", NamespaceType.Network)]
    [InlineData("user/max_user_namespaces", NamespaceType.User)]
    public void Knows_the_namespace_of_a_parameter(string path, NamespaceType expected)
    {
        Sysctl.TryFindNamespace(path, out NamespaceType type).Should().BeTrue();
        type.Should().Be(expected);
    }

    [Theory]
    [InlineData("kernel/core_pattern")]
    [InlineData("kernel/hostname")] // hostname's own
    [InlineData("kernel/shmmax/x")]
    [InlineData("kernel/semx")]
    [InlineData("vm/overcommit_memory")]
    [InlineData("fs/mqueue")]
    [InlineData("fs/file-max")]
    [InlineData("net")]
    [InlineData("network/x")]
    [InlineData("Net/ipv4")]
    [InlineData("net/../kernel/core_pattern")]
    [InlineData("net/./x")]
    [InlineData("net//x")]
    [InlineData("net/x/")]
    [InlineData("/net/x")]
    [InlineData("")]
    public void Leaves_the_hosts_own_parameters_alone(string path)
    {
        Sysctl.TryFindNamespace(path, out _).Should().BeFalse();
    }

    [Fact]
    public void Plans_them_in_their_order_each_with_its_place()
    {
        Plans.OfLinux("""
            "namespaces":[{"type":"network"},{"type":"ipc"}],
            "sysctl":{"net.ipv4.ip_forward":"1","kernel.sem":"1 2 3 4","net/core/somaxconn":"\u0037"}
            """).Sysctl.Should().Equal(
                new SysctlPlan("net/ipv4/ip_forward", "1", "linux.sysctl[\"net.ipv4.ip_forward\"]"),
                new SysctlPlan("kernel/sem", "1 2 3 4", "linux.sysctl[\"kernel.sem\"]"),
                new SysctlPlan("net/core/somaxconn", "7", "linux.sysctl[\"net/core/somaxconn\"]"));
    }

    /// <summary>However a name is put together: what is accepted stays below its own directory of /proc/sys.</summary>
    [Property(MaxTest = 3000)]
    public Property Never_leaves_the_directory_of_its_namespace()
    {
        Gen<string> piece = Gen.Elements(
            "net", "kernel", "fs", "mqueue", "user", "..", ".", "/", "sem", "core_pattern");
        return Prop.ForAll(piece.ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary(), name =>
        {
            string path = Sysctl.PathOf(name);
            if (!Sysctl.TryFindNamespace(path, out NamespaceType type))
            {
                return;
            }

            System.IO.Path.GetFullPath("/proc/sys/" + path).Should().Be("/proc/sys/" + path);
            path.Should().StartWith(type switch
            {
                NamespaceType.Network => "net/",
                NamespaceType.User => "user/",
                NamespaceType.Ipc => path.StartsWith("fs/mqueue/", StringComparison.Ordinal) ? "fs/mqueue/" : "kernel/",
                _ => "kernel/domainname",
            });
        });
    }

    /// <summary>Both ways to write a name find one file: dots and slashes change places.</summary>
    [Property]
    public Property Reads_dots_and_slashes_alike()
    {
        Gen<string> part = Gen.Elements("net", "ipv4", "conf", "a", "eth0", "b_c");
        return Prop.ForAll(part.NonEmptyListOf().Where(parts => parts.Count > 1).ToArbitrary(), parts =>
            Sysctl.PathOf(string.Join('.', parts)).Should().Be(Sysctl.PathOf(string.Join('/', parts))));
    }
}
