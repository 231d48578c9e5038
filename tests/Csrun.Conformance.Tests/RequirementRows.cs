using System.Collections.Generic;
using System.Linq;

namespace Csrun.Conformance.Tests;

/// <summary>
/// The rows of the requirements of the runtime specification that this project answers for: sections "Bundle" and
/// "Lifecycle and operations". A case bears its row's id in its name, with underscores.
/// </summary>
internal static class RequirementRows
{
    /// <summary>Each group's rows are numbered from 01 without a gap.</summary>
    private static readonly (string Group, int Rows)[] s_groups =
    [
        ("BND", 4), ("SCO", 1), ("STA", 14), ("LIF", 21), ("ERR", 4),
        ("OPS-ALL", 3), ("OPS-STA", 3), ("OPS-CRE", 13), ("OPS-STR", 5), ("OPS-KIL", 4), ("OPS-DEL", 7),
    ];

    /// <summary>All ids, as LIF-07.</summary>
    internal static IEnumerable<string> All =>
        s_groups.SelectMany(group => Enumerable.Range(1, group.Rows).Select(row => $"{group.Group}-{row:00}"));

    /// <summary>The rows that no machine can check, each with its reason.</summary>
    internal static IReadOnlyDictionary<string, string> WithoutCase { get; } = new Dictionary<string, string>
    {
        ["OPS-CRE-08"] = "a permission: the rest of process may be applied at create or later; either is right, and "
            + "what the program has in the end is checked by the rows of process",
        ["OPS-CRE-11"] = "a permission: a configuration may be validated before anything is made, or fail on the way; "
            + "both end as OPS-CRE-09 and -10 want",
    };
}
