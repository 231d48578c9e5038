using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using Csrun.CommandLine;
using Csrun.Reporting;
using FsCheck.Xunit;

namespace Csrun.Tests.Reporting;

public sealed class LogLineTests
{
    private static readonly DateTime s_now = new DateTime(2026, 11, 22, 7, 59, 34, DateTimeKind.Utc).AddTicks(1234567);

    [Fact]
    public void Is_logrus_text_as_csrun_and_runc()
    {
        Text("container does not exist").Should().Be(
            "time=\"2026-11-22T07:59:34Z\" level=error msg=\"container does not exist\"\n");
    }

    [Theory]
    [InlineData("word", "word")]
    [InlineData("a-b.c_d/e@f^g+h9", "a-b.c_d/e@f^g+h9")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("say \"x\"", "\"say \\\"x\\\"\"")]
    [InlineData("a\\b", "\"a\\\\b\"")]
    [InlineData("a\nb\tc\rd", "\"a\\nb\\tc\\rd\"")]
    [InlineData("\a\b\v\f", "\"\\a\\b\\v\\f\"")]
    [InlineData("\u001b\u007f", "\"\\x1b\\x7f\"")]
    [InlineData("\u0085\u202e\u00a0", "\"\\u0085\\u202e\\u00a0\"")]
    [InlineData("é漢😀", "\"é漢😀\"")]
    [InlineData("\U000e0001", "\"\\U000e0001\"")]
    [InlineData("a=b", "\"a=b\"")]
    public void Quotes_as_logrus_does(string message, string quoted)
    {
        Text(message).Should().EndWith($" msg={quoted}\n");
    }

    [Fact]
    public void Is_logrus_JSON_as_csrun_and_runc()
    {
        foreach (Dialect dialect in (Dialect[])[Dialect.Csrun, Dialect.Runc])
        {
            LogLine.Of(dialect, LogFormat.Json, LogLevel.Error, "no \"x\"", s_now).Should().Be(
                "{\"level\":\"error\",\"msg\":\"no \\\"x\\\"\",\"time\":\"2026-11-22T07:59:34Z\"}\n");
        }
    }

    [Fact]
    public void Has_cruns_order_and_microseconds_as_crun()
    {
        LogLine.Of(Dialect.Crun, LogFormat.Json, LogLevel.Warning, "hm", s_now).Should().Be(
            "{\"msg\":\"hm\",\"level\":\"warning\",\"time\":\"2026-11-22T07:59:34.123456Z\"}\n");
    }

    [Fact]
    public void Is_the_bare_message_as_crun()
    {
        LogLine.Of(Dialect.Crun, LogFormat.Text, LogLevel.Error, "container `x` already exists", s_now).Should().Be(
            "container `x` already exists\n");
    }

    [Property(MaxTest = 500)]
    public void Is_one_line_of_valid_JSON_whatever_bytes_the_message_has(byte[] bytes)
    {
        IsOneLineOfJson(Encoding.UTF8.GetString(bytes));
    }

    [Property(MaxTest = 500)]
    public void Is_one_line_of_valid_JSON_whatever_UTF16_the_message_has(char[] text)
    {
        IsOneLineOfJson(new string(text));
    }

    [Fact]
    public void Replaces_half_a_surrogate_pair()
    {
        IsOneLineOfJson("a\ud800b\udc00");
    }

    private static void IsOneLineOfJson(string message)
    {
        IsOneLineOfJson(message, Dialect.Runc);
        IsOneLineOfJson(message, Dialect.Crun);
    }

    private static void IsOneLineOfJson(string message, Dialect dialect)
    {
        byte[] line = Encoding.UTF8.GetBytes(LogLine.Of(dialect, LogFormat.Json, LogLevel.Error, message, s_now));

        line.Count(b => b == '\n').Should().Be(1);
        line[^1].Should().Be((byte)'\n');
        using JsonDocument document = JsonDocument.Parse(line);
        string expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(message));
        document.RootElement.GetProperty("msg").GetString().Should().Be(expected);
        document.RootElement.GetProperty("level").GetString().Should().Be("error");
        document.RootElement.GetProperty("time").GetDateTime().Should().BeCloseTo(s_now, TimeSpan.FromSeconds(1));
    }

    private static string Text(string message) =>
        LogLine.Of(Dialect.Runc, LogFormat.Text, LogLevel.Error, message, s_now);
}
