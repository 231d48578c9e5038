using System.Linq;

namespace Csrun.Spec.Tests;

/// <summary>idmap and ridmap: whose mappings count, and what goes together with them.</summary>
public sealed class IdMapPlannerTests
{
    private const string Mappings = """
        "uidMappings":[{"containerID":1,"hostID":2,"size":3}],"gidMappings":[{"containerID":4,"hostID":5,"size":6}]
        """;

    private const string Users = """
        "uidMappings":[{"containerID":0,"hostID":0,"size":1},{"containerID":1,"hostID":2,"size":1000}],
        "gidMappings":[{"containerID":0,"hostID":100000,"size":65536}]
        """;

    [Theory]
    [InlineData("", false)]
    [InlineData("\"idmap\"", false)]
    [InlineData("\"ridmap\"", true)]
    public void Takes_the_mounts_own_mappings(string option, bool recursive)
    {
        IdMapPlan map = Bind($"\"options\":[\"bind\"{(option.Length == 0 ? "" : ",")}{option}],{Mappings}");

        (map.Recursive, map.Joined).Should().Be((recursive, null));
        Text(map).Should().Be("1 2 3;4 5 6");
    }

    [Fact]
    public void Takes_the_containers_where_the_mount_has_none()
    {
        Text(Bind("\"options\":[\"bind\",\"idmap\"]")).Should().Be("0 0 1,1 2 1000;0 100000 65536");
    }

    [Fact]
    public void Takes_those_of_a_joined_user_namespace()
    {
        Plans.OfMount("\"destination\":\"/m\",\"source\":\"/a\",\"options\":[\"bind\",\"idmap\"]").IdMap!.Joined!.Path
            .Should().Be("/x");
    }

    [Theory]
    [InlineData("idmap=uids=0-1-10#10-11-10;gids=0-100-10", false, "0 1 10,10 11 10;0 100 10")]
    [InlineData("ridmap=gids=0-100-10;uids=0-1-10", true, "0 1 10;0 100 10")]
    [InlineData("idmap=uids=@1-3-10;gids=0-100-10", false, "1 4 10;0 100 10")] // the example of crun(1)
    public void Reads_crun_s_form(string option, bool recursive, string expected)
    {
        IdMapPlan map = Bind($"\"options\":[\"bind\",\"{option}\"]");

        (map.Recursive, Text(map)).Should().Be((recursive, expected));
    }

    [Theory]
    [InlineData("idmap=")]
    [InlineData("idmap=uids=0-1-10")]
    [InlineData("idmap=uids=0-1;gids=0-1-1")]
    [InlineData("idmap=uids=0-1-0;gids=0-1-1")]
    [InlineData("idmap=uids=0-1-1-1;gids=0-1-1")]
    [InlineData("idmap=uids=a-1-1;gids=0-1-1")]
    [InlineData("idmap=uids=@0-995-10;gids=0-1-1")] // beyond the end of the range
    [InlineData("idmap=uids=@0-0-2;gids=0-1-1")] // over two ranges
    [InlineData("idmap=pids=0-1-1;uids=0-1-1;gids=0-1-1")]
    public void Refuses_what_is_no_mapping(string option)
    {
        Plans.FaultsOf(InUserNamespace($"\"options\":[\"bind\",\"{option}\"]"))
            .Should().ContainSingle().Which.Should().StartWith("mounts[0].options: expected idmap=uids=FROM-TO-COUNT");
    }

    [Fact]
    public void Refuses_mappings_in_two_places()
    {
        Plans.FaultsOf(InUserNamespace($"\"options\":[\"bind\",\"idmap=uids=0-1-1;gids=0-1-1\"],{Mappings}"))
            .Should().Equal(
            "mounts[0]: expected not both of uidMappings and mappings in the option idmap");
    }

    [Theory]
    [InlineData("\"options\":[\"remount\",\"idmap\"]", "only a new bind mount or file system can be id-mapped")]
    [InlineData("\"type\":\"cgroup\",\"options\":[\"idmap\"]", "only a new bind mount or file system can be id-mapped")]
    [InlineData(
        "\"type\":\"tmpfs\",\"options\":[\"idmap\"]",
        "in a user namespace only bind mounts can be id-mapped: a new file system has its ids already")]
    [InlineData(
        "\"options\":[\"bind\",\"idmap\",\"copy-symlink\"]",
        "idmap goes not with copy-symlink, which may mount nothing")]
    public void Refuses_what_cannot_be_mapped(string members, string message)
    {
        Plans.FaultsOf(InUserNamespace(members)).Should().Equal("mounts[0]: " + message);
    }

    [Fact]
    public void Refuses_what_mount_2_would_have_to_do()
    {
        Plans.FaultsOf(Readings.WithTop(
            "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]},\"mounts\":[{\"destination\":\"/m\",\"type\":\"tmpfs\","
            + $"\"options\":[\"idmap\",\"silent\"],{Mappings}}}]"))
            .Should()
            .Equal("mounts[0].options: idmap goes with neither silent nor iversion nor an option over 255 bytes");
    }

    [Fact]
    public void Needs_mappings_or_a_user_namespace()
    {
        Readings.FaultsOf(Readings.WithTop(
            "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]},\"mounts\":[{\"destination\":\"/m\",\"source\":\"/a\","
            + "\"options\":[\"bind\",\"idmap\"],\"uidMappings\":[],\"gidMappings\":[]}]"))
            .Should().Equal("mounts[0]: idmap needs uidMappings and gidMappings, or a user namespace");
    }

    private static IdMapPlan Bind(string members) => Plans.Of(InUserNamespace(members)).Mounts[0].IdMap!;

    private static string InUserNamespace(string members) => Readings.WithTop(
        $"\"linux\":{{\"namespaces\":[{{\"type\":\"mount\"}},{{\"type\":\"user\"}}],{Users}}},"
        + $"\"mounts\":[{{\"destination\":\"/m\",\"source\":\"/a\",{members}}}]");

    private static string Text(IdMapPlan map) => string.Join(
        ';',
        new[] { map.Uids, map.Gids }.Select(mappings => string.Join(
            ',', mappings.Select(mapping => $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}"))));
}
