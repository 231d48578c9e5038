using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Csrun.Conformance.Tests;

/// <summary>A row of requirements.tsv.</summary>
/// <param name="Id">As LIF-07.</param>
/// <param name="Level">The specification's word; DEF is a definition, OBS what engines need.</param>
/// <param name="Kind">case; none (no machine can check it); guest (needs another kernel set-up).</param>
/// <param name="Subject">What it asks for.</param>
/// <param name="Reason">Why there is no case here, or what is still refused.</param>
internal sealed record Requirement(string Id, string Level, string Kind, string Subject, string Reason);

/// <summary>The requirements of the runtime specification, and the cases that show them.</summary>
internal static partial class Requirements
{
    /// <summary>All rows, in the specification's order.</summary>
    internal static IReadOnlyList<Requirement> All { get; } =
    [
        .. File.ReadLines(Repository.At("tests", "Csrun.Conformance.Tests", "requirements.tsv"))
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split('\t'))
            .Select(fields => new Requirement(fields[0], fields[1], fields[2], fields[3], fields.Length > 4 ? fields[4]
            : "")),
    ];

    /// <summary>
    /// The ids that cases name: those of the tables in their first column, the other tests in their own names, as
    /// OPS_CRE_02_and_04_refuses, LNX_TIME_01_to_04_shifts.
    /// </summary>
    internal static IEnumerable<string> OfCases()
    {
        Type[] types = typeof(Requirements).Assembly.GetTypes();
        return types.SelectMany(Tables).SelectMany(entry => entry.Ids.Split(' '))
            .Concat(types.SelectMany(type => type.GetMethods()).Where(IsTest).SelectMany(Of));
    }

    /// <summary>The requirements that a test shows.</summary>
    internal static IEnumerable<string> Of(MethodInfo test)
    {
        string further = test.GetCustomAttribute<RequirementAttribute>()?.Ids ?? "";
        return InName(test.Name).Concat(further.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>All tables of a class of cases.</summary>
    internal static IEnumerable<Case> Tables(Type type)
    {
        return type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(field => field.FieldType == typeof(Case[]))
            .SelectMany(field => (Case[])field.GetValue(null)!);
    }

    private static bool IsTest(MethodInfo method)
    {
        return method.GetCustomAttributes<FactAttribute>(inherit: true).Any();
    }

    private static IEnumerable<string> InName(string name)
    {
        Match found = RowsInName().Match(name);
        if (!found.Success)
        {
            yield break;
        }

        string group = found.Groups[1].Value.Replace('_', '-');
        int first = int.Parse(found.Groups[2].Value);
        int last = found.Groups[4].Success ? int.Parse(found.Groups[4].Value) : first;
        int step = found.Groups[3].Value == "and" && last > first ? last - first : 1;
        for (int row = first; row <= last; row += step)
        {
            yield return $"{group}-{row:00}";
        }
    }

    [GeneratedRegex(@"^([A-Z]+(?:_[A-Z]+)?)_(\d\d)(?:_(and|to)_(\d\d))?_")]
    private static partial Regex RowsInName();
}
