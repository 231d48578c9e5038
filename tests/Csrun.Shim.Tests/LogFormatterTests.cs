using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Csrun.Shim.Logs;

namespace Csrun.Shim.Tests;

/// <summary>What stands in a log, written and read back.</summary>
public sealed class LogFormatterTests
{
    private static readonly DateTime s_time = new(2026, 11, 27, 1, 2, 3, 45, DateTimeKind.Utc);

    [Fact]
    public void Json_file_is_docker_s_object_a_line()
    {
        Format(LogFormat.JsonFile, "one\ntwo"u8.ToArray()).Should().Be(
            "{\"log\":\"one\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-27T01:02:03.045000000Z\"}\n"
            + "{\"log\":\"two\",\"stream\":\"stdout\",\"time\":\"2026-11-27T01:02:03.045000000Z\"}\n");
    }

    [Fact]
    public void Cri_marks_whole_lines_with_F_and_parts_with_P()
    {
        Format(LogFormat.Cri, "one\ntwo"u8.ToArray()).Should().Be(
            "2026-11-27T01:02:03.045000000Z stdout F one\n2026-11-27T01:02:03.045000000Z stdout P two\n");
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("quote \" backslash \\ tab \t return \r bell \u0007 escape \u001b[0m")]
    [InlineData("zero \0 end")]
    [InlineData("ünïcödé 漢字 🚢")]
    public void Json_file_is_JSON_that_holds_the_text(string text)
    {
        string line = Format(LogFormat.JsonFile, Encoding.UTF8.GetBytes(text + "\n"));

        ((string)JsonNode.Parse(line)!["log"]!).Should().Be(text + "\n");
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_replaced_in_json_file_and_kept_in_CRI()
    {
        byte[] text = [(byte)'a', 0xff, 0xfe, (byte)'b', (byte)'\n'];

        ((string)JsonNode.Parse(Format(LogFormat.JsonFile, text))!["log"]!).Should().Be("a\ufffd\ufffdb\n");
        ReadBack(LogFormat.Cri, text).Should().Equal(text);
    }

    [Fact]
    public void Long_lines_are_cut_between_characters()
    {
        string text = new string('x', LogFormatter.MaxLine - 1) + "é" + new string('y', 40000) + "\n";

        string[] lines = Format(LogFormat.JsonFile, Encoding.UTF8.GetBytes(text)).TrimEnd('\n').Split('\n');

        lines.Should().HaveCount(4);
        string.Concat(lines.Select(line => (string)JsonNode.Parse(line)!["log"]!)).Should().Be(text);
    }

    [Theory]
    [InlineData(LogFormat.JsonFile)]
    [InlineData(LogFormat.Cri)]
    public void Everything_comes_back_as_it_was(LogFormat format)
    {
        Random random = new(1);
        for (int round = 0; round < 200; round++)
        {
            StringBuilder text = new();
            int length = random.Next(1, 50000);
            while (text.Length < length)
            {
                _ = text.Append(random.Next(40) switch
                {
                    0 => "\n",
                    1 => "\"\\",
                    2 => "\u001b\r\t",
                    3 => "é漢🚢",
                    _ => new string((char)random.Next('a', 'z'), random.Next(1, 30)),
                });
            }

            byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
            ReadBack(format, bytes).Should().Equal(bytes);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a line of ours")]
    [InlineData("2026-11-27T01:02:03Z stdout X text")]
    [InlineData("2026-11-27T01:02:03Z stdlog F text")]
    [InlineData("{\"log\":\"cut")]
    [InlineData("{\"log\":\"x\",\"stream\":\"stdout\"}")]
    public void Other_lines_are_none(string line)
    {
        LogEntry.TryParse(Encoding.UTF8.GetBytes(line), new byte[200], out _).Should().BeFalse();
    }

    [Fact]
    public void Docker_s_own_lines_are_read()
    {
        byte[] line = Encoding.UTF8.GetBytes(
            "{\"log\":\"\\u003cb\\u003e \\ud83d\\udea2\\n\",\"stream\":\"stderr\","
            + "\"time\":\"2026-11-27T01:02:03.5Z\"}");

        LogEntry.TryParse(line, new byte[200], out LogEntry entry).Should().BeTrue();

        Encoding.UTF8.GetString(entry.Text).Should().Be("<b> 🚢\n");
        entry.Stream.Should().Be(LogStream.Error);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("61", 0)]
    [InlineData("c3", 1)]
    [InlineData("c3a9", 0)]
    [InlineData("e6bc", 2)]
    [InlineData("f09f9a", 3)]
    [InlineData("f09f9aa2", 0)]
    [InlineData("ff", 0)]
    [InlineData("80808080", 0)]
    public void A_character_that_is_not_whole_is_seen(string hex, int length)
    {
        Utf8Tail.Length(Convert.FromHexString(hex)).Should().Be(length);
    }

    private static string Format(LogFormat format, byte[] text)
    {
        LogFormatter formatter = new(format);
        formatter.SetTime(s_time);
        StringBuilder lines = new();
        ReadOnlySpan<byte> rest = text;
        while (formatter.Next(LogStream.Output, ref rest))
        {
            _ = lines.Append(Encoding.Latin1.GetString(formatter.Written));
        }

        return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(lines.ToString()));
    }

    private static List<byte> ReadBack(LogFormat format, byte[] text)
    {
        LogFormatter formatter = new(format);
        formatter.SetTime(s_time);
        List<byte> back = [];
        ReadOnlySpan<byte> rest = text;
        while (formatter.Next(LogStream.Output, ref rest))
        {
            foreach (Range range in formatter.Written.Split((byte)'\n'))
            {
                ReadOnlySpan<byte> line = formatter.Written[range];
                if (!line.IsEmpty)
                {
                    LogEntry.TryParse(line, new byte[line.Length + 1], out LogEntry entry).Should().BeTrue();
                    back.AddRange(entry.Text);
                }
            }
        }

        return back;
    }
}
