using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Csrun.Reporting;

namespace Csrun.Tests.Reporting;

/// <summary>
/// Data/: what runc 1.1.5 spec and spec --rootless (as uid 1234, gid 1235) wrote on a cgroup v1 machine.
/// </summary>
public sealed class DefaultSpecTests
{
    [Fact]
    public void Is_runcs_byte_for_byte_but_for_the_version()
    {
        Text(DefaultSpec.Format("runc", hasCgroup2: false)).Should().Be(Runc("spec.json"));
    }

    [Fact]
    public void Is_runcs_for_a_user_without_root()
    {
        Text(DefaultSpec.FormatRootless("runc", hasCgroup2: false, 1234, 1235)).Should().Be(Runc("spec-rootless.json"));
    }

    [Fact]
    public void Has_what_callers_rely_on()
    {
        JsonNode spec = JsonNode.Parse(DefaultSpec.Format("csrun", hasCgroup2: false))!;

        spec["ociVersion"]!.GetValue<string>().Should().Be("1.3.0");
        spec["hostname"]!.GetValue<string>().Should().Be("csrun");
        spec["process"]!["terminal"]!.GetValue<bool>().Should().BeTrue();
        spec["process"]!["args"]!.AsArray().Select(item => item!.GetValue<string>()).Should().Equal("sh");
        spec["process"]!["rlimits"]![0]!["type"]!.GetValue<string>().Should().Be("RLIMIT_NOFILE");
        JsonNode pts = spec["mounts"]!.AsArray()
            .Single(mount => mount!["destination"]!.GetValue<string>() == "/dev/pts")!;
        pts["options"]!.AsArray().Select(item => item!.GetValue<string>()).Should().Contain("gid=5");
    }

    [Fact]
    public void Adds_a_cgroup_namespace_on_a_machine_with_cgroup_v2()
    {
        Namespaces(DefaultSpec.Format("csrun", hasCgroup2: true))
            .Should().Equal("pid", "network", "ipc", "uts", "mount", "cgroup");
        Namespaces(DefaultSpec.FormatRootless("csrun", hasCgroup2: true, 1, 1))
            .Should().Equal("pid", "ipc", "uts", "mount", "cgroup", "user");
    }

    private static string[] Namespaces(byte[] spec)
    {
        using JsonDocument document = JsonDocument.Parse(spec);
        return
        [
            .. document.RootElement.GetProperty("linux").GetProperty("namespaces").EnumerateArray()
                .Select(item => item.GetProperty("type").GetString()!),
        ];
    }

    private static string Runc(string name) =>
        File.ReadAllText(Path.Combine(System.AppContext.BaseDirectory, "Data", name))
            .Replace("1.0.2-dev", "1.3.0", System.StringComparison.Ordinal);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
