using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.CgroupCommands.Tests;

/// <summary>
/// `--systemd-cgroup`: the container as a transient unit, against a peer that answers as systemd does.
/// </summary>
public sealed class SystemdTests : RuntimeTest
{
    private const string Manager = "org.freedesktop.systemd1.";

    [CsrunFact]
    public void Starts_a_scope_with_all_limits_and_ends_it_with_the_container()
    {
        using FakeSystemd systemd = NewSystemd();
        Bundle bundle = NewBundle().Sh("sleep 100");
        bundle.Linux["cgroupsPath"] = "csrun-test.slice:pre:fix";
        bundle.Resources["memory"] = JsonNode.Parse("""{"limit": 33554432}""");
        bundle.Resources["cpu"] = JsonNode.Parse("""{"shares": 512, "quota": 50000, "period": 200000}""");
        bundle.Resources["pids"] = JsonNode.Parse("""{"limit": 77}""");
        string id = Create(systemd, bundle).Ok().Id;
        int pid = (int)State(id)["pid"]!;

        BusCall start = systemd.Calls.Single(call => call.Member == "StartTransientUnit");
        start.Arguments[0].Should().Be("pre-fix.scope");
        start.Arguments[1].Should().Be("replace");
        IReadOnlyDictionary<string, object> properties = start.Properties;
        properties["Slice"].Should().Be("csrun-test.slice");
        properties["Delegate"].Should().Be(true);
        properties["DefaultDependencies"].Should().Be(false);
        ((List<object>)properties["PIDs"]).Should().Equal((uint)pid);
        properties["MemoryLimit"].Should().Be(33554432UL);
        properties["CPUShares"].Should().Be(512UL);
        properties["CPUQuotaPerSecUSec"].Should().Be(250000UL);
        properties["CPUQuotaPeriodUSec"].Should().Be(200000UL);
        properties["TasksMax"].Should().Be(77UL);
        properties["DevicePolicy"].Should().Be("strict");
        ((List<object>)properties["DeviceAllow"]).Chunk(2).Select(pair => $"{pair[0]} {pair[1]}")
            .Should().Contain("/dev/char/1:3 rwm").And.Contain("char-* m").And.Contain("char-pts rwm");

        foreach (string controller in new[] { "memory", "pids", "freezer", "name=systemd" })
        {
            File.ReadAllText($"/proc/{pid}/cgroup")
                .Should().Contain($":{controller}:/csrun.slice/csrun-test.slice/pre-fix.scope\n");
        }

        CgroupFiles.Read("pids", pid, "pids.max").Should().Be("77");
        Command("delete", "--force", id).Ok();
        systemd.Calls.Select(call => call.Member).TakeLast(4)
            .Should().Equal("Hello", "AddMatch", "StopUnit", "ResetFailedUnit");
        systemd.Calls.Single(call => call.Member == "StopUnit").Arguments.Should().Equal("pre-fix.scope", "replace");
        Directory.Exists("/sys/fs/cgroup/pids/csrun.slice/csrun-test.slice/pre-fix.scope").Should().BeFalse();
        RemoveSlices("/csrun.slice/csrun-test.slice");
    }

    [CsrunFact]
    public void Has_a_unit_of_its_own_where_no_path_is_given()
    {
        using FakeSystemd systemd = NewSystemd();
        string id = Create(systemd, NewBundle().Sh("sleep 100")).Ok().Id;

        BusCall start = systemd.Calls.Single(call => call.Member == "StartTransientUnit");
        start.Arguments[0].Should().Be($"csrun-{id}.scope");
        start.Properties["Slice"].Should().Be("system.slice");
        JsonNode.Parse(Runtime.As("crun").Run("--root", StateRoot, "state", id).Ok().Stdout)!["systemd-scope"]!
            .GetValue<string>().Should().Be($"csrun-{id}.scope");

        Command("delete", "--force", id).Ok();
        RemoveSlices("/system.slice");
    }

    [CsrunFact]
    public void Changes_the_unit_with_the_limits()
    {
        using FakeSystemd systemd = NewSystemd();
        string id = Create(systemd, NewBundle().Sh("sleep 100")).Ok().Id;

        Command("update", "--pids-limit", "31", "--cpu-share", "99", id).Ok();

        BusCall set = systemd.Calls.Single(call => call.Member == "SetUnitProperties");
        set.Arguments[0].Should().Be($"csrun-{id}.scope");
        set.Arguments[1].Should().Be(true);
        set.Properties.Should().HaveCount(2).And.Contain("TasksMax", 31UL).And.Contain("CPUShares", 99UL);
        CgroupFiles.Read("pids", (int)State(id)["pid"]!, "pids.max").Should().Be("31");
        Command("delete", "--force", id).Ok();
        RemoveSlices("/system.slice");
    }

    [CsrunFact]
    public void Takes_properties_from_annotations()
    {
        using FakeSystemd systemd = NewSystemd();
        Bundle bundle = NewBundle().Sh("sleep 100");
        bundle.Config["annotations"] = new JsonObject
        {
            ["org.systemd.property.TimeoutStopSec"] = "1.5",
            ["org.systemd.property.CollectMode"] = "'inactive-or-failed'",
            ["org.systemd.property.After"] = "['one.service', 'two.service']",
            ["org.systemd.property.TasksMax"] = "uint64 5",
            ["org.systemd.property.SendSIGHUP"] = "true",
        };
        string id = Create(systemd, bundle).Ok().Id;

        IReadOnlyDictionary<string, object> properties =
            systemd.Calls.Single(call => call.Member == "StartTransientUnit").Properties;
        properties["TimeoutStopUSec"].Should().Be(1500000UL);
        properties["CollectMode"].Should().Be("inactive-or-failed");
        ((List<object>)properties["After"]).Should().Equal("one.service", "two.service");
        properties["TasksMax"].Should().Be(5UL);
        properties["SendSIGHUP"].Should().Be(true);
        Command("delete", "--force", id).Ok();
        RemoveSlices("/system.slice");
    }

    [CsrunTheory]
    [InlineData("ExecStart", "['/bin/sh']")]
    [InlineData("DeviceAllow", "[('/dev/sda','rw')]")]
    [InlineData("DevicePolicy", "'auto'")]
    [InlineData("User", "'root'")]
    [InlineData("PIDs", "[1]")]
    [InlineData("Slice", "'other.slice'")]
    [InlineData("TasksMax", "many")]
    [InlineData("TimeoutStopSec", "'soon'")]
    public void Refuses_a_property_that_may_do_more_than_limit_or_that_cannot_be_read(string name, string value)
    {
        using FakeSystemd systemd = NewSystemd();
        Bundle bundle = NewBundle();
        bundle.Config["annotations"] = new JsonObject { ["org.systemd.property." + name] = value };

        Create(systemd, bundle).Result.Exits(1).Stderr.Should().Contain(name);

        systemd.Calls.Should().BeEmpty();
    }

    [CsrunTheory]
    [InlineData("/an/absolute/path")]
    [InlineData("web")]
    [InlineData("a:b:c:d")]
    [InlineData("noslice:pre:web")]
    [InlineData("bad--slice.slice:pre:web")]
    [InlineData("a.slice:pre:")]
    [InlineData("a.slice:pre:x/y")]
    public void Refuses_a_path_that_names_no_unit(string path)
    {
        using FakeSystemd systemd = NewSystemd();
        Bundle bundle = NewBundle();
        bundle.Linux["cgroupsPath"] = path;

        Create(systemd, bundle).Result.Exits(1).Stderr.Should().Contain("linux.cgroupsPath");
    }

    [CsrunFact]
    public void Clears_a_failed_unit_of_the_same_name_away()
    {
        using FakeSystemd systemd = NewSystemd();
        systemd.FailNext("StartTransientUnit", Manager + "UnitExists", "Unit was already loaded.");
        string id = Create(systemd, NewBundle().Sh("sleep 100")).Ok().Id;

        systemd.Calls.Select(call => call.Member)
            .Should().Equal("Hello", "AddMatch", "StartTransientUnit", "ResetFailedUnit", "StartTransientUnit");
        Command("delete", "--force", id).Ok();
        RemoveSlices("/system.slice");
    }

    [CsrunTheory]
    [InlineData("UnitExists", "file exists")]
    [InlineData("AccessDenied", "permission denied")]
    public void Leaves_nothing_when_systemd_refuses(string error, string words)
    {
        using FakeSystemd systemd = NewSystemd();
        systemd.FailNext("StartTransientUnit", Manager + error, "the reason");
        systemd.FailNext("StartTransientUnit", Manager + error, "the reason");

        Create(systemd, NewBundle()).Result.Exits(1).Stderr.Should().Contain("the reason").And.Contain(words);

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunFact]
    public void Leaves_nothing_when_the_job_fails()
    {
        using FakeSystemd systemd = NewSystemd();
        systemd.JobResult = "failed";

        Create(systemd, NewBundle()).Result.Exits(1).Stderr.Should().Contain("its job ended with: failed");

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunFact]
    public void Leaves_nothing_when_the_bus_hangs_up()
    {
        using FakeSystemd systemd = NewSystemd();
        systemd.HangsUpAt = "StartTransientUnit";

        Create(systemd, NewBundle()).Result.Exits(1).Stderr.Should().Contain("connection reset by peer");

        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunFact]
    public void Says_so_where_no_systemd_runs()
    {
        RunOptions options = With("unix:path=" + Path.Combine(Work, "nobody"));
        Bundle bundle = NewBundle().Save();

        Command(options, "--systemd-cgroup", "run", "--bundle", bundle.Path, NewId()).Exits(1)
            .Stderr.Should().Contain("systemd not running on this host, cannot use systemd cgroups manager");
    }

    [CsrunFact]
    public void Deletes_also_when_systemd_has_gone()
    {
        string id;
        using (FakeSystemd systemd = NewSystemd())
        {
            id = Create(systemd, NewBundle().Sh("sleep 100")).Ok().Id;
        }

        Command("delete", "--force", id).Ok();
        RemoveSlices("/system.slice");
    }

    private FakeSystemd NewSystemd()
    {
        return new FakeSystemd(Path.Combine(Work, "bus"));
    }

    private static RunOptions With(string address)
    {
        RunOptions options = new();
        return options with { Environment = [.. options.Environment, "DBUS_SYSTEM_BUS_ADDRESS=" + address] };
    }

    private Created Create(FakeSystemd systemd, Bundle bundle)
    {
        bundle.Save();
        string id = NewId();
        return new Created(
            id, Command(With(systemd.Address), "--systemd-cgroup", "create", "--bundle", bundle.Path, id));
    }

    private JsonNode State(string id)
    {
        return JsonNode.Parse(Command("state", id).Ok().Stdout)!;
    }

    // systemd's, in life; here nobody else removes them.
    private static void RemoveSlices(string path)
    {
        foreach (string mount in Directory.GetDirectories("/sys/fs/cgroup"))
        {
            for (string at = path; at.Length > 1; at = Path.GetDirectoryName(at)!)
            {
                if (Directory.Exists(mount + at))
                {
                    Directory.Delete(mount + at);
                }
            }
        }
    }

    private sealed record Created(string Id, RunResult Result)
    {
        internal Created Ok()
        {
            Result.Ok();
            return this;
        }
    }
}
