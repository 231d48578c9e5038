using System.Text;

namespace Csrun.Spec.Tests;

/// <summary>Values of the wrong kind, each told by its place and none hiding another.</summary>
public sealed class ValueTests
{
    private const string Huge = "123456789012345678901234567890";

    [Theory]
    [InlineData("\"hostname\":7", "hostname: expected a string, found 7")]
    [InlineData("\"hostname\":{}", "hostname: expected a string, found an object")]
    [InlineData("\"hostname\":[\"x\"]", "hostname: expected a string, found an array")]
    [InlineData("\"hostname\":true", "hostname: expected a string, found true")]
    [InlineData("\"process\":\"sh\"", "process: expected an object, found a string")]
    [InlineData("\"process\":[]", "process: expected an object, found an array")]
    [InlineData("\"mounts\":{}", "mounts: expected an array, found an object")]
    [InlineData("\"mounts\":\"/\"", "mounts: expected an array, found a string")]
    [InlineData("\"mounts\":[null]", "mounts[0]: expected an object, found null")]
    [InlineData("\"annotations\":[]", "annotations: expected an object, found an array")]
    [InlineData("\"annotations\":{\"a\":1}", "annotations[\"a\"]: expected a string, found 1")]
    [InlineData("\"annotations\":{\"a\":null}", "annotations[\"a\"]: expected a string, found null")]
    [InlineData("\"annotations\":{\"\":\"\"}", "annotations[\"\"]: expected a key that is not empty")]
    public void Expects_the_type_of_the_model(string members, string fault)
    {
        Readings.FaultsOfTop(members).Should().Equal(fault);
    }

    [Theory]
    [InlineData("\"terminal\":1", "process.terminal: expected true or false, found 1")]
    [InlineData("\"terminal\":\"true\"", "process.terminal: expected true or false, found a string")]
    [InlineData("\"env\":[\"A=1\",2]", "process.env[1]: expected a string, found 2")]
    [InlineData("\"env\":[null]", "process.env[0]: expected a string, found null")]
    [InlineData(
        "\"user\":{\"uid\":\"0\"}",
        "process.user.uid: expected an integer from 0 to 4294967295, found a string")]
    [InlineData("\"user\":{\"uid\":-1}", "process.user.uid: expected an integer from 0 to 4294967295, found -1")]
    [InlineData("\"user\":{\"uid\":0.0}", "process.user.uid: expected an integer from 0 to 4294967295, found 0.0")]
    [InlineData("\"user\":{\"uid\":1e1}", "process.user.uid: expected an integer from 0 to 4294967295, found 1e1")]
    [InlineData(
        "\"user\":{\"uid\":4294967296}",
        "process.user.uid: expected an integer from 0 to 4294967295, found 4294967296")]
    [InlineData(
        "\"user\":{\"uid\":" + Huge + "}",
        "process.user.uid: expected an integer from 0 to 4294967295, found " + Huge)]
    [InlineData(
        "\"user\":{\"additionalGids\":[1,null]}",
        "process.user.additionalGids[1]: expected an integer, found null")]
    [InlineData(
        "\"user\":{\"additionalGids\":[1,\"2\"]}",
        "process.user.additionalGids[1]: expected an integer from 0 to 4294967295, found a string")]
    [InlineData(
        "\"oomScoreAdj\":2147483648",
        "process.oomScoreAdj: expected an integer from -2147483648 to 2147483647, found 2147483648")]
    [InlineData(
        "\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"runtime\":-1}",
        "process.scheduler.runtime: expected an integer from 0 to 18446744073709551615, found -1")]
    public void Expects_the_numbers_of_the_model(string members, string fault)
    {
        Readings.FaultsOfProcess(members).Should().Equal(fault);
    }

    [Theory]
    [InlineData(
        "\"resources\":{\"memory\":{\"limit\":9223372036854775808}}",
        "linux.resources.memory.limit: expected an integer from -9223372036854775808 to 9223372036854775807, "
            + "found 9223372036854775808")]
    [InlineData(
        "\"resources\":{\"blockIO\":{\"weight\":65536}}",
        "linux.resources.blockIO.weight: expected an integer from 0 to 65535, found 65536")]
    [InlineData("\"sysctl\":{\"net.a\":1}", "linux.sysctl[\"net.a\"]: expected a string, found 1")]
    [InlineData(
        "\"timeOffsets\":{\"boottime\":null}",
        "linux.timeOffsets[\"boottime\"]: expected an object, found null")]
    [InlineData("\"timeOffsets\":{\"boottime\":1}", "linux.timeOffsets[\"boottime\"]: expected an object, found 1")]
    public void Expects_the_values_of_the_model_in_linux(string members, string fault)
    {
        Readings.FaultsOfLinux(members).Should().Equal(fault);
    }

    [Fact]
    public void Keeps_numbers_exactly()
    {
        ContainerConfig config = Readings.Good(Readings.WithProcess("""
            "rlimits":[{"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":9007199254740993}]
            """));

        config.Process!.Rlimits.Should().Equal(
            new PosixRlimit { Type = "RLIMIT_CORE", Hard = ulong.MaxValue, Soft = 9007199254740993 });
    }

    [Fact]
    public void Takes_null_for_absent_wherever_a_member_stands()
    {
        ContainerConfig config = Readings.Good("""
            {"ociVersion":"1.3.0","root":{"path":"r","readonly":null},"hostname":null,"hooks":null,"annotations":null,
             "mounts":null,"process":{"terminal":null,"user":null,"cwd":"/","args":["a"],"env":null,"oomScoreAdj":null},
             "linux":null}
            """);

        Readings.Write(config).Should().Be(Readings.Write(Readings.Good("""
            {"ociVersion":"1.3.0","root":{"path":"r"},"process":{"cwd":"/","args":["a"]}}
            """)));
        config.Process!.User.Should().NotBeNull();
    }

    [Theory]
    [InlineData("\"hostname\":\"a\",\"hostname\":\"b\"", "hostname: given twice")]
    [InlineData("\"hostname\":\"a\",\"hostn\\u0061me\":\"b\"", "hostname: given twice")]
    [InlineData("\"hostname\":null,\"hostname\":null", "hostname: given twice")]
    [InlineData("\"root\":{\"path\":\"other\"}", "root: given twice")]
    [InlineData("\"annotations\":{\"k\":\"1\",\"k\":\"2\"}", "annotations[\"k\"]: given twice")]
    [InlineData("\"annotations\":{\"k\":\"1\",\"\\u006b\":\"2\"}", "annotations[\"k\"]: given twice")]
    [InlineData(
        "\"mounts\":[{\"destination\":\"/\",\"type\":\"x\",\"destination\":\"/\"}]",
        "mounts[0].destination: given twice")]
    public void Refuses_what_is_given_twice(string members, string fault)
    {
        Readings.FaultsOfTop("\"linux\":{\"namespaces\":[{\"type\":\"uts\"},{\"type\":\"mount\"}]}," + members)
            .Should().Equal(fault);
    }

    [Theory]
    [InlineData("a\\u0000b", "expected a string without U+0000")]
    [InlineData("\\ud800", "expected valid Unicode, found half a surrogate pair")]
    [InlineData("\\udc00\\ud800", "expected valid Unicode, found half a surrogate pair")]
    [InlineData("\\ud800x\\udc00", "expected valid Unicode, found half a surrogate pair")]
    [InlineData("\\ud83d\\\\ude00", "expected valid Unicode, found half a surrogate pair")]
    public void Refuses_strings_that_are_no_text(string escaped, string message)
    {
        Readings.FaultsOfTop($"\"annotations\":{{\"a\":\"{escaped}\"}}")
            .Should().Equal($"annotations[\"a\"]: {message}");
        Readings.FaultsOfTop($"\"annotations\":{{\"{escaped}\":\"a\"}}").Should().ContainSingle()
            .Which.Should().EndWith(message);
        Readings.FaultsOfProcess($"\"env\":[\"A=1\",\"B={escaped}\"]").Should().Equal($"process.env[1]: {message}");
    }

    [Theory]
    [InlineData("\\ud83d\\ude00", "\U0001F600")]
    [InlineData("\\\\u0000", "\\u0000")]
    [InlineData("\\\"\\/\\b\\f\\n\\r\\t", "\"/\b\f\n\r\t")]
    [InlineData("\\u0041\\u00FC\\uFEFF", "Aü\uFEFF")]
    public void Understands_escapes(string escaped, string text)
    {
        Readings.Good(Readings.WithTop($"\"annotations\":{{\"a\":\"{escaped}\"}}")).Annotations!["a"].Should().Be(text);
    }

    [Fact]
    public void Tells_all_faults_in_the_order_of_the_document()
    {
        string json = """
            {
              "hostname": 7,
              "process": {"args": "sh", "env": [1, "A=2", "B"], "user": {"uid": -1, "gid": "x"}, "rlimits": [{}]},
              "mounts": [{"destination": "/a", "type": "tmpfs"}, 5, {"type": "tmpfs"}],
              "linux": {"namespaces": [{"type": "nosuch"}], "devices": {"path": 1}},
              "annotations": {"a": 1, "b": "2", "": "3"}
            }
            """;

        Readings.FaultsOf(json).Should().Equal(
            "ociVersion: missing",
            "root: missing",
            "hostname: expected a string, found 7",
            "process.cwd: missing",
            "process.args: expected an array, found a string",
            "process.env[0]: expected a string, found 1",
            "process.env[2]: expected NAME=value",
            "process.user.uid: expected an integer from 0 to 4294967295, found -1",
            "process.user.gid: expected an integer from 0 to 4294967295, found a string",
            "process.rlimits[0].type: missing",
            "process.rlimits[0].hard: missing",
            "process.rlimits[0].soft: missing",
            "mounts[1]: expected an object, found 5",
            "mounts[2].destination: missing",
            "linux.namespaces[0].type: expected one of: mount, cgroup, uts, ipc, user, pid, network, time, found "
                + "\"nosuch\"",
            "linux.devices: expected an array, found an object",
            "annotations[\"a\"]: expected a string, found 1",
            "annotations[\"\"]: expected a key that is not empty");
    }

    [Fact]
    public void Shows_what_a_document_holds_on_one_short_line()
    {
        string name = new('x', 5000);

        Readings.FaultsOfTop($"\"annotations\":{{\"a\\n\\u001b[31m{name}\":1}}").Should().ContainSingle()
            .Which.Should().StartWith("annotations[\"a\\u000a\\u001b[31mxxx").And.NotContain("\n")
            .And.NotContain("\u001b")
            .And.Subject.Length.Should().BeLessThan(200);
    }

    [Fact]
    public void Reads_the_process_of_exec_with_places_that_begin_there()
    {
        ConfigReader.ReadProcess("""{"cwd":"x","args":[],"user":{"uid":-1}}"""u8, out var faults).Should().BeNull();

        Readings.Lines(faults).Should().Equal(
            "cwd: expected an absolute path, found \"x\"",
            "args: expected at least 1 entry, found none",
            "user.uid: expected an integer from 0 to 4294967295, found -1");
    }

    [Fact]
    public void Reads_the_limits_of_update_with_places_that_begin_there()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"memory":{"limit":-7},"cpu":{"period":1}}""");

        ConfigReader.ReadResources(json, out var faults).Should().BeNull();

        Readings.Lines(faults).Should().Equal(
            "memory.limit: expected at least -1, found -7", "cpu.period: expected 1000 to 1000000, found 1");
    }
}
