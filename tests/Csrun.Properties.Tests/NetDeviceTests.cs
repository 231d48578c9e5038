using System;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.Properties.Tests;

/// <summary>linux.netDevices: devices of the host that become the container's, seen by ip(8) on both sides.</summary>
public sealed class NetDeviceTests : RuntimeTest
{
    private readonly string _device = "csp" + Guid.NewGuid().ToString("N")[..8];

    [CsrunFact]
    public void A_device_moves_and_is_up()
    {
        using HostDevice device = new(_device);

        Links(Bundle((_device, null))).Should().Contain($"{_device} UP");

        device.IsThere.Should().BeFalse("a virtual device ends with the container's namespace");
    }

    [CsrunFact]
    public void It_gets_the_name_that_is_asked_for()
    {
        using HostDevice device = new(_device);

        Links(Bundle((_device, "net0"))).Should().Contain("net0 UP").And.NotContain(_device);
    }

    [CsrunFact]
    public void The_kernel_numbers_names_with_a_placeholder()
    {
        using HostDevice one = new(_device + "1");
        using HostDevice two = new(_device + "2");

        Links(Bundle((_device + "1", "eth%d"), (_device + "2", "eth%d")))
            .Should().Contain("eth0 UP").And.Contain("eth1 UP");
    }

    [CsrunFact]
    public void It_keeps_its_permanent_global_addresses_of_all_families()
    {
        using HostDevice device = new(_device);
        device.Ip("addr", "add", "192.0.2.7/24", "brd", "192.0.2.255");
        device.Ip("addr", "add", "192.0.2.8", "peer", "192.0.2.9/32");
        device.Ip("addr", "add", "2001:db8::7/64", "nodad");
        device.Ip("addr", "add", "192.0.2.100/24", "valid_lft", "1000", "preferred_lft", "1000");
        device.Ip("addr", "add", "169.254.7.7/16", "scope", "link");

        string seen = Addresses(Bundle((_device, "net0")), "net0");

        seen.Should().Contain("inet 192.0.2.7/24 brd 192.0.2.255 scope global")
            .And.Contain("inet 192.0.2.8 peer 192.0.2.9/32 scope global")
            .And.Contain("inet6 2001:db8::7/64 scope global")
            .And.NotContain("192.0.2.100").And.NotContain("169.254.7.7");
    }

    [CsrunFact]
    public void It_keeps_its_mac_and_mtu()
    {
        using HostDevice device = new(_device, "veth");
        device.Ip("link", "set", "address", "02:00:5e:10:00:07", "mtu", "1234");

        Inside(Bundle((_device, "net0")), "cat /sys/class/net/net0/address /sys/class/net/net0/mtu")
            .Should().Be("02:00:5e:10:00:07\n1234");
    }

    [CsrunFact]
    public void Sysctls_of_the_device_find_it()
    {
        using HostDevice device = new(_device);
        Bundle bundle = Bundle((_device, "net0"));
        bundle.Linux["sysctl"] = new JsonObject { ["net.ipv4.conf.net0.forwarding"] = "1" };

        Inside(bundle, "cat /proc/sys/net/ipv4/conf/net0/forwarding").Should().Be("1");
    }

    [CsrunFact]
    public void It_moves_into_a_user_namespace_too()
    {
        using HostDevice device = new(_device);
        device.Ip("addr", "add", "192.0.2.7/24");
        Bundle bundle = Bundle((_device, "net0"));
        bundle.Linux["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        JsonObject mapping = new() { ["containerID"] = 0, ["hostID"] = 100_000, ["size"] = 65536 };
        bundle.Linux["uidMappings"] = new JsonArray(mapping);
        bundle.Linux["gidMappings"] = new JsonArray(mapping.DeepClone());

        Addresses(bundle, "net0").Should().Contain("192.0.2.7/24");
    }

    [CsrunFact]
    public void An_unknown_device_is_named_by_its_place()
    {
        Run(Bundle((_device, null))).Exits(1).Stderr
            .Should().Contain($"linux.netDevices[\"{_device}\"]: find network device {_device}").And.Contain("ENODEV");
    }

    [CsrunFact]
    public void A_name_that_is_taken_is_an_error_and_the_device_is_back_as_it_was()
    {
        using HostDevice device = new(_device);
        device.Ip("addr", "add", "192.0.2.7/24");
        device.Ip("link", "set", "up");

        Run(Bundle((_device, "lo"))).Exits(1).Stderr.Should().Contain("has one of this name").And.Contain("EEXIST");

        device.Shown().Should().Contain("192.0.2.7/24").And.Contain(",UP");
    }

    [CsrunFact]
    public void A_create_that_fails_later_gives_the_device_back()
    {
        using HostDevice device = new(_device);
        device.Ip("addr", "add", "2001:db8::7/64", "nodad");

        Run(Bundle((_device, "net0")).Args("/none")).Exits(1);

        device.Shown().Should().Contain("2001:db8::7/64").And.NotContain(",UP");
    }

    [CsrunFact]
    public void A_joined_namespace_keeps_it_after_the_container()
    {
        using HostDevice device = new(_device);
        Container owner = NewContainer(NewBundle().Sh("sleep 100")).Create();
        string pid = owner.Pid.ToString(CultureInfo.InvariantCulture);

        Links(Bundle((_device, "net0")).NamespaceAt("network", $"/proc/{pid}/ns/net")).Should().Contain("net0 UP");

        Programs.Run("nsenter", "-t", pid, "-n", "ip", "link").Stdout.Should().Contain("net0");
    }

    [CsrunFact]
    public void A_device_that_cannot_leave_its_namespace_is_named_by_its_place()
    {
        using HostDevice device = new(_device, "bridge");

        Run(Bundle((_device, null))).Exits(1).Stderr
            .Should().Contain($"linux.netDevices[\"{_device}\"]: move network device {_device}: invalid argument");

        device.IsThere.Should().BeTrue();
    }

    [CsrunFact]
    public void The_hosts_own_network_namespace_is_refused()
    {
        using HostDevice device = new(_device);

        Run(Bundle((_device, "net0")).NamespaceAt("network", $"/proc/{Environment.ProcessId}/ns/net")).Exits(1)
            .Stderr.Should().Contain("linux.netDevices").And.Contain("the one they are in");

        device.IsThere.Should().BeTrue();
    }

    private Bundle Bundle(params (string Name, string? NewName)[] devices)
    {
        JsonObject entries = [];
        foreach ((string name, string? newName) in devices)
        {
            entries[name] = newName is null ? [] : new JsonObject { ["name"] = newName };
        }

        Bundle bundle = NewBundle();
        bundle.Linux["netDevices"] = entries;
        return bundle;
    }

    /// <summary>Each device with UP where it is.</summary>
    private string Links(Bundle bundle)
    {
        string[] lines = Inside(bundle, "ip -o link").Split('\n');
        return string.Join('\n', lines.Select(line => line.Split(' ')[1].Split('@')[0].TrimEnd(':')
            + (line.Split('>')[0].Split('<')[1].Split(',').Contains("UP") ? " UP" : "")));
    }

    private string Addresses(Bundle bundle, string device)
    {
        return Inside(bundle, $"ip addr show {device}");
    }

    /// <summary>A device on the host.</summary>
    private sealed class HostDevice : IDisposable
    {
        private readonly string _name;

        public HostDevice(string name, string kind = "ifb")
        {
            _name = name;
            Programs.Run("ip", "link", "add", name, "type", kind);
        }

        public bool IsThere => System.IO.Directory.Exists("/sys/class/net/" + _name);

        /// <summary>ip OBJECT COMMAND ... dev NAME.</summary>
        public void Ip(params string[] arguments)
        {
            string[] device = arguments is ["link", "set", ..]
                ? [.. arguments[..2], _name, .. arguments[2..]]
                : [.. arguments, "dev", _name];
            Programs.Run("ip", device);
        }

        public string Shown()
        {
            return Programs.Run("ip", "addr", "show", _name).Stdout;
        }

        public void Dispose()
        {
            if (IsThere)
            {
                Programs.Run("ip", "link", "del", _name);
            }
        }
    }
}
