using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Csrun.Bench;

/// <summary>Rows of one table: what was measured, and a value for each column.</summary>
/// <param name="Name">The step.</param>
/// <param name="Pace">How it was paced, or the unit of a count.</param>
/// <param name="Values">By column; null where a contestant has none.</param>
/// <param name="Format">Of the values.</param>
internal sealed record Row(string Name, string Pace, IReadOnlyList<double?> Values, string Format);

/// <summary>The results as a table of plain text and as a page of Markdown.</summary>
internal sealed class Report
{
    private static readonly (Pace Pace, string Name)[] s_paces =
        [(Pace.BackToBack, "back to back"), (Pace.Paused, "150 ms apart")];

    private readonly Results _results;
    private readonly IReadOnlyDictionary<(string Step, string Contestant), Counts> _counts;

    internal Report(Results results, IReadOnlyDictionary<(string Step, string Contestant), Counts> counts)
    {
        _results = results;
        _counts = counts;
    }

    /// <summary>Medians in milliseconds, csrun's ratios to the others, and counts.</summary>
    internal string Text()
    {
        string[] columns = ["csrun", "crun", "runc", "floor"];
        StringBuilder text = new();
        text.AppendLine(Line("median ms", "", columns) + "   csrun: of crun  of runc  of floor");
        foreach ((string step, Pace pace, string name) in Steps())
        {
            IEnumerable<string> ratios = columns.Skip(1)
                .Select(to => Cell(_results.Ratio(step, pace, "csrun", to), "0.00").PadLeft(9));
            text.AppendLine(Line(Times(step, pace, name, columns)) + "        " + string.Concat(ratios));
        }

        text.AppendLine().AppendLine(Line("counts", "", columns));
        foreach (Row row in Counts(columns))
        {
            text.AppendLine(Line(row));
        }

        return text.ToString();
    }

    /// <summary>docs/compare.md.</summary>
    internal string Page(string commit, IReadOnlyList<(string Name, string Binary)> runtimes)
    {
        string[] columns = ["csrun", "runc", "crun", "floor"];
        StringBuilder page = new();
        string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string versions = string.Join(
            ", ", runtimes.Select(runtime => $"{runtime.Name} {Host.VersionOf(runtime.Binary)}"));
        page.AppendLine("# csrun, runc and crun side by side").AppendLine()
            .AppendLine("Written by `make compare`; do not edit.").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"{date}, commit {commit}. {versions}.")
            .AppendLine(CultureInfo.InvariantCulture, $"{Host.Describe()}.").AppendLine()
            .AppendLine("""
                Medians of rounds in which all take turns, in milliseconds of wall time from the start of the command to
                its end, csrun sealed. The bundle is `runc spec`'s with `true` as its program (for create to delete:
                `sleep`). *floor* is what the kernel alone takes: an empty static C program, and
                [floor.c](../tests/Csrun.Bench/floor.c), which makes the same container without reading, checking or
                recording anything.
                """).AppendLine();
        Markdown(page, "ms", columns, Steps().Select(step => Times(step.Step, step.Pace, step.Name, columns)));
        page.AppendLine();
        Markdown(page, "counts", columns, Counts(columns).Append(Sizes(runtimes, columns)));
        return page.ToString();
    }

    private static IEnumerable<(string Step, Pace Pace, string Name)> Steps()
    {
        return from step in new[] { Cases.Version, Cases.Run }.Concat(Cases.LifeSteps)
               from pace in s_paces
               select (step, pace.Pace, pace.Name);
    }

    private Row Times(string step, Pace pace, string name, string[] columns)
    {
        return new Row(step, name, [.. columns.Select(column => _results.Median(step, pace, column))], "0.00");
    }

    private IEnumerable<Row> Counts(string[] columns)
    {
        foreach (string step in new[] { Cases.Version, Cases.Run })
        {
            Counts?[] counts = [.. columns.Select(column => _counts.GetValueOrDefault((step, column)))];
            yield return new Row(step, "system calls", [.. counts.Select(count => (double?)count?.SystemCalls)], "0");
            yield return new Row(step, "page faults", [.. counts.Select(count => (double?)count?.PageFaults)], "0");
            yield return new Row(step, "peak MiB", [.. counts.Select(count => count?.PeakKiB / 1024.0)], "0.0");
        }
    }

    private static Row Sizes(IReadOnlyList<(string Name, string Binary)> runtimes, string[] columns)
    {
        return new Row("executable", "MiB", [.. columns.Select(SizeOf)], "0.0");

        double? SizeOf(string column)
        {
            string? binary = runtimes.FirstOrDefault(runtime => runtime.Name == column).Binary;
            return binary is null ? null : new FileInfo(binary).Length / 1024.0 / 1024.0;
        }
    }

    private static void Markdown(StringBuilder page, string unit, string[] columns, IEnumerable<Row> rows)
    {
        page.AppendLine(CultureInfo.InvariantCulture, $"| {unit} | | {string.Join(" | ", columns)} |");
        page.AppendLine(CultureInfo.InvariantCulture, $"| --- | --- |{string.Concat(columns.Select(_ => " ---: |"))}");
        foreach (Row row in rows)
        {
            string values = string.Join(" | ", row.Values.Select(value => Cell(value, row.Format)));
            page.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Pace} | {values} |");
        }
    }

    private static string Line(Row row)
    {
        return Line(row.Name, row.Pace, row.Values.Select(value => Cell(value, row.Format)));
    }

    private static string Line(string name, string pace, IEnumerable<string> cells)
    {
        return name.PadRight(12) + pace.PadRight(14) + string.Concat(cells.Select(cell => cell.PadLeft(9)));
    }

    private static string Cell(double? value, string format)
    {
        return value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
    }
}
