using System;
using System.IO;
using System.Linq;

namespace Csrun.Conformance.Tests;

/// <summary>The page that says what became of each requirement.</summary>
public sealed class ReportTests
{
    /// <summary>
    /// build/conformance.sh names a directory with the results of three runs and the facts of the page: then it is
    /// written first.
    /// </summary>
    [Fact]
    public void The_page_has_every_requirement()
    {
        string page = Repository.At("docs", "conformance.md");
        if (Environment.GetEnvironmentVariable("CSRUN_CONFORMANCE_RESULTS") is string results)
        {
            File.WriteAllText(page, Report.Read(results).Page(File.ReadAllLines(Path.Combine(results, "facts"))));
        }

        string[] lines = File.ReadAllLines(page);

        string.Join(' ', Requirements.All.Select(row => row.Id).Where(id => !lines.Any(line =>
        line.StartsWith($"| {id} |"))))
            .Should().BeEmpty();
    }
}
