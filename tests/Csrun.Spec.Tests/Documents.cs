using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.Spec.Tests;

/// <summary>The documents the tests read: recordings of engines, our fixtures, the specification's examples.</summary>
internal static class Documents
{
    /// <summary>The repository, found from where the tests run.</summary>
    public static string Repository { get; } = Up(AppContext.BaseDirectory, "Runtime.sln")
        ?? throw new DirectoryNotFoundException("no Runtime.sln above the tests");

    /// <summary>
    /// The specification's schema and examples, which are not part of the repository; null when not there.
    /// </summary>
    public static string? Schema { get; } = FindSchema();

    /// <summary>Recorded documents of one name, as paths below tests/recordings.</summary>
    public static TheoryData<string> Recordings(string name, string except = "") =>
        Below(Path.Combine(Repository, "tests/recordings"), name, except);

    /// <summary>Fixtures of one verdict, as names.</summary>
    public static TheoryData<string> Fixtures(string verdict) =>
        Below(Path.Combine(Repository, "spec-fixtures", verdict), "*.json");

    public static byte[] Recording(string path) =>
        File.ReadAllBytes(Path.Combine(Repository, "tests/recordings", path));

    public static byte[] Fixture(string verdict, string name) =>
        File.ReadAllBytes(Path.Combine(Repository, "spec-fixtures", verdict, name));

    /// <summary>What is said of a bad fixture, a line each.</summary>
    public static string[] Verdict(string name) => Lines(Path.Combine("bad", Path.ChangeExtension(name, ".verdict")));

    /// <summary>The warnings of a good fixture; most have none.</summary>
    public static string[] Warnings(string name)
    {
        string file = Path.Combine("good", Path.ChangeExtension(name, ".warnings"));
        return File.Exists(Path.Combine(Repository, "spec-fixtures", file)) ? Lines(file) : [];
    }

    /// <summary>
    /// Examples of the specification as paths; one empty path, for a test that is skipped, when not there.
    /// </summary>
    public static TheoryData<string> Examples(string directory, string pattern = "*.json") =>
        Schema is null ? [""] : Below(Path.Combine(Schema, "test", directory), pattern);

    public static byte[] Example(string directory, string name) =>
        File.ReadAllBytes(Path.Combine(Schema!, "test", directory, name));

    private static string[] Lines(string fixture) =>
        File.ReadAllLines(Path.Combine(Repository, "spec-fixtures", fixture));

    private static TheoryData<string> Below(string directory, string pattern, string except = "") => new(
        Directory.EnumerateFiles(directory, pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(directory, file))
            .Where(file => file != except)
            .Order(StringComparer.Ordinal));

    private static string? FindSchema()
    {
        List<string> candidates = [Path.Combine(Repository, "../shared/spec/schema")];
        if (Environment.GetEnvironmentVariable("CSRUN_SHARED") is { Length: > 0 } shared)
        {
            candidates.Insert(0, Path.Combine(shared, "spec/schema"));
        }

        return candidates.Find(Directory.Exists);
    }

    private static string? Up(string directory, string marker)
    {
        for (DirectoryInfo? at = new(directory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, marker)))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
