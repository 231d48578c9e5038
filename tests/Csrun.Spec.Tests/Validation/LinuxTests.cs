namespace Csrun.Spec.Tests;

/// <summary>config-linux.md but for resources and seccomp.</summary>
public sealed class LinuxTests
{
    private const string Types = "expected one of: mount, cgroup, uts, ipc, user, pid, network, time, found";

    [Theory]
    [InlineData("\"namespaces\":[{}]", "linux.namespaces[0].type: missing")]
    [InlineData("\"namespaces\":[{\"type\":\"net\"}]", "linux.namespaces[0].type: " + Types + " \"net\"")]
    [InlineData("\"namespaces\":[{\"type\":\"PID\"}]", "linux.namespaces[0].type: " + Types + " \"PID\"")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"ipc\"},{\"type\":\"pid\"}]",
        "linux.namespaces[2].type: \"pid\" given twice")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"pid\",\"path\":\"/x\"}]",
        "linux.namespaces[1].type: \"pid\" given twice")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"pid\",\"path\":\"proc/1/ns/pid\"}]",
        "linux.namespaces[0].path: expected an absolute path, found \"proc/1/ns/pid\"")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"user\"}]",
        "linux.namespaces[0]: a new user namespace needs uidMappings and gidMappings")]
    [InlineData(
        "\"uidMappings\":[{}]",
        "linux.uidMappings[0].containerID: missing",
        "linux.uidMappings[0].hostID: missing",
        "linux.uidMappings[0].size: missing")]
    [InlineData(
        "\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":0}]",
        "linux.gidMappings[0].size: expected at least 1, found 0")]
    [InlineData(
        "\"gidMappings\":[{\"containerID\":4294967295,\"hostID\":0,\"size\":1}]",
        "linux.gidMappings[0].containerID: 4294967295 with size 1 goes beyond 4294967294")]
    [InlineData(
        "\"gidMappings\":[{\"containerID\":0,\"hostID\":4294967290,\"size\":6}]",
        "linux.gidMappings[0].hostID: 4294967290 with size 6 goes beyond 4294967294")]
    [InlineData(
        "\"sysctl\":{\"kernel.hostname\":\"x\"}",
        "linux.sysctl[\"kernel.hostname\"]: expected hostname to be used instead")]
    [InlineData(
        "\"sysctl\":{\"vm.swappiness\":\"1\"}",
        "linux.sysctl[\"vm.swappiness\"]: expected a parameter that belongs to a namespace")]
    [InlineData(
        "\"sysctl\":{\"net/../kernel/core_pattern\":\"x\"}",
        "linux.sysctl[\"net/../kernel/core_pattern\"]: expected a parameter that belongs to a namespace")]
    [InlineData(
        "\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"}",
        "linux.sysctl[\"net.ipv4.ip_forward\"]: needs a network namespace")]
    [InlineData("\"sysctl\":{\"kernel.shmmax\":\"1\"}", "linux.sysctl[\"kernel.shmmax\"]: needs an ipc namespace")]
    [InlineData(
        "\"cgroupsPath\":\"/a/../../b\"",
        "linux.cgroupsPath: expected a path without .., found \"/a/../../b\"")]
    [InlineData("\"devices\":[{}]", "linux.devices[0].path: missing", "linux.devices[0].type: missing")]
    [InlineData(
        "\"devices\":[{\"path\":\"dev/x\",\"type\":\"p\"}]",
        "linux.devices[0].path: expected an absolute path, found \"dev/x\"")]
    [InlineData(
        "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"cc\",\"major\":1,\"minor\":1}]",
        "linux.devices[0].type: expected one of: c, b, u, p, found \"cc\"")]
    [InlineData(
        "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"b\"}]",
        "linux.devices[0].major: missing",
        "linux.devices[0].minor: missing")]
    [InlineData(
        "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"c\",\"major\":4096,\"minor\":1048576}]",
        "linux.devices[0].major: expected 0 to 4095, found 4096",
        "linux.devices[0].minor: expected 0 to 1048575, found 1048576")]
    [InlineData(
        "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"p\",\"uid\":4294967295,\"gid\":4294967295}]",
        "linux.devices[0].uid: expected 0 to 4294967294, found 4294967295",
        "linux.devices[0].gid: expected 0 to 4294967294, found 4294967295")]
    [InlineData(
        "\"rootfsPropagation\":\"foo\"",
        "linux.rootfsPropagation: expected one of: private, slave, shared, unbindable, rprivate, rslave, rshared,"
            + " runbindable, found \"foo\"")]
    [InlineData(
        "\"maskedPaths\":[\"/a\",\"b\"],\"namespaces\":[{\"type\":\"mount\"}]",
        "linux.maskedPaths[1]: expected an absolute path, found \"b\"")]
    [InlineData(
        "\"readonlyPaths\":[\"\"],\"namespaces\":[{\"type\":\"mount\"}]",
        "linux.readonlyPaths[0]: expected an absolute path, found \"\"")]
    [InlineData(
        "\"maskedPaths\":[\"/a\"],\"readonlyPaths\":[\"/b\"]",
        "linux.maskedPaths: needs a mount namespace",
        "linux.readonlyPaths: needs a mount namespace")]
    [InlineData("\"personality\":{}", "linux.personality.domain: missing")]
    [InlineData(
        "\"personality\":{\"domain\":\"LINUX64\"}",
        "linux.personality.domain: expected one of: LINUX, LINUX32, found \"LINUX64\"")]
    [InlineData(
        "\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"ADDR_NO_RANDOMIZE\"]}",
        "linux.personality.flags[0]: expected no flag, as none is defined, found \"ADDR_NO_RANDOMIZE\"")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"time\"}],\"timeOffsets\":{\"realtime\":{}}",
        "linux.timeOffsets[\"realtime\"]: expected one of: monotonic, boottime, found \"realtime\"")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"time\"}],\"timeOffsets\":{\"boottime\":{\"nanosecs\":1000000000}}",
        "linux.timeOffsets[\"boottime\"].nanosecs: expected 0 to 999999999, found 1000000000")]
    [InlineData("\"timeOffsets\":{\"boottime\":{\"secs\":1}}", "linux.timeOffsets: needs a new time namespace")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"time\",\"path\":\"/x\"}],\"timeOffsets\":{\"boottime\":{\"secs\":1}}",
        "linux.timeOffsets: needs a new time namespace")]
    [InlineData("\"memoryPolicy\":{}", "linux.memoryPolicy.mode: missing")]
    [InlineData(
        "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\"}",
        "linux.memoryPolicy.nodes: expected at least one with MPOL_BIND, found none")]
    [InlineData(
        "\"memoryPolicy\":{\"mode\":\"MPOL_LOCAL\",\"nodes\":\"0\"}",
        "linux.memoryPolicy.nodes: expected none with MPOL_LOCAL, found \"0\"")]
    [InlineData(
        "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0;1\"}",
        "linux.memoryPolicy.nodes: expected a list like 0-3,7, found \"0;1\"")]
    [InlineData(
        "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":[\"X\"]}",
        "linux.memoryPolicy.flags[0]: expected one of: MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, "
            + "MPOL_F_STATIC_NODES, found \"X\"")]
    [InlineData(
        "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":[\"MPOL_F_STATIC_NODES\","
            + "\"MPOL_F_RELATIVE_NODES\"]}",
        "linux.memoryPolicy.flags: expected not both of MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES")]
    [InlineData(
        "\"intelRdt\":{\"closID\":\"../x\"}",
        "linux.intelRdt.closID: expected the name of a directory, or /, found \"../x\"")]
    [InlineData(
        "\"intelRdt\":{\"closID\":\"..\"}",
        "linux.intelRdt.closID: expected the name of a directory, or /, found \"..\"")]
    [InlineData(
        "\"intelRdt\":{\"schemata\":[\"L3:0=f\",\"a\\nb\"]}",
        "linux.intelRdt.schemata[1]: expected one line, found \"a\\u000ab\"")]
    [InlineData(
        "\"intelRdt\":{\"memBwSchema\":\"L3:0=f\"}",
        "linux.intelRdt.memBwSchema: expected one line that begins with MB:, found \"L3:0=f\"")]
    [InlineData("\"netDevices\":{\"eth0\":{}}", "linux.netDevices: needs a network namespace")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"network\"}],\"netDevices\":{\"a/b\":{}}",
        "linux.netDevices[\"a/b\"]: expected an interface name of 1 to 15 bytes without /, : or blanks, found \"a/b\"")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"network\"}],\"netDevices\":{\"eth0\":{\"name\":\"sixteen-bytes-xx\"}}",
        "linux.netDevices[\"eth0\"].name: expected an interface name of 1 to 15 bytes without /, : or blanks, "
            + "found \"sixteen-bytes-xx\"")]
    public void Refuses_each_by_its_place(string members, params string[] faults)
    {
        Readings.FaultsOfLinux(members).Should().Equal(faults);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"namespaces\":[{\"type\":\"pid\",\"path\":\"\"}]")]
    [InlineData("\"namespaces\":[{\"type\":\"user\",\"path\":\"/proc/1/ns/user\"}]")]
    [InlineData("\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":4294967295}]")]
    [InlineData(
        "\"sysctl\":{\"net.ipv4.conf.eth0/1.forwarding\":\"1\",\"net/ipv4/ip_forward\":\"0\"},"
            + "\"namespaces\":[{\"type\":\"network\",\"path\":\"/x\"}]")]
    [InlineData("\"sysctl\":{\"kernel.msgmax\":\"1\",\"fs.mqueue.msg_max\":\"1\"},\"namespaces\":[{\"type\":\"ipc\"}]")]
    [InlineData("\"sysctl\":{\"kernel.domainname\":\"x\"},\"namespaces\":[{\"type\":\"uts\"}]")]
    [InlineData("\"cgroupsPath\":\"system.slice:runc:a..b\"")]
    [InlineData(
        "\"devices\":[{\"path\":\"/dev/x\",\"type\":\"u\",\"major\":4095,\"minor\":1048575,\"fileMode\":8630}]")]
    [InlineData("\"devices\":[{\"path\":\"/x\",\"type\":\"p\"}]")]
    [InlineData("\"rootfsPropagation\":\"\"")]
    [InlineData("\"maskedPaths\":[],\"readonlyPaths\":[],\"netDevices\":{},\"timeOffsets\":{}")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"time\"}],\"timeOffsets\":{\"monotonic\":{\"secs\":-9,\"nanosecs\":999999999}}")]
    [InlineData("\"memoryPolicy\":{\"mode\":\"MPOL_PREFERRED\",\"nodes\":\"\"}")]
    [InlineData(
        "\"memoryPolicy\":{\"mode\":\"MPOL_INTERLEAVE\",\"nodes\":\"0-1\",\"flags\":[\"MPOL_F_STATIC_NODES\"]}")]
    [InlineData("\"intelRdt\":{\"closID\":\"/\",\"memBwSchema\":\"MB:0=20\"}")]
    [InlineData(
        "\"namespaces\":[{\"type\":\"network\"}],\"netDevices\":{\"eth0\":{\"name\":\"eth%d\"},"
            + "\"wlan0\":{\"name\":\"\"}}")]
    public void Accepts_the_edges(string members)
    {
        Readings.FaultsOfLinux(members).Should().BeEmpty();
    }

    [Fact]
    public void Takes_340_mappings_and_not_one_more()
    {
        Readings.FaultsOfLinux($"\"uidMappings\":[{Mappings(340)}]").Should().BeEmpty();
        Readings.FaultsOfLinux($"\"uidMappings\":[{Mappings(341)}]")
            .Should().Equal("linux.uidMappings: expected at most 340 entries, found 341");
    }

    private static string Mappings(int count)
    {
        string[] mappings = new string[count];
        for (int i = 0; i < count; i++)
        {
            mappings[i] = $"{{\"containerID\":{i},\"hostID\":{i},\"size\":1}}";
        }

        return string.Join(',', mappings);
    }
}
