using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Csrun.Conformance.Tests;

/// <summary>Every row has a case, or a reason for having none.</summary>
public sealed class RowCoverageTests
{
    /// <summary>An attribute of xunit's kind, then the method: its group, its first row, its last.</summary>
    private static readonly Regex s_case = new(
        @"\[\w+(?:Fact|Theory)\](?:\s*\[[^\n]*\])*\s*public (?:async )?(?:void|Task) ([A-Z]+(?:_[A-Z]+)?)_(\d\d)"
        + @"(?:_(and|to)_(\d\d))?_",
        RegexOptions.CultureInvariant);

    [Fact]
    public void Every_row_has_a_case_or_a_reason()
    {
        HashSet<string> cases = [.. Cases()];

        RequirementRows.All.Where(row => !cases.Contains(row))
            .Should().BeEquivalentTo(RequirementRows.WithoutCase.Keys);
        RequirementRows.WithoutCase.Values.Should().OnlyContain(reason => reason.Length > 0);
    }

    [Fact]
    public void No_case_names_a_row_that_is_not_there()
    {
        HashSet<string> rows = [.. RequirementRows.All];
        HashSet<string> groups = [.. rows.Select(row => row[..^3])];

        Cases().Where(id => groups.Contains(id[..^3]) && !rows.Contains(id)).Should().BeEmpty();
    }

    private static IEnumerable<string> Cases()
    {
        string[] sources = Directory.GetFiles(Repository.At("tests", "Csrun.Conformance.Tests"), "*.cs");
        foreach (Match found in sources.SelectMany(source => s_case.Matches(File.ReadAllText(source))))
        {
            int first = int.Parse(found.Groups[2].Value);
            int last = found.Groups[4].Success ? int.Parse(found.Groups[4].Value) : first;
            int step = found.Groups[3].Value == "and" && last > first ? last - first : 1;
            for (int row = first; row <= last; row += step)
            {
                yield return $"{found.Groups[1].Value.Replace('_', '-')}-{row:00}";
            }
        }
    }
}
