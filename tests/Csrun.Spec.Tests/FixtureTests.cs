using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Csrun.Spec.Tests;

/// <summary>spec-fixtures: each file gets its verdict.</summary>
public sealed class FixtureTests
{
    public static TheoryData<string> Good => Documents.Fixtures("good");

    public static TheoryData<string> Bad => Documents.Fixtures("bad");

    [Theory]
    [MemberData(nameof(Good))]
    public void Good_ones_are_read_as_the_context_reads_them(string name)
    {
        byte[] json = Documents.Fixture("good", name);

        Readings.FaultsOf(json).Should().BeEmpty();

        // the context takes no null for a number or a truth value, which is allowed here
        string text = Encoding.UTF8.GetString(json);
        if (name != "null-is-absent.json")
        {
            Readings.Write(Readings.Good(text)).Should().Be(Readings.Write(Readings.ByContext(json)));
        }
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void Good_ones_warn_of_what_they_should(string name)
    {
        Readings.WarningsOf(Encoding.UTF8.GetString(Documents.Fixture("good", name)))
            .Should().Equal(Documents.Warnings(name));
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void Good_ones_are_planned_or_refused_by_place(string name)
    {
        ContainerConfig config = Readings.Good(Encoding.UTF8.GetString(Documents.Fixture("good", name)));

        Plan? plan = PlanBuilder.Build(config, Plans.Options, out IReadOnlyList<Fault> faults);

        if (plan is not null)
        {
            PlanText.Print(plan).Should().StartWith("container         web\nbundle            /bundle\n");
        }

        Readings.Lines(faults).Should().NotContain(fault => !fault.Contains("not supported by this version of csrun"));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Bad_ones_are_refused_for_all_that_is_wrong(string name)
    {
        Readings.FaultsOf(Documents.Fixture("bad", name)).Should().Equal(Documents.Verdict(name));
    }

    /// <summary>
    /// The one fixture that has everything has every member of every type, or it would go stale unseen.
    /// </summary>
    [Fact]
    public void Everything_is_in_everything()
    {
        HashSet<string> there = [];
        Collect(JsonNode.Parse(Documents.Fixture("good", "everything.json")), there);

        foreach ((System.Type type, string members) in Model.Types)
        {
            there.Should().Contain(members.Split(' '), "{0} has them", type.Name);
        }
    }

    private static void Collect(JsonNode? node, HashSet<string> names)
    {
        if (node is JsonObject record)
        {
            foreach ((string name, JsonNode? value) in record)
            {
                names.Add(name);
                Collect(value, names);
            }
        }
        else if (node?.GetValueKind() == JsonValueKind.Array)
        {
            foreach (JsonNode? element in node.AsArray())
            {
                Collect(element, names);
            }
        }
    }
}
