using System.Text;
using Csrun.Shim.Attach;

namespace Csrun.Shim.Tests;

/// <summary>The keys that end attach.</summary>
public sealed class DetachKeysTests
{
    [Theory]
    [InlineData("ctrl-p,ctrl-q", "ab\u0010\u0011cd", "ab", true)]
    [InlineData("ctrl-p,ctrl-q", "ab\u0010cd", "ab\u0010cd", false)]
    [InlineData("ctrl-p,ctrl-q", "\u0010\u0010\u0011", "\u0010", true)]
    [InlineData("ctrl-p,ctrl-q", "\u0010", "", false)]
    [InlineData("a,a,b", "aaab", "a", true)]
    [InlineData("x", "vwx", "vw", true)]
    [InlineData("", "\u0010\u0011", "\u0010\u0011", false)]
    public void Are_found_in_what_is_typed(string keys, string typed, string given, bool detaches)
    {
        byte[] room = new byte[typed.Length + DetachKeys.MaxKeys];

        DetachKeys.Parse(keys)!.Take(Encoding.UTF8.GetBytes(typed), room, out int length).Should().Be(detaches);

        Encoding.UTF8.GetString(room, 0, length).Should().Be(given);
    }

    [Fact]
    public void May_come_in_pieces()
    {
        DetachKeys keys = DetachKeys.Parse(DetachKeys.Default)!;
        byte[] room = new byte[1 + DetachKeys.MaxKeys];

        keys.Take([0x10], room, out int length).Should().BeFalse();
        length.Should().Be(0);
        keys.Take([0x11], room, out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("ctrl-")]
    [InlineData("ctrl-1")]
    [InlineData("alt-p")]
    [InlineData("a,,b")]
    [InlineData("é")]
    [InlineData("a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a")]
    public void Are_refused_where_they_are_none(string keys)
    {
        DetachKeys.Parse(keys).Should().BeNull();
    }
}
