using System.Linq;

namespace Csrun.Spec.Tests;

/// <summary>What csrun does not do yet is refused by its place, and never where its value asks for nothing.</summary>
public sealed class UnsupportedTests
{
    /// <summary>Place, members that ask for it, members that ask for nothing.</summary>
    private static readonly (string Place, string Asks, string AsksNothing)[] s_rows =
    [
        ("linux.intelRdt", L("\"intelRdt\":{}"), L("\"intelRdt\":null")),
    ];

    public static TheoryData<string> Places => new(s_rows.Select(row => row.Place));

    [Theory]
    [MemberData(nameof(Places))]
    public void Is_refused_by_its_place(string place)
    {
        Plans.FaultsOf(s_rows.Single(row => row.Place == place).Asks)
            .Should().Contain($"{place}: is not supported by this version of csrun");
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Is_not_refused_where_its_value_asks_for_nothing(string place)
    {
        Plans.FaultsOf(s_rows.Single(row => row.Place == place).AsksNothing).Should().BeEmpty();
    }

    [Fact]
    public void Refuses_all_of_them_at_once()
    {
        Plans.FaultsOf(Readings.WithTop("""
            "linux":{"namespaces":[{"type":"network"}],"netDevices":{"e":{}},"intelRdt":{}}
            """)).Should().HaveCount(2);
    }

    private static string L(string members) => Readings.WithLinux(members);
}
