using Csrun.CommandLine;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Tests.Reporting;

public sealed class ProcessListFormatterTests
{
    private const string Table =
        """
        UID          PID    PPID  C STIME TTY          TIME CMD
        root           7       1  0 08:00 ?        00:00:00 sh -c 12
        root          12       7  0 08:00 ?        00:00:00 sleep 7

        """;

    [Fact]
    public void Keeps_the_heading_and_the_lines_of_the_container()
    {
        ProcessListFormatter.Filter(Table, [12, 99]).Should().Be(
            """
            UID          PID    PPID  C STIME TTY          TIME CMD
            root          12       7  0 08:00 ?        00:00:00 sleep 7

            """);
    }

    [Fact]
    public void Finds_the_column_wherever_it_is()
    {
        ProcessListFormatter.Filter("  PID CMD\n    7 one\n   12 two\n", [7]).Should().Be("  PID CMD\n    7 one\n");
    }

    [Fact]
    public void Needs_that_column()
    {
        FluentActions.Invoking(() => ProcessListFormatter.Filter("PPID CMD\n 7 one\n", [7]))
            .Should().Throw<RuntimeException>().WithMessage("*find PID field*");
    }

    [Fact]
    public void Writes_numbers_as_each_program_does()
    {
        ProcessListFormatter.Json([7, 12], Dialect.Runc).Should().Be("[7,12]\n");
        ProcessListFormatter.Json([], Dialect.Csrun).Should().Be("null\n");
        ProcessListFormatter.Json([7, 12], Dialect.Crun).Should().Be("[\n  7,\n  12\n]\n");
        ProcessListFormatter.Numbers([7, 12]).Should().Be("PID\n7\n12\n");
    }
}
