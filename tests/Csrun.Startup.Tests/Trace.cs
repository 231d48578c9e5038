using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Csrun.Startup.Tests;

/// <summary>What strace saw of a program and everything it started: one line for each system call.</summary>
internal static partial class Trace
{
    /// <summary>Traces a program to its end. The calls named, as strace's -e trace= has them; all by default.</summary>
    internal static string[] Of(string workDirectory, RunOptions options, string calls, params string[] command)
    {
        string output = Path.Combine(workDirectory, $"trace-{Guid.NewGuid():N}");
        string[] strace = ["-f", "-qq", "-s", "4096", "-e", $"trace={calls}", "-o", output, "--"];
        Programs.Run(options, "strace", [.. strace, .. command]);
        return [.. File.ReadAllLines(output).Where(IsCall)];
    }

    /// <summary>The name of a line's call.</summary>
    internal static string Name(string line)
    {
        return CallPattern().Match(line).Groups[1].Value;
    }

    /// <summary>The lines that name a shared object.</summary>
    internal static IEnumerable<string> SharedObjects(IEnumerable<string> lines)
    {
        return lines.Where(line => SharedObjectPattern().IsMatch(line));
    }

    // Not signals, exits, and the second halves of calls that another process interrupted on the page.
    private static bool IsCall(string line)
    {
        return CallPattern().IsMatch(line);
    }

    [GeneratedRegex("^[0-9]+ +([a-z0-9_]+)\\(")]
    private static partial Regex CallPattern();

    [GeneratedRegex("\\.so[.0-9]*\"")]
    private static partial Regex SharedObjectPattern();
}
