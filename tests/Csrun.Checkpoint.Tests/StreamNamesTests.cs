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
}
