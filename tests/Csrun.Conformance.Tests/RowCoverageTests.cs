using System;
using System.Collections.Generic;
using System.Linq;

namespace Csrun.Conformance.Tests;

/// <summary>Every requirement has a case, or a reason for having none.</summary>
public sealed class RowCoverageTests
{
    private static readonly string[] s_kinds = ["case", "none", "guest"];

    [Fact]
    public void Every_requirement_has_a_case_or_a_reason()
    {
        HashSet<string> cases = [.. Requirements.OfCases()];

        Ids(row => row.Kind == "case" && !cases.Contains(row.Id)).Should().BeEmpty("each needs a case");
        Ids(row => row.Kind != "case" && row.Reason.Length == 0).Should().BeEmpty("each needs a reason");
        Ids(row => row.Kind is "none" or "guest" && cases.Contains(row.Id))
            .Should().BeEmpty("a requirement that has a case needs no reason");
    }

    [Fact]
    public void No_case_names_a_requirement_that_is_not_there()
    {
        Requirements.OfCases().Except(Requirements.All.Select(row => row.Id)).Should().BeEmpty();
    }

    [Fact]
    public void The_list_is_whole()
    {
        Requirements.All.Select(row => row.Id).Should().OnlyHaveUniqueItems().And.HaveCount(674);
        Requirements.All.Should().OnlyContain(row => s_kinds.Contains(row.Kind) && row.Subject.Length > 0);
    }

    [Fact]
    public void Every_case_of_a_table_has_a_name_of_its_own()
    {
        foreach (Type type in typeof(RowCoverageTests).Assembly.GetTypes())
        {
            Requirements.Tables(type).Select(entry => (entry.Ids, entry.What)).Should().OnlyHaveUniqueItems(type.Name);
            Requirements.Tables(type).Where(entry => entry.Ids.Length > 50).Select(entry => entry.Ids)
                .Should().BeEmpty("xunit cuts longer names, and the report reads them");
        }
    }

    private static string Ids(Func<Requirement, bool> which)
    {
        return string.Join(' ', Requirements.All.Where(which).Select(row => row.Id));
    }
}
