using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Csrun.Conformance.Tests;

/// <summary>docs/conformance.md: each requirement with what became of its cases under each runtime.</summary>
internal sealed partial class Report
{
    // Of a requirement with several cases, the first of these counts.
    private static readonly string[] s_words = ["fail", "refused", "left", "pass"];

    private static readonly string[] s_runtimes = ["csrun", "runc", "crun"];

    // What came after version 1.0.2 of the specification, by the beginning of its id.
    private static readonly (string Start, string Since)[] s_newer =
    [
        ("CFG-DOM", "1.1"), ("CFG-SCHED", "1.1"), ("CFG-IOP", "1.1"), ("LNX-TIME", "1.1"), ("LNX-NS-09", "1.1"),
        ("LNX-CPU-06", "1.1"), ("LNX-CPU-14", "1.1"), ("LNX-MEM-11", "1.1"), ("LNX-MEM-12", "1.1"), ("LNX-MEM-13",
        "1.1"),
        ("FE", "1.1"), ("CFG-MNT-14", "1.2"), ("CFG-MNT-15", "1.2"), ("CFG-MNT-17", "1.2"), ("CFG-MNT-18", "1.2"),
        ("CFG-MNT-19", "1.2"), ("CFG-MNT-21", "1.2"), ("CFG-MOPT-6", "1.2"), ("CFG-AFF", "1.2.1"), ("LNX-MPOL", "1.3"),
        ("LNX-NET", "1.3"), ("LIF-17", "1.3"),
    ];

    private readonly Dictionary<(string Runtime, string Id), List<string>> _outcomes = [];

    /// <summary>Reads the results that `dotnet test` left: RUNTIME.trx in a directory.</summary>
    internal static Report Read(string directory)
    {
        Report report = new();
        foreach (string runtime in s_runtimes)
        {
            XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
            foreach (XElement result in XDocument.Load(Path.Combine(directory, runtime + ".trx")).Descendants(ns
            + "UnitTestResult"))
            {
                string outcome = Outcome(result.Attribute("outcome")!.Value, result.Descendants(ns
                    + "Message").FirstOrDefault()?.Value);
                report.Add(runtime, result.Attribute("testName")!.Value, outcome);
            }
        }

        return report;
    }

    /// <summary>The page.</summary>
    /// <param name="facts">Date, commit and versions, a line each.</param>
    internal string Page(IEnumerable<string> facts)
    {
        StringBuilder page = new(Opening);
        page.AppendJoin('\n', facts.Select(fact => "- " + fact)).Append("\n\n");
        page.Append("| | csrun | runc | crun |\n| --- | --- | --- | --- |\n");
        foreach (string word in new[] { "pass", "left", "fail", "refused" })
        {
            page.Append($"| {word} | {string.Join(" | ", s_runtimes.Select(runtime => Count(runtime, word)))} |\n");
        }

        page.Append($"\n{Requirements.All.Count} requirements: ");
        page.AppendJoin(", ", Requirements.All.GroupBy(row => row.Kind).Select(kind =>
        $"{kind.Count()} {kind.Key}")).Append(".\n");
        foreach (IGrouping<string, Requirement> section in Requirements.All.GroupBy(row => row.Id[..^3]))
        {
            page.Append($"\n## {section.Key}\n\n| | | since | csrun | runc | crun |\n");
            page.Append("| --- | --- | --- | --- | --- | --- |\n");
            foreach (Requirement row in section)
            {
                string cells = row.Kind is "none" or "guest" ? $"{row.Kind}: {row.Reason} | | "
                    : string.Join(" | ", s_runtimes.Select(runtime => Cell(runtime, row.Id)));
                string subject = row.Subject.Replace("|", "\\|", StringComparison.Ordinal);
                page.Append($"| {row.Id} | {row.Level}: {subject} | {Since(row.Id)} | {cells} |\n");
            }
        }

        return page.ToString();
    }

    private const string Opening = """
        # Conformance

        What becomes of each requirement of the runtime specification (1.3.0) under csrun and under Debian's runc and
        crun: the same cases, run one after another on one machine by `make conformance`. The cases are in
        [tests/Csrun.Conformance.Tests](../tests/Csrun.Conformance.Tests), their list is
        [requirements.tsv](../tests/Csrun.Conformance.Tests/requirements.tsv).

        pass: all cases of the requirement hold. left: they hold, but something of the container stayed on the machine, as
        a cgroup of a create that failed. refused: the runtime does not take such a configuration. fail: something else was
        seen. none: no machine can check it. guest: it needs a kernel or devices that this machine has not.

        Debian's runtimes may be older than the specification: what has an entry under "since" is then not to be expected
        of them. Where they fail though it is old, they mostly take what the specification calls an error.


        """;

    private void Add(string runtime, string test, string outcome)
    {
        Match found = NameOfTest().Match(test);
        string type = found.Groups[1].Value;
        string name = found.Groups[2].Value;
        IEnumerable<string> ids = found.Groups[3].Success ? found.Groups[3].Value.Split(' ') : OfMethod(type, name);
        foreach (string id in ids)
        {
            if (!_outcomes.TryGetValue((runtime, id), out List<string>? all))
            {
                _outcomes[(runtime, id)] = all = [];
            }

            all.Add(outcome);
        }
    }

    private static IEnumerable<string> OfMethod(string type, string name)
    {
        MethodInfo? method = typeof(Report).Assembly.GetType("Csrun.Conformance.Tests." + type)?.GetMethod(name);
        return method is null ? [] : Requirements.Of(method);
    }

    private static string Outcome(string outcome, string? message)
    {
        message = message?.Replace(
            "System.AggregateException : One or more errors occurred. (", "", StringComparison.Ordinal);
        return outcome == "Passed" ? "pass"
            : outcome != "Failed" ? "-"
            : Left().IsMatch(message ?? "") ? "left"
            : Refused().IsMatch(message ?? "") ? "refused" : "fail";
    }

    private string Cell(string runtime, string id)
    {
        List<string> all = _outcomes.GetValueOrDefault((runtime, id)) ?? [];
        return s_words.FirstOrDefault(all.Contains) ?? "-";
    }

    private int Count(string runtime, string word) => Requirements.All.Count(row => Cell(runtime, row.Id) == word);

    private static string Since(string id) =>
        s_newer.FirstOrDefault(entry => id.StartsWith(entry.Start, StringComparison.Ordinal)).Since ?? "";

    [GeneratedRegex("""^Csrun\.Conformance\.Tests\.(\w+)\.(\w+)(?:\(ids: "([A-Z0-9 -]+)")?""")]
    private static partial Regex NameOfTest();

    [GeneratedRegex(@"^(\S+ : )?the test changed the machine")]
    private static partial Regex Left();

    [GeneratedRegex(@"^refused|^(\S+ : )?expected exit code 0: .* (create|run|features) ")]
    private static partial Regex Refused();
}
