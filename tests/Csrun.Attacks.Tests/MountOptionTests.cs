using System.IO;
using System.Text.Json.Nodes;

namespace Csrun.Attacks.Tests;

/// <summary>Mount options that make links and translate ids, with an image made to send them astray.</summary>
public sealed class MountOptionTests : AttackTest
{
    private string Link => Path.Combine(Work, "link");

    [CsrunTheory]
    [InlineData("copy-symlink")]
    [InlineData("src-nofollow")]
    [InlineData("dest-nofollow")]
    public void A_linked_parent_makes_nothing_on_the_host(string option)
    {
        Bundle bundle = NewBundle().WritableRoot();
        File.CreateSymbolicLink(Link, "target");
        File.CreateSymbolicLink(In(bundle, "out"), Canary);
        File.CreateSymbolicLink(In(bundle, "up"), "../../../../../../../.." + Canary);
        bundle.Mount("/out/made", "bind", Link, "bind", option).Mount("/up/deeper/made", "bind", Link, "bind", option);
        File.WriteAllText(Path.Combine(Work, "target"), "");

        // The invariant watches the canary.
        Inside(bundle, $"ls {Canary} {Canary}/deeper | grep -c made").Should().Be("2");
    }

    [CsrunFact]
    public void A_copied_link_is_not_followed_while_the_container_is_made()
    {
        File.CreateSymbolicLink(Link, Canary);
        Directory.CreateDirectory(Path.Combine(Work, "source"));
        Bundle bundle = NewBundle().WritableRoot().Mount("/out", "bind", Link, "bind", "copy-symlink")
            .Mount("/out/made", "bind", Path.Combine(Work, "source"), "bind");

        Inside(bundle, $"[ -d {Canary}/made ] && readlink /out").Should().Be(Canary);
    }

    [CsrunFact]
    public void A_mounted_link_to_the_host_leads_inside()
    {
        File.CreateSymbolicLink(Link, Path.Combine(Canary, "file"));
        Bundle bundle = NewBundle().WritableRoot().Mount("/etc/place", "bind", Link, "bind", "src-nofollow");

        Inside(bundle, "cat /etc/place 2>&1; true").Should().Contain("No such file or directory");
    }

    [CsrunTheory]
    [InlineData("copy-symlink")]
    [InlineData("dest-nofollow")]
    public void Nothing_is_made_or_covered_through_a_swapped_parent(string option)
    {
        Bundle bundle = NewBundle().WritableRoot().Sh("exit");
        File.CreateSymbolicLink(Link, "target");
        File.WriteAllText(Path.Combine(Work, "target"), "");
        Directory.CreateDirectory(In(bundle, "volume", "a"));
        File.CreateSymbolicLink(In(bundle, "volume", "b"), Canary);
        bundle.Mount("/volume/a/x/made", "bind", Link, "bind", option).Save();

        int rounds = WhileSwapping(In(bundle, "volume", "a"), In(bundle, "volume", "b"), () => Run(bundle));

        rounds.Should().BeGreaterThan(FewRounds);
    }

    [CsrunFact]
    public void An_id_mapped_source_is_attached_below_the_root_only()
    {
        string source = Path.Combine(Work, "source");
        Directory.CreateDirectory(source);
        Bundle bundle = NewBundle().WritableRoot().Sh("exit");
        Directory.CreateDirectory(In(bundle, "volume", "a"));
        File.CreateSymbolicLink(In(bundle, "volume", "b"), Canary);
        bundle.Mount("/volume/a/x", "bind", source, "bind", "idmap");
        foreach (string kind in new[] { "uidMappings", "gidMappings" })
        {
            bundle.MountAt("/volume/a/x")[kind] =
                new JsonArray(new JsonObject { ["containerID"] = 0, ["hostID"] = 100000, ["size"] = 65536 });
        }

        bundle.Save();

        int rounds = WhileSwapping(In(bundle, "volume", "a"), In(bundle, "volume", "b"), () => Run(bundle));

        rounds.Should().BeGreaterThan(FewRounds);
    }
}
