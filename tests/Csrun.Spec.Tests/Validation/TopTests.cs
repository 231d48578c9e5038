namespace Csrun.Spec.Tests;

/// <summary>config.md but for the process.</summary>
public sealed class TopTests
{
    private const string Mounts = "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]},\"mounts\":[";

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("1.0.2-dev")]
    [InlineData("1.3.0+dev")]
    [InlineData("1.0.0-rc1")]
    [InlineData("1.99.0-a.b.0+001.x")]
    public void Takes_every_version_1(string version)
    {
        Readings.FaultsOf($"{{\"ociVersion\":\"{version}\",\"root\":{{\"path\":\"r\"}}}}").Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.0")]
    [InlineData("1.0.0.0")]
    [InlineData("v1.0.0")]
    [InlineData("1.0.x")]
    [InlineData("01.0.0")]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0-01")]
    [InlineData("1.0.0+")]
    [InlineData("1.0.0-a..b")]
    [InlineData("1.0.0-ä")]
    [InlineData(" 1.0.0")]
    [InlineData("0.9.0")]
    [InlineData("2.0.0")]
    [InlineData("11.0.0")]
    [InlineData("4294967296.0.0")]
    public void Refuses_what_is_no_version_1(string version)
    {
        Readings.FaultsOf($"{{\"ociVersion\":\"{version}\",\"root\":{{\"path\":\"r\"}}}}")
            .Should().Equal($"ociVersion: expected a version 1.MINOR.PATCH (SemVer 2.0.0), found \"{version}\"");
    }

    [Fact]
    public void Needs_a_version_and_a_root()
    {
        Readings.FaultsOf("{}").Should().Equal("ociVersion: missing", "root: missing");
        Readings.FaultsOf("""{"ociVersion":"1.0.0","root":{}}""").Should().Equal("root.path: missing");
        Readings.FaultsOf("""{"ociVersion":"1.0.0","root":{"path":""}}""")
            .Should().Equal("root.path: expected a path, found \"\"");
    }

    [Theory]
    [InlineData("\"hostname\":\"x\"", "hostname: needs a uts namespace")]
    [InlineData("\"domainname\":\"x\"", "domainname: needs a uts namespace")]
    [InlineData("\"mounts\":[{\"destination\":\"/\",\"type\":\"tmpfs\"}]", "mounts: needs a mount namespace")]
    [InlineData("\"hooks\":{\"prestart\":[{}]}", "hooks.prestart[0].path: missing")]
    [InlineData(
        "\"hooks\":{\"createRuntime\":[{\"path\":\"sh\"}]}",
        "hooks.createRuntime[0].path: expected an absolute path, found \"sh\"")]
    [InlineData(
        "\"hooks\":{\"createContainer\":[{\"path\":\"\"}]}",
        "hooks.createContainer[0].path: expected an absolute path, found \"\"")]
    [InlineData(
        "\"hooks\":{\"startContainer\":[{\"path\":\"/a\",\"timeout\":0}]}",
        "hooks.startContainer[0].timeout: expected at least 1, found 0")]
    [InlineData(
        "\"hooks\":{\"poststart\":[{\"path\":\"/a\",\"timeout\":-1}]}",
        "hooks.poststart[0].timeout: expected at least 1, found -1")]
    [InlineData("\"hooks\":{\"poststop\":[{\"path\":\"/a\"},{}]}", "hooks.poststop[1].path: missing")]
    [InlineData(Mounts + "{}]", "mounts[0].destination: missing", "mounts[0].type: missing")]
    [InlineData(
        Mounts + "{\"destination\":\"\",\"type\":\"\"}]",
        "mounts[0].destination: expected a path, found \"\"",
        "mounts[0].type: expected a file system type, found \"\"")]
    [InlineData(
        Mounts + "{\"destination\":\"/a\",\"type\":\"bind\",\"source\":\"/b\"}]",
        "mounts[0].type: type bind needs the option bind or rbind")]
    [InlineData(Mounts + "{\"destination\":\"/a\",\"options\":[\"bind\"]}]", "mounts[0].source: missing")]
    [InlineData(
        Mounts + "{\"destination\":\"/a\",\"options\":[\"rbind\"],\"source\":\"\"}]",
        "mounts[0].source: expected a path, found \"\"")]
    [InlineData(
        Mounts + "{\"destination\":\"/a\",\"options\":[\"bind\",\"idmap\"],\"source\":\"/b\"}]",
        "mounts[0]: idmap needs uidMappings and gidMappings, or a user namespace")]
    [InlineData(
        Mounts + "{\"destination\":\"/a\",\"type\":\"tmpfs\",\"uidMappings\":[{\"containerID\":0,\"hostID\":0,"
            + "\"size\":1}]}]",
        "mounts[0]: uidMappings needs gidMappings")]
    [InlineData(
        Mounts + "{\"destination\":\"/a\",\"type\":\"tmpfs\",\"gidMappings\":[{\"containerID\":0,\"hostID\":0,"
            + "\"size\":1}]}]",
        "mounts[0]: gidMappings needs uidMappings")]
    public void Refuses_each_by_its_place(string members, params string[] faults)
    {
        Readings.FaultsOfTop(members).Should().Equal(faults);
    }

    [Theory]
    [InlineData("\"hostname\":\"\",\"domainname\":\"\",\"mounts\":[],\"hooks\":{},\"annotations\":{\"a\":\"\"}")]
    [InlineData("\"hooks\":{\"prestart\":[],\"poststop\":[{\"path\":\"/a\",\"args\":[],\"env\":[],\"timeout\":1}]}")]
    [InlineData(Mounts + "{\"destination\":\"relative\",\"type\":\"tmpfs\"}]")] // deprecated, not forbidden
    [InlineData(Mounts + "{\"destination\":\"/a\",\"type\":\"nonsense\",\"options\":[\"bind\"],\"source\":\"rel\"}]")]
    [InlineData(Mounts + "{\"destination\":\"/a\",\"options\":[\"remount\",\"ro\"]}]")]
    public void Accepts_the_edges(string members)
    {
        Readings.FaultsOfTop(members).Should().BeEmpty();
    }

    [Fact]
    public void Takes_64_bytes_of_a_host_name_and_not_one_more()
    {
        string uts = "\"linux\":{\"namespaces\":[{\"type\":\"uts\"}]},";
        string longest = new('ü', 32);

        Readings.FaultsOfTop($"{uts}\"hostname\":\"{longest}\"").Should().BeEmpty();
        Readings.FaultsOfTop($"{uts}\"hostname\":\"{longest}x\"")
            .Should().Equal($"hostname: expected at most 64 bytes, found \"{longest}x\"");
    }
}
