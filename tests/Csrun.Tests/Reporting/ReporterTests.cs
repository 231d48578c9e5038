using System;
using System.Text;
using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Tests.CommandLine;

namespace Csrun.Tests.Reporting;

public sealed class ReporterTests
{
    private static readonly DateTime s_now = new(2026, 11, 22, 7, 59, 34, DateTimeKind.Utc);

    private static readonly ErrorDetail s_error = new()
    {
        Step = "start",
        ContainerId = "web",
        Cause = "container does not exist",
        Hint = "csrun list",
    };

    [Theory]
    [InlineData("csrun start web", "csrun: start web: container does not exist\nhint: csrun list\n")]
    [InlineData("runc start web", "time=\"2026-11-22T07:59:34Z\" level=error msg=\"container does not exist\"\n")]
    [InlineData("crun start web", "start web: container does not exist\n")]
    [InlineData(
        "runc --log-format json start web",
        "{\"level\":\"error\",\"msg\":\"container does not exist\",\"time\":\"2026-11-22T07:59:34Z\"}\n")]
    [InlineData(
        "csrun --log-format json start web",
        "{\"level\":\"error\",\"msg\":\"start web: container does not exist\",\"time\":\"2026-11-22T07:59:34Z\"}\n")]
    [InlineData("runc --log /dev/stderr start web", "time=\"2026-11-22T07:59:34Z\" level=error "
        + "msg=\"container does not exist\"\n")]
    public void Sends_an_error_to_standard_error_in_the_named_form(string line, string expected)
    {
        (string standardError, string log) = Report(line, reporter => reporter.Error(s_error, s_now));

        standardError.Should().Be(expected);
        log.Should().BeEmpty();
    }

    [Theory]
    [InlineData("csrun --log f start web", "csrun: start web: container does not exist\nhint: csrun list\n",
        "time=\"2026-11-22T07:59:34Z\" level=error msg=\"start web: container does not exist\"\n")]
    [InlineData("runc --log f start web", "container does not exist\n",
        "time=\"2026-11-22T07:59:34Z\" level=error msg=\"container does not exist\"\n")]
    [InlineData("runc --log f --log-format json start web", "container does not exist\n",
        "{\"level\":\"error\",\"msg\":\"container does not exist\",\"time\":\"2026-11-22T07:59:34Z\"}\n")]
    [InlineData("crun --log=file:f --log-format json start web", "start web: container does not exist\n",
        "{\"msg\":\"start web: container does not exist\",\"level\":\"error\","
        + "\"time\":\"2026-11-22T07:59:34.000000Z\"}\n")]
    public void Sends_an_error_to_the_log_and_bare_to_standard_error(string line, string bare, string logged)
    {
        (string standardError, string log) = Report(line, reporter => reporter.Error(s_error, s_now));

        standardError.Should().Be(bare);
        log.Should().Be(logged);
    }

    [Theory]
    [InlineData("csrun start web", "csrun: warning: hm\n")]
    [InlineData("runc start web", "time=\"2026-11-22T07:59:34Z\" level=warning msg=hm\n")]
    [InlineData("crun start web", "")]
    [InlineData("crun --log-level warning start web", "hm\n")]
    [InlineData("csrun --log-level error start web", "")]
    public void Warns_as_far_as_the_level_allows(string line, string expected)
    {
        Report(line, reporter => reporter.Warning("hm", s_now)).StandardError.Should().Be(expected);
    }

    [Theory]
    [InlineData("csrun start web", "")]
    [InlineData("csrun --debug start web", "csrun: debug: hm\n")]
    [InlineData("csrun --log-level debug start web", "csrun: debug: hm\n")]
    [InlineData("csrun --log-level error --debug start web", "csrun: debug: hm\n")]
    [InlineData("runc --debug start web", "time=\"2026-11-22T07:59:34Z\" level=debug msg=hm\n")]
    [InlineData("crun --debug start web", "hm\n")]
    public void Writes_debug_lines_only_when_asked(string line, string expected)
    {
        Report(line, reporter => reporter.Debug("hm", s_now)).StandardError.Should().Be(expected);
    }

    [Fact]
    public void Keeps_standard_error_free_of_debug_lines_and_warnings_with_a_log()
    {
        (string standardError, string log) = Report("runc --debug --log f start web", reporter =>
        {
            reporter.Debug("one", s_now);
            reporter.Warning("two", s_now);
        });

        standardError.Should().BeEmpty();
        log.Should().Be("time=\"2026-11-22T07:59:34Z\" level=debug msg=one\n"
            + "time=\"2026-11-22T07:59:34Z\" level=warning msg=two\n");
    }

    [Fact]
    public void Writes_each_report_at_once()
    {
        ByteList standardError = new();
        Reporter reporter = new(Dialect.Csrun, LogSettings.From(Argv.Parse("csrun list")), standardError, null);

        reporter.Error(s_error with { Faults = [new("a", "b"), new("c", "d")] }, s_now);

        standardError.Writes.Should().Be(1);
    }

    private static (string StandardError, string Log) Report(string line, Action<Reporter> report)
    {
        Invocation invocation = Argv.Parse(line);
        LogSettings settings = LogSettings.From(invocation);
        ByteList standardError = new();
        ByteList log = new();
        report(new Reporter(invocation.Dialect, settings, standardError, settings.Path is null ? null : log));
        return (standardError.Text, log.Text);
    }

    private sealed class ByteList : IByteSink
    {
        private readonly StringBuilder _text = new();

        internal string Text => _text.ToString();

        internal int Writes { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            Writes++;
            _text.Append(Encoding.UTF8.GetString(bytes));
        }
    }
}
