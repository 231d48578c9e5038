using System.IO;
using System.Linq;

namespace Csrun.Conformance.Tests;

/// <summary>Mount options as the container's mountinfo shows them.</summary>
public sealed class MountOptionTests : RuntimeTest
{
    [RootTheory]
    [InlineData("ro", "ro")]
    [InlineData("ro,rw", "rw")]
    [InlineData("rw,ro", "ro")]
    [InlineData("nosuid,nodev,noexec", "rw,nosuid,nodev,noexec")]
    [InlineData("nosuid,suid", "rw")]
    [InlineData("noatime", "rw,noatime")]
    [InlineData("noatime,nodiratime", "rw,noatime,nodiratime")]
    [InlineData("relatime", "rw,relatime")]
    [InlineData("defaults", "rw")]
    [InlineData("silent", "rw")]
    [InlineData("loud", "rw")]
    [InlineData("iversion", "rw")]
    [InlineData("noiversion", "rw")]
    public void CFG_MNT_has_the_options_on_a_tmpfs(string options, string seen)
    {
        Bundle bundle = NewBundle().Mount("/mnt", "tmpfs", "tmpfs", options.Split(','));

        OptionsOfMnt(bundle).Split(',').Except(["relatime"])
            .Should().BeEquivalentTo(seen.Split(',').Except(["relatime"]));
    }

    [RootTheory]
    [InlineData("noatime,strictatime", "rw")]
    [InlineData("strictatime,noatime", "rw,noatime")]
    [InlineData("noatime,relatime", "rw,relatime")]
    [InlineData("noatime", "rw,noatime")]
    [InlineData("nodiratime,noatime,nosuid", "rw,nosuid,noatime,nodiratime")]
    public void CFG_MNT_of_opposite_ways_to_keep_access_times_the_last_one_wins(string options, string seen)
    {
        string source = Path.Combine(Work, "source");
        Directory.CreateDirectory(source);
        Bundle bundle = NewBundle().Mount("/mnt", "none", source, ["bind", .. options.Split(',')]);

        OptionsOfMnt(bundle).Split(',').Should().BeEquivalentTo(seen.Split(','));
    }

    /// <summary>Options too long for fsconfig(2) go through mount(2), the attributes come after.</summary>
    [RootFact]
    public void CFG_MNT_has_the_options_on_an_overlay_of_many_layers()
    {
        string layers = Path.Combine(Work, "layers");
        string name = new('x', 40);
        string[] lower = [.. Enumerable.Range(0, 8).Select(number => Path.Combine(layers, name + number))];
        foreach (string layer in lower)
        {
            Directory.CreateDirectory(layer);
        }

        string layered = "lowerdir=" + string.Join(':', lower);
        Bundle bundle = NewBundle().Mount("/mnt", "overlay", "overlay", layered, "noatime", "nosuid");

        OptionsOfMnt(bundle).Split(',').Should().Contain("noatime").And.Contain("nosuid");
    }

    [RootTheory]
    [InlineData("tmpcopyup")]
    [InlineData("tmpcopyup,silent")]
    public void CFG_MNT_copies_up_what_lay_there(string options)
    {
        Bundle bundle = NewBundle().Mount("/mnt", "tmpfs", "tmpfs", options.Split(','));
        File.WriteAllText(Path.Combine(bundle.Rootfs, "mnt", "file"), "kept\n");

        Inside(bundle, "cat /mnt/file; stat -f -c %T /mnt").Should().Be("kept\ntmpfs");
    }

    private string OptionsOfMnt(Bundle bundle) => Inside(bundle, "grep ' /mnt ' /proc/self/mountinfo | cut -d' ' -f6");
}
