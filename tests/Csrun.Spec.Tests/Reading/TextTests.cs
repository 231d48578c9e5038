using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Csrun.Spec.Tests;

/// <summary>What is wrong with the text of a document, before its values count: each treated on purpose.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("", "line 1, column 1: not JSON: unexpected end")]
    [InlineData("  \n ", "line 2, column 2: not JSON: unexpected end")]
    [InlineData("{", "line 1, column 2: not JSON: unexpected end")]
    [InlineData("{\"ociVersion\"", "line 1, column 14: not JSON: unexpected end")]
    [InlineData("{\"ociVersion\":\"1.0.0\",,}", "line 1, column 23: not JSON: unexpected \",\"")]
    [InlineData("{\n  \"ociVersion\": \"1.0.2\",,\n}", "line 2, column 25: not JSON: unexpected \",\"")]
    [InlineData("{\r\n\t\"root\": {]\r\n}", "line 2, column 11: not JSON: unexpected \"]\"")]
    [InlineData("{\"ociVersion\": 1.0.0}", "line 1, column 19: not JSON: unexpected \".\"")]
    [InlineData("{\"ociVersion\": 'x'}", "line 1, column 16: not JSON: unexpected \"'\"")]
    [InlineData("{\"a\": tru}", "line 1, column 10: not JSON: unexpected \"}\"")]
    [InlineData("{\"a\": 01}", "line 1, column 8: not JSON: unexpected \"1\"")]
    [InlineData("{\"a\": +1}", "line 1, column 7: not JSON: unexpected \"+\"")]
    [InlineData("{\"a\": NaN}", "line 1, column 7: not JSON: unexpected \"N\"")]
    [InlineData("{\"a\": 1,}", "line 1, column 9: not JSON: unexpected \"}\"")]
    [InlineData("{\"a\": [1,]}", "line 1, column 10: not JSON: unexpected \"]\"")]
    [InlineData("{\"a\": 1} {}", "line 1, column 10: not JSON: unexpected \"{\"")]
    [InlineData("{\"a\": 1}\n\nx", "line 3, column 1: not JSON: unexpected \"x\"")]
    [InlineData("{\"a\": /* no */ 1}", "line 1, column 7: not JSON: unexpected \"/\"")]
    [InlineData("{\"ü\": ü}", "line 1, column 8: not JSON: unexpected \"ü\"")]
    public void Says_line_and_column_of_what_is_no_json(string json, string fault)
    {
        Readings.FaultsOf(json).Should().Contain(fault);
    }

    [Theory]
    [InlineData("{\"a\": \"x\ny\"}")]
    [InlineData("{\"a\": \"\\x\"}")]
    [InlineData("{\"a\": \"\\u12\"}")]
    [InlineData("{\"a\": \"x")]
    public void Refuses_strings_that_are_no_json(string json)
    {
        Readings.FaultsOf(json).Should().Contain(fault => fault.Contains("not JSON: unexpected"));
    }

    [Fact]
    public void Accepts_white_space_after_the_object()
    {
        Readings.FaultsOf(Readings.WithTop("") + "\r\n\t \n").Should().BeEmpty();
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("[]", "an array")]
    [InlineData("\"text\"", "a string")]
    [InlineData("17", "17")]
    [InlineData("true", "true")]
    public void Expects_one_object(string json, string found)
    {
        Readings.FaultsOf(json).Should().Equal($"line 1, column 1: expected an object, found {found}");
    }

    [Fact]
    public void Refuses_a_byte_order_mark()
    {
        Readings.FaultsOf("\uFEFF" + Readings.WithTop(""))
            .Should().Equal("line 1, column 1: expected no byte order mark");
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })] // an overlong slash
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })] // half a surrogate pair
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })] // beyond U+10FFFF
    [InlineData(new byte[] { 0xE2, 0x82 })] // cut off
    public void Refuses_what_is_not_utf8(byte[] bytes)
    {
        byte[] json = [.. "{\n \"hostname\": \"ü"u8, .. bytes, .. "\"}"u8];

        Readings.FaultsOf(json).Should().Equal("line 2, column 17: expected valid UTF-8");
    }

    [Fact]
    public void Takes_64_levels()
    {
        // the object itself and 63 arrays, in a member nobody knows
        Readings.FaultsOf(Readings.WithTop(Nested(63))).Should().BeEmpty();
    }

    [Fact]
    public void Refuses_65_levels_at_their_place()
    {
        string json = Readings.WithTop(Nested(64));

        Readings.FaultsOf(json).Should()
            .Equal($"line 1, column {json.LastIndexOf('[') + 1}: nested deeper than 64 levels");
    }

    [Fact]
    public void Refuses_65_levels_of_objects_that_it_knows()
    {
        // the document, its annotations, and 63 that belong to nobody
        string deep = string.Concat(Enumerable.Repeat("{\"x\":", 63));

        Readings.FaultsOf(Readings.WithTop($"\"annotations\":{{\"a\":{deep}"))
            .Should().HaveCount(2).And.Contain(fault => fault.EndsWith("nested deeper than 64 levels"));
    }

    [Fact]
    public void Survives_a_million_levels()
    {
        Readings.FaultsOf(Readings.WithTop(Nested(1_000_000))).Should().ContainSingle()
            .Which.Should().EndWith("nested deeper than 64 levels");
    }

    [Fact]
    public void Ignores_what_the_specification_does_not_know_at_every_level()
    {
        string unknown = """
            "x-foo":{"a":[1,{"b":null},1e400,-0.5,"\ud83d\ude00",99999999999999999999999],"root":{"path":7}},"":[],"OCIVERSION":1
            """;
        string json = Readings.WithTop($$$"""
            {{{unknown}}},
            "process":{{{{unknown}}},"cwd":"/","args":["x"],"user":{{{{unknown}}}},"rlimits":[{{{{unknown}}},"type":"RLIMIT_CPU","hard":1,"soft":1}]},
            "hooks":{{{{unknown}}},"poststop":[{{{{unknown}}},"path":"/x"}]},
            "mounts":[{{{{unknown}}},"destination":"/x","type":"tmpfs"}],
            "solaris":{"milestone":1},"windows":{"layerFolders":7},"vm":[],"zos":null,"freebsd":"x",
            "linux":{{{{unknown}}},"intelRdt":{"enableCMT":true,"enableMBM":true},"namespaces":[{{{{unknown}}},"type":"mount"}],
                "resources":{{{{unknown}}},"memory":{{{{unknown}}}} } }
            """);

        ContainerConfig config = Readings.Good(json);

        config.Process!.Args.Should().Equal("x");
        config.OciVersion.Should().Be("1.3.0");
    }

    [Fact]
    public void Names_are_compared_with_their_case()
    {
        Readings.FaultsOf("""{"OciVersion":"1.3.0","root":{"Path":"x"}}""")
            .Should().Equal("ociVersion: missing", "root.path: missing");
    }

    [Fact]
    public void Names_may_be_escaped()
    {
        Readings.Good("""{"oci\u0056ersion":"1.3.0","\u0072oot":{"pat\u0068":"r"}}""").Root!.Path.Should().Be("r");
    }

    [Fact]
    public void The_order_of_members_means_nothing()
    {
        string one = """{"ociVersion":"1.3.0","root":{"path":"r","readonly":true},"hostname":""}""";
        string other = """{"hostname":"","root":{"readonly":true,"path":"r"},"ociVersion":"1.3.0"}""";

        Readings.Write(Readings.Good(one)).Should().Be(Readings.Write(Readings.Good(other)));
    }

    /// <summary>Ten mebibytes of real members; they are read twice where there is a fault.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_ten_mebibytes_well_under_a_second(bool faulty)
    {
        StringBuilder mounts = new("\"mounts\":[");
        for (int i = 0; mounts.Length < 10 << 20; i++)
        {
            mounts.Append(i == 0 ? "" : ",").Append(
                $$"""{"destination":"/data/{{i}}","type":"tmpfs","source":"tmpfs","options":"""
                + """["nosuid","size=65536k"]}""");
        }

        byte[] json = Encoding.UTF8.GetBytes(Readings.WithTop(
            $"{mounts}],\"linux\":{{\"namespaces\":[{{\"type\":\"{(faulty ? "nosuch" : "mount")}\"}}]}}"));
        TimeSpan before = ThreadClock.Now;

        ConfigReader.Read(json, out IReadOnlyList<Fault> faults);

        TimeSpan used = ThreadClock.Now - before;
        faults.Count.Should().Be(faulty ? 2 : 0);
        used.Should().BeLessThan(TimeSpan.FromSeconds(faulty ? 2 : 1), "even in a debug build, just compiled");
    }

    [Fact]
    public void Tells_a_thousand_faults_and_no_more()
    {
        string json = Readings.WithTop($"\"mounts\":[{string.Join(',', Enumerable.Repeat("7", 100_000))}]");

        Readings.FaultsOf(json).Should().HaveCount(1000)
            .And.HaveElementAt(999, "mounts[999]: expected an object, found 7");
    }

    private static string Nested(int levels) => $"\"x\":{new string('[', levels)}{new string(']', levels)}";
}
