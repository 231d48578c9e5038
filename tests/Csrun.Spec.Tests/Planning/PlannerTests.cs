using System.Collections.Generic;
using System.Linq;

namespace Csrun.Spec.Tests;

/// <summary>Namespaces, devices, and what else the plan takes from config.json and the command line.</summary>
public sealed class PlannerTests
{
    [Fact]
    public void Plans_the_least_there_can_be()
    {
        Plan plan = Plans.Of(Readings.WithTop(""));

        (plan.Id, plan.Bundle, plan.Root.Path, plan.Root.Readonly)
            .Should().Be(("web", "/bundle", "/bundle/rootfs", false));
        plan.Namespaces.New.Should().Be((NamespaceType)0);
        plan.Process.Should().BeNull();
        (plan.Hostname, plan.Domainname, plan.CgroupsPath, plan.Resources).Should().Be((null, null, null, null));
        plan.Mounts.Should().BeEmpty();
        plan.Annotations.Should().BeEmpty();
        plan.NewKeyring.Should().BeTrue();
    }

    [Theory]
    [InlineData("rootfs", "/bundle/rootfs")]
    [InlineData("/srv/root", "/srv/root")]
    public void Finds_the_root_from_the_bundle(string path, string planned)
    {
        Plans.Of($$"""{"ociVersion":"1.0.0","root":{"path":"{{path}}","readonly":true} }""").Root
            .Should().BeEquivalentTo(new { Path = planned, Readonly = true });
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("private", 0x4_0000)]
    [InlineData("rprivate", 0x4_0000)]
    [InlineData("slave", 0x8_0000)]
    [InlineData("rslave", 0x8_0000)]
    [InlineData("shared", 0x10_0000)]
    [InlineData("rshared", 0x10_0000)]
    [InlineData("unbindable", 0x2_0000)]
    [InlineData("runbindable", 0x2_0000)]
    public void Takes_the_propagation_of_the_root_for_one_mount(string word, ulong flag)
    {
        Plans.OfLinux($"\"rootfsPropagation\":\"{word}\"").Root.Propagation.Should().Be(flag);
    }

    [Fact]
    public void Takes_what_needs_no_planning_as_it_is()
    {
        Plan plan = Plans.Of(Readings.WithTop("""
            "hostname":"h","domainname":"d","annotations":{"k":"v"},"hooks":{"poststop":[{"path":"/x"}]},
            "linux":{"namespaces":[{"type":"uts"},{"type":"mount"}],"cgroupsPath":"/a","maskedPaths":["/m"],
                "readonlyPaths":["/r"],"resources":{"pids":{"limit":7}}}
            """));

        (plan.Hostname, plan.Domainname, plan.CgroupsPath).Should().Be(("h", "d", "/a"));
        plan.Annotations["k"].Should().Be("v");
        plan.MaskedPaths.Should().Equal("/m");
        plan.ReadonlyPaths.Should().Equal("/r");
        plan.Resources!.Pids!.Limit.Should().Be(7);
        plan.Hooks.Poststop.Should().ContainSingle().Which.Path.Should().Be("/x");
    }

    [Fact]
    public void Takes_empty_words_for_none()
    {
        Plan plan = Plans.Of(Readings.WithTop("""
            "hostname":"","domainname":"","linux":{"cgroupsPath":"","rootfsPropagation":""}
            """));

        (plan.Hostname, plan.Domainname, plan.CgroupsPath, plan.Root.Propagation).Should().Be((null, null, null, 0));
    }

    [Fact]
    public void Leaves_the_keyring_where_that_is_asked_for()
    {
        Plans.Of(Readings.WithTop(""), Plans.Options with { NoNewKeyring = true }).NewKeyring.Should().BeFalse();
    }

    [Fact]
    public void Makes_and_joins_namespaces_the_user_namespace_first_and_the_mount_namespace_last()
    {
        NamespacePlan plan = Plans.OfLinux("""
            "namespaces":[{"type":"mount","path":"/m"},{"type":"pid"},{"type":"network","path":"/n"},{"type":"ipc","path":""},
                {"type":"user","path":"/u"},{"type":"uts","path":"/t"}]
            """).Namespaces;

        plan.New.Should().Be(NamespaceType.Pid | NamespaceType.Ipc);
        plan.Join[0].Should().Be(new NamespaceJoin(NamespaceType.User, "/u", "linux.namespaces[4].path"));
        plan.Join[^1].Should().Be(new NamespaceJoin(NamespaceType.Mount, "/m", "linux.namespaces[0].path"));
        plan.Join.Should().HaveCount(4);
        plan.Has(NamespaceType.Network).Should().BeTrue();
        plan.Makes(NamespaceType.Network).Should().BeFalse();
        plan.Has(NamespaceType.Cgroup).Should().BeFalse();
    }

    [Fact]
    public void Keeps_the_maps_of_ids()
    {
        NamespacePlan plan = Plans.OfLinux("""
            "namespaces":[{"type":"user"}],"uidMappings":[{"containerID":0,"hostID":1000,"size":1}],
            "gidMappings":[{"containerID":5,"hostID":6,"size":7}]
            """).Namespaces;

        plan.UidMappings.Should().Equal(new LinuxIdMapping { ContainerId = 0, HostId = 1000, Size = 1 });
        plan.GidMappings.Should().Equal(new LinuxIdMapping { ContainerId = 5, HostId = 6, Size = 7 });
    }

    [Fact]
    public void Makes_the_default_devices()
    {
        Plan plan = Plans.Of(Readings.WithTop(""));

        plan.Devices.Select(device => (device.Path, device.Type, device.Mode, device.Major, device.Minor))
            .Should().BeEquivalentTo(new[]
            {
                ("/dev/null", 0x2000u, 0x1B6u, 1u, 3u), ("/dev/zero", 0x2000u, 0x1B6u, 1u, 5u),
                ("/dev/full", 0x2000u, 0x1B6u, 1u, 7u), ("/dev/random", 0x2000u, 0x1B6u, 1u, 8u),
                ("/dev/urandom", 0x2000u, 0x1B6u, 1u, 9u), ("/dev/tty", 0x2000u, 0x1B6u, 5u, 0u),
            });
        plan.MakeDeviceLinks.Should().BeTrue();
    }

    [Theory]
    [InlineData("\"type\":\"c\",\"major\":10,\"minor\":229", 0x2000u, 10u, 229u, 0x1B6u)]
    [InlineData("\"type\":\"u\",\"major\":10,\"minor\":229", 0x2000u, 10u, 229u, 0x1B6u)]
    [InlineData("\"type\":\"b\",\"major\":4095,\"minor\":1048575,\"fileMode\":432", 0x6000u, 4095u, 1048575u, 0x1B0u)]
    [InlineData("\"type\":\"p\",\"fileMode\":0", 0x1000u, 0u, 0u, 0u)]
    // 020666, as docker writes it
    [InlineData(
        "\"type\":\"c\",\"major\":1,\"minor\":1,\"fileMode\":8630",
        0x2000u,
        1u,
        1u,
        0x1B6u)]
    public void Makes_devices_as_asked(string members, uint type, uint major, uint minor, uint mode)
    {
        DevicePlan device = Plans.OfLinux($"\"devices\":[{{\"path\":\"/srv/x\",{members}}}]").Devices[^1];

        (device.Path, device.Type, device.Major, device.Minor, device.Mode, device.Place)
            .Should().Be(("/srv/x", type, major, minor, mode, "linux.devices[0]"));
    }

    [Fact]
    public void Lets_a_device_replace_a_default_one_or_one_before_it()
    {
        IReadOnlyList<DevicePlan> devices = Plans.OfLinux("""
            "devices":[{"path":"/dev/null","type":"c","major":7,"minor":7,"uid":5,"gid":6},{"path":"/dev/x","type":"p"},
                {"path":"/dev/x","type":"c","major":8,"minor":8}]
            """).Devices;

        devices.Should().HaveCount(7);
        devices.Single(device => device.Path == "/dev/null")
            .Should().BeEquivalentTo(new { Major = 7u, Uid = 5u, Gid = 6u });
        devices.Single(device => device.Path == "/dev/x").Place.Should().Be("linux.devices[2]");
    }

    [Theory]
    [InlineData("{\"destination\":\"/dev\",\"source\":\"/dev\",\"options\":[\"rbind\"]}", false)]
    [InlineData("{\"destination\":\"/dev/\",\"source\":\"/dev\",\"options\":[\"bind\"]}", false)]
    [InlineData("{\"destination\":\"/dev\",\"type\":\"tmpfs\"}", true)]
    [InlineData("{\"destination\":\"/dev/shm\",\"source\":\"/x\",\"options\":[\"bind\"]}", true)]
    public void Fills_no_dev_that_is_the_hosts(string mount, bool fills)
    {
        Plan plan = Plans.Of(Plans.WithMounts(mount));

        plan.MakeDeviceLinks.Should().Be(fills);
        (plan.Devices.Count != 0).Should().Be(fills);
    }
}
