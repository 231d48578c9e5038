using System.IO;

namespace Csrun.Properties.Tests;

/// <summary>crun's mount options copy-symlink, src-nofollow and dest-nofollow.</summary>
public sealed class LinkOptionTests : RuntimeTest
{
    private string Link => Path.Combine(Work, "link");

    [CsrunFact]
    public void Copy_symlink_makes_the_link_anew()
    {
        File.CreateSymbolicLink(Link, "target/of it");

        Inside(
            Linked("/etc/made/link", "bind", "copy-symlink").WritableRoot(),
            "readlink /etc/made/link; grep -c made /proc/self/mountinfo || true")
            .Should().Be("target/of it\n0");
    }

    [CsrunFact]
    public void Copy_symlink_takes_a_link_that_is_there_already()
    {
        File.CreateSymbolicLink(Link, "target");
        Bundle bundle = Linked("/etc/link", "bind", "copy-symlink").WritableRoot();
        File.CreateSymbolicLink(Path.Combine(bundle.Rootfs, "etc", "link"), "target");

        Inside(bundle, "readlink /etc/link").Should().Be("target");
    }

    [CsrunFact]
    public void Copy_symlink_refuses_another_link()
    {
        File.CreateSymbolicLink(Link, "target");
        Bundle bundle = Linked("/etc/link", "bind", "copy-symlink").WritableRoot();
        File.CreateSymbolicLink(Path.Combine(bundle.Rootfs, "etc", "link"), "target2");

        Run(bundle).Exits(1).Stderr.Should().Contain("mounts[7].destination").And.Contain("EEXIST");
    }

    [CsrunFact]
    public void Copy_symlink_mounts_what_is_no_link()
    {
        File.WriteAllText(Link, "content");

        Inside(
            Linked("/mnt", "bind", "copy-symlink")
                .With(bundle => bundle.MountAt("/mnt")["destination"] = "/etc/passwd"),
            "cat /etc/passwd")
            .Should().Be("content");
    }

    [CsrunTheory]
    [InlineData("bind", "of the target")]
    [InlineData("bind,src-nofollow", "of the container")]
    public void Src_nofollow_mounts_the_link_itself(string options, string seen)
    {
        File.WriteAllText(Path.Combine(Work, "target"), "of the target");
        File.CreateSymbolicLink(Link, Path.Combine(Work, "target"));
        Bundle bundle = Linked("/etc/place", options.Split(',')).WritableRoot();
        string inside = Path.Combine(bundle.Rootfs, Work.TrimStart('/'));
        Directory.CreateDirectory(inside);
        File.WriteAllText(Path.Combine(inside, "target"), "of the container");

        Inside(bundle, "cat /etc/place").Should().Be(seen);
    }

    [CsrunTheory]
    [InlineData("bind", "source|source")]
    [InlineData("bind,dest-nofollow", "source|target")]
    public void Dest_nofollow_covers_the_link_itself(string options, string seen)
    {
        File.WriteAllText(Link, "source");
        Bundle bundle = Linked("/etc/place", options.Split(',')).WritableRoot();
        File.WriteAllText(Path.Combine(bundle.Rootfs, "etc", "target"), "target");
        File.CreateSymbolicLink(Path.Combine(bundle.Rootfs, "etc", "place"), "target");

        Inside(bundle, "cat /etc/place; printf '|'; cat /etc/target").Should().Be(seen);
    }

    [CsrunFact]
    public void Dest_nofollow_makes_a_place_where_nothing_is()
    {
        File.WriteAllText(Link, "source");

        Inside(Linked("/etc/new/place", "bind", "dest-nofollow").WritableRoot(), "cat /etc/new/place")
            .Should().Be("source");
    }

    [CsrunTheory]
    [InlineData("copy-symlink")]
    [InlineData("src-nofollow")]
    [InlineData("dest-nofollow")]
    public void Are_refused_where_nothing_is_bound(string option)
    {
        Run(NewBundle().Mount("/mnt", "tmpfs", "tmpfs", option)).Exits(1).Stderr.Should().Contain("mounts[7].options");
    }

    private Bundle Linked(string destination, params string[] options)
    {
        return NewBundle().Mount(destination, "bind", Link, options);
    }
}
