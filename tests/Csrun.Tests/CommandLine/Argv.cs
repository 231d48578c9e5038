using System;
using System.Linq;
using System.Text;
using Csrun.CommandLine;
using Csrun.Reporting;

namespace Csrun.Tests.CommandLine;

/// <summary>Command lines written as a person writes them.</summary>
internal static class Argv
{
    internal static Invocation Parse(string line) => CommandLineParser.Parse(Bytes(line));

    internal static byte[][] Bytes(string line) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes)];

    /// <summary>What the program would print for a command line that it answers by itself.</summary>
    internal static Answer Answer(string line) =>
        OwnAnswers.Of(Parse(line), "/run/csrun") ?? throw new InvalidOperationException($"{line} is to be run");

    /// <summary>The error as standard error shows it without --log.</summary>
    internal static string Error(string line)
    {
        Invocation invocation = Parse(line);
        return invocation.Error is null ? "" : ErrorReport.ForPerson(invocation.Error.Detail, invocation.Dialect);
    }
}
