using System;
using Csrun.CommandLine;

namespace Csrun.Tests.CommandLine;

public sealed class AmountTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("5s", 5000)]
    [InlineData("100ms", 100)]
    [InlineData("1m30.5s", 90500)]
    [InlineData("1h", 3600000)]
    [InlineData("+2000us", 2)]
    [InlineData("2000µs", 2)]
    [InlineData("1000000ns", 1)]
    [InlineData("-3s", -3000)]
    [InlineData(".5s", 500)]
    public void Reads_durations_as_Go_does(string text, int milliseconds)
    {
        GoDuration.TryParse(text, out TimeSpan duration).Should().BeTrue();
        duration.TotalMilliseconds.Should().Be(milliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("5d")]
    [InlineData("1.2.3s")]
    [InlineData("-")]
    [InlineData("99999999999999h")]
    public void Knows_what_is_no_duration(string text)
    {
        GoDuration.TryParse(text, out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1024", 1024)]
    [InlineData("10b", 10)]
    [InlineData("1k", 1024)]
    [InlineData("512m", 536870912)]
    [InlineData("1.5GiB", 1610612736)]
    [InlineData("2gb", 2147483648)]
    [InlineData("2 TB", 2199023255552)]
    [InlineData("7P", 7881299347898368)]
    public void Reads_amounts_of_memory_by_powers_of_1024(string text, long expected)
    {
        MemorySize.TryParse(text, out long bytes).Should().BeTrue();
        bytes.Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1")]
    [InlineData("5x")]
    [InlineData("5bb")]
    [InlineData("5mm")]
    [InlineData("1e3")]
    [InlineData("9000P")]
    public void Knows_what_is_no_amount_of_memory(string text)
    {
        MemorySize.TryParse(text, out _).Should().BeFalse();
    }

    [Fact]
    public void Tells_of_a_wrong_duration_as_each_program_does()
    {
        Argv.Error("runc events --interval 5 web")
            .Should().Contain("invalid value \"5\" for flag -interval: parse error");
        Argv.Error("csrun events --interval 5 web").Should()
            .Be("csrun: events: --interval: \"5\" is not a duration\nhint: durations look like 5s or 1m30s\n");
    }
}
