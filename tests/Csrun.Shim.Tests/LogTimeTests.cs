using System;
using System.Globalization;
using System.Text;
using Csrun.Shim.Logs;

namespace Csrun.Shim.Tests;

/// <summary>Times in logs and of --since.</summary>
public sealed class LogTimeTests
{
    [Theory]
    [InlineData("2026-11-27T01:02:03.0450001Z", "2026-11-27T01:02:03.045000100Z")]
    [InlineData("1999-12-31T23:59:59.9999999Z", "1999-12-31T23:59:59.999999900Z")]
    public void Have_nine_digits_behind_the_point(string time, string text)
    {
        byte[] written = new byte[LogTime.Length];

        LogTime.Write(Parse(time), written);

        Encoding.UTF8.GetString(written).Should().Be(text);
    }

    [Theory]
    [InlineData("2026-11-27", "2026-11-27T00:00:00Z")]
    [InlineData("2026-11-27T08:30", "2026-11-27T08:30:00Z")]
    [InlineData("2026-11-27T08:30:01", "2026-11-27T08:30:01Z")]
    [InlineData("2026-11-27T08:30:01.5Z", "2026-11-27T08:30:01.5Z")]
    [InlineData("2026-11-27T08:30:01.123456789Z", "2026-11-27T08:30:01.1234567Z")]
    [InlineData("2026-11-27T08:30:01+02:00", "2026-11-27T06:30:01Z")]
    [InlineData("1795766401", "2026-11-27T08:00:01Z")]
    [InlineData("1795766401.25", "2026-11-27T08:00:01.25Z")]
    public void Are_read_in_every_form_that_since_takes(string text, string time)
    {
        LogTime.TryParse(text, out DateTime read).Should().BeTrue();

        read.Should().Be(Parse(time));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("10m")]
    [InlineData("2026-13-01")]
    [InlineData("99999999999999")]
    public void Are_refused_where_they_are_none(string text)
    {
        LogTime.TryParse(text, out _).Should().BeFalse();
    }

    private static DateTime Parse(string time)
    {
        return DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
    }
}
