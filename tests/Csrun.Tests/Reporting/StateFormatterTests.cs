using System.Collections.Generic;
using System.Text;
using Csrun.CommandLine;
using Csrun.Reporting;

namespace Csrun.Tests.Reporting;

public sealed class StateFormatterTests
{
    internal static readonly ContainerView Web = new()
    {
        OciVersion = "1.3.0",
        Id = "web",
        Pid = 13831,
        Status = "created",
        Bundle = "/srv/web",
        Rootfs = "/srv/web/rootfs",
        Created = "2026-11-22T08:26:06.007681261Z",
        Owner = "root",
    };

    [Fact]
    public void Prints_what_runc_prints_without_a_newline()
    {
        Format(Web with { Owner = "" }, Dialect.Runc).Should().Be(
            """
            {
              "ociVersion": "1.3.0",
              "id": "web",
              "pid": 13831,
              "status": "created",
              "bundle": "/srv/web",
              "rootfs": "/srv/web/rootfs",
              "created": "2026-11-22T08:26:06.007681261Z",
              "owner": ""
            }
            """);
    }

    [Fact]
    public void Prints_annotations_in_order_before_the_owner_as_csrun()
    {
        Dictionary<string, string> annotations = new() { ["b.c"] = "2 + \"é\"", ["a.b"] = "1" };

        Format(Web with { Annotations = annotations }, Dialect.Csrun).Should().EndWith(
            """
              "annotations": {
                "a.b": "1",
                "b.c": "2 + \"é\""
              },
              "owner": "root"
            }

            """);
    }

    [Fact]
    public void Prints_what_crun_prints_indented_by_four()
    {
        Format(Web, Dialect.Crun).Should().Be(
            """
            {
                "ociVersion": "1.3.0",
                "id": "web",
                "pid": 13831,
                "status": "created",
                "bundle": "/srv/web",
                "rootfs": "/srv/web/rootfs",
                "created": "2026-11-22T08:26:06.007681261Z",
                "systemd-scope": "",
                "owner": "root"
            }

            """);
    }

    private static string Format(ContainerView container, Dialect dialect) =>
        Encoding.UTF8.GetString(StateFormatter.Format(container, dialect));
}
