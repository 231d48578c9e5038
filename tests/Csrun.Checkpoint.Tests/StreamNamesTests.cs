using System.Text;

namespace Csrun.Checkpoint.Tests;

/// <summary>What the streams of a saved process are called.</summary>
public sealed class StreamNamesTests
{
    [Theory]
    [InlineData("pipe:[12]", true, false)]
    [InlineData("socket:[12]", true, false)]
    [InlineData("file[1a:2b]", true, true)]
    [InlineData("tty[8803:17]", true, true)]
    [InlineData("/dev/null", false, false)]
    [InlineData("", false, false)]
    public void Some_are_handed_over_at_a_restore_and_some_not_saved(string name, bool handedOver, bool external)
    {
        StreamNames.IsHandedOver(name).Should().Be(handedOver);
        StreamNames.IsExternal(name).Should().Be(external);
    }

    [Theory]
    [InlineData("""["/dev/null","pipe:[1]","/a \"b\""]""", "/dev/null|pipe:[1]|/a \"b\"")]
    [InlineData("""["a","b"]""", null)]
    [InlineData("""["a","b","c","d"]""", null)]
    [InlineData("""["a",1,"c"]""", null)]
    [InlineData("""{"a":"b"}""", null)]
    [InlineData("""["a","b","c" """, null)]
    [InlineData("", null)]
    [InlineData("""["\ud800","b","c"]""", null)]
    public void Three_names_are_read(string json, string? names)
    {
        string[]? read = StreamNames.Parse(Encoding.UTF8.GetBytes(json));

        (read is null ? null : string.Join('|', read)).Should().Be(names);
    }

    [Fact]
    public void The_mount_of_a_descriptor_is_in_its_fdinfo()
    {
        StreamNames.MountOf("pos:\t0\nflags:\t0100002\nmnt_id:\t24\nino:\t4\n").Should().Be(24);
        StreamNames.MountOf("pos:\t0\n").Should().BeNull();
    }

    [Fact]
    public void A_mount_is_looked_up_by_its_id()
    {
        const string Mounts = "124 60 0:37 / /proc rw - proc proc rw\n61 24 0:38 / /dev rw - tmpfs tmpfs rw\n";

        StreamNames.HasMount(Mounts, 61).Should().BeTrue();
        StreamNames.HasMount(Mounts, 24).Should().BeFalse();
        StreamNames.HasMount("", 24).Should().BeFalse();
    }
}
