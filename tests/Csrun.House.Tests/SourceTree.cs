using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.House.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static class SourceTree
{
    private static readonly EnumerationOptions s_oneBelow =
        new() { RecurseSubdirectories = true, MaxRecursionDepth = 1 };

    /// <summary>Its top directory, found by walking up from the test's own.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>The lists of what is banned, by their paths below the root.</summary>
    internal static IEnumerable<string> BannedLists =>
        Directory.GetFiles(Path.Combine(Root, "src"), "BannedSymbols*.txt", s_oneBelow)
            .Select(path => Path.GetRelativePath(Root, path)).Order();

    /// <summary>A list's entries, without comments and reasons.</summary>
    internal static IEnumerable<string> Entries(string list)
    {
        return File.ReadLines(Path.Combine(Root, list))
            .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            .Select(line => line.Split(';')[0]);
    }

    /// <summary>The C# sources of a project, without what builds put beside them.</summary>
    internal static IEnumerable<string> Sources(string project)
    {
        return SourcesBelow(Path.Combine("src", project));
    }

    /// <summary>The same of a directory below the root.</summary>
    internal static IEnumerable<string> SourcesBelow(string directory)
    {
        string top = Path.Combine(Root, directory);
        return Directory.EnumerateFiles(top, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(top, path).Split('/').Any(part => part is "bin" or "obj"));
    }

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Runtime.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new DirectoryNotFoundException($"no Runtime.sln above {AppContext.BaseDirectory}");
    }
}
