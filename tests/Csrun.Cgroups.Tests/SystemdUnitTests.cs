using System.Collections.Generic;
using System.Linq;
using Csrun.Cgroups.Systemd;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Cgroups.Tests;

/// <summary>A cgroupsPath as a unit, and limits as its properties.</summary>
public sealed class SystemdUnitTests
{
    [Theory]
    [InlineData(null, "csrun-web.scope", "/system.slice/csrun-web.scope")]
    [InlineData("", "csrun-web.scope", "/system.slice/csrun-web.scope")]
    [InlineData("system.slice:docker:abc", "docker-abc.scope", "/system.slice/docker-abc.scope")]
    [InlineData("machine.slice:libpod:abc", "libpod-abc.scope", "/machine.slice/libpod-abc.scope")]
    [InlineData(":pre:abc", "pre-abc.scope", "/system.slice/pre-abc.scope")]
    [InlineData("a.slice::abc", "abc.scope", "/a.slice/abc.scope")]
    [InlineData("-.slice:pre:abc", "pre-abc.scope", "/pre-abc.scope")]
    [InlineData(
        "kube-pod-7.slice:cri:abc", "cri-abc.scope", "/kube.slice/kube-pod.slice/kube-pod-7.slice/cri-abc.scope")]
    [InlineData("a.slice:pre:b-c.slice", "b-c.slice", "/a.slice/b-c.slice")]
    public void Is_found_in_a_path(string? path, string name, string controlGroup)
    {
        SystemdUnit unit = SystemdUnit.Parse(path, "web", isUser: false);

        unit.Name.Should().Be(name);
        unit.ControlGroup.Should().Be(controlGroup);
    }

    [Fact]
    public void Has_another_slice_for_a_user_and_escapes_an_id()
    {
        SystemdUnit.Parse(null, "a+b", isUser: true).ControlGroup.Should().Be("/user.slice/csrun-a\\x2bb.scope");
    }

    [Theory]
    [InlineData("web")]
    [InlineData("/web")]
    [InlineData("a:b")]
    [InlineData("a.slice:b:")]
    [InlineData("a:b:c")]
    [InlineData("-a.slice:b:c")]
    [InlineData("a-.slice:b:c")]
    [InlineData("a--b.slice:b:c")]
    [InlineData("a/b.slice:b:c")]
    [InlineData(".slice:b:c")]
    [InlineData("a.slice:b:c/../d")]
    public void Is_not_found_in_anything_else(string path)
    {
        FluentActions.Invoking(() => SystemdUnit.Parse(path, "web", isUser: false))
            .Should().Throw<KernelException>().Which.Place.Should().Be("linux.cgroupsPath");
    }

    [Fact]
    public void Gets_limits_under_the_names_of_cgroup_v2()
    {
        LinuxResources resources = new()
        {
            Memory = new LinuxMemory { Limit = 1000, Swap = 3000, Reservation = -1 },
            Cpu = new LinuxCpu { Shares = 1024, Quota = 33333, Period = 100000, Cpus = "0-2,9", Mems = "1" },
            Pids = new LinuxPids { Limit = -1 },
            BlockIO = new LinuxBlockIO { Weight = 1000 },
        };

        Dictionary<string, object> properties = UnitProperties.ForUpdate(resources, isUnified: true)
            .ToDictionary(property => property.Name, property => property.Value);

        properties.Should().BeEquivalentTo(new Dictionary<string, object>
        {
            ["MemoryMax"] = 1000UL,
            ["MemorySwapMax"] = 2000UL,
            ["MemoryLow"] = ulong.MaxValue,
            ["CPUWeight"] = 100UL,
            ["CPUQuotaPeriodUSec"] = 100000UL,
            ["CPUQuotaPerSecUSec"] = 340000UL,
            ["AllowedCPUs"] = new byte[] { 0b111, 0b10 },
            ["AllowedMemoryNodes"] = new byte[] { 0b10 },
            ["TasksMax"] = ulong.MaxValue,
            ["IOWeight"] = 10000UL,
        });
    }

    [Fact]
    public void Gets_nothing_for_what_is_unset()
    {
        LinuxResources unset = new()
        {
            Memory = new LinuxMemory { Limit = 0, Swap = 0 },
            Cpu = new LinuxCpu { Shares = 0, Quota = 0, Period = 0, Cpus = "" },
            BlockIO = new LinuxBlockIO { Weight = 0 },
        };

        UnitProperties.ForUpdate(unset, isUnified: true).Should().BeEmpty();
        UnitProperties.ForUpdate(unset, isUnified: false).Should().BeEmpty();
    }

    [Fact]
    public void Keeps_no_device_rules_where_all_are_allowed()
    {
        LinuxResources resources = new() { Devices = [new LinuxDeviceCgroup { Allow = true, Access = "rwm" }] };
        SystemdUnit unit = SystemdUnit.Parse(null, "web", isUser: false);

        IReadOnlyList<UnitProperty> properties = UnitProperties.ForStart(unit, "web", 7, resources, isUnified: true);

        properties.Single(property => property.Name == "DevicePolicy").Value.Should().Be("auto");
    }

    [Theory]
    [InlineData("unix:path=/run/user/1000/bus", "/run/user/1000/bus")]
    [InlineData("unix:path=/a%20b,guid=00", "/a b")]
    [InlineData("unix:abstract=/x;unix:path=/b", "/b")]
    [InlineData("unix:abstract=/x", null)]
    public void Is_reached_by_the_socket_of_an_address(string address, string? socket)
    {
        SystemdManager.SocketOf(address).Should().Be(socket);
    }
}
