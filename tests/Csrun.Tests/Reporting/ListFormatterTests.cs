using System.Text;
using Csrun.CommandLine;
using Csrun.Reporting;

namespace Csrun.Tests.Reporting;

public sealed class ListFormatterTests
{
    // As runc 1.1.5 printed it.
    private static readonly ContainerView[] s_containers =
    [
        StateFormatterTests.Web with
        {
            Id = "aVeryLongContainerNameIndeed",
            Pid = 7509,
            Bundle = "/tmp/lab-cli/b",
            Created = "2026-11-24T08:12:55.672622047Z",
        },
        StateFormatterTests.Web with
        {
            Id = "b2",
            Pid = 7524,
            Bundle = "/tmp/lab-cli/b",
            Created = "2026-11-24T08:12:55.736510443Z",
        },
    ];

    [Fact]
    public void Aligns_the_columns_as_runc_does()
    {
        ListFormatter.Table(s_containers, Dialect.Runc).Should().Be(
            """
            ID                             PID         STATUS      BUNDLE           CREATED                          OWNER
            aVeryLongContainerNameIndeed   7509        created     /tmp/lab-cli/b   2026-11-24T08:12:55.672622047Z   root
            b2                             7524        created     /tmp/lab-cli/b   2026-11-24T08:12:55.736510443Z   root

            """);
    }

    [Fact]
    public void Prints_the_header_alone_where_there_is_no_container()
    {
        ListFormatter.Table([], Dialect.Csrun).Should().Be(
            "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n");
        ListFormatter.Table([], Dialect.Crun).Should().Be(
            "NAME PID       STATUS   BUNDLE PATH                             CREATED                        OWNER\n");
    }

    [Fact]
    public void Aligns_the_columns_as_crun_does()
    {
        ListFormatter.Table([s_containers[1]], Dialect.Crun).Should().Be(
            """
            NAME PID       STATUS   BUNDLE PATH                             CREATED                        OWNER
            b2   7524      created  /tmp/lab-cli/b                          2026-11-24T08:12:55.736510443Z root

            """);
    }

    [Fact]
    public void Prints_JSON_on_one_line_as_runc()
    {
        Json([StateFormatterTests.Web], Dialect.Runc).Should().Be(
            "[{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"pid\":13831,\"status\":\"created\",\"bundle\":\"/srv/web\","
            + "\"rootfs\":\"/srv/web/rootfs\",\"created\":\"2026-11-22T08:26:06.007681261Z\",\"owner\":\"root\"}]\n");
    }

    [Fact]
    public void Prints_fewer_members_and_more_lines_as_crun()
    {
        Json([StateFormatterTests.Web], Dialect.Crun).Should().Be(
            """
            [
                {
                    "id": "web",
                    "pid": 13831,
                    "status": "created",
                    "bundle": "/srv/web",
                    "created": "2026-11-22T08:26:06.007681261Z",
                    "owner": "root"
                }
            ]

            """);
    }

    [Theory]
    [InlineData("Csrun", "null\n")]
    [InlineData("Runc", "null\n")]
    [InlineData("Crun", "[]\n")]
    public void Prints_an_empty_list_as_each_does(string dialect, string expected)
    {
        Json([], System.Enum.Parse<Dialect>(dialect)).Should().Be(expected);
    }

    [Fact]
    public void Prints_ids_only()
    {
        ListFormatter.Ids(s_containers).Should().Be("aVeryLongContainerNameIndeed\nb2\n");
    }

    private static string Json(ContainerView[] containers, Dialect dialect) =>
        Encoding.UTF8.GetString(ListFormatter.Json(containers, dialect));
}
