using System;
using System.IO;

namespace Csrun.Testing;

/// <summary>The repository that these tests were built from.</summary>
public static class Repository
{
    /// <summary>Its top directory, found by walking up from the test's own.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below it.</summary>
    public static string At(params string[] parts)
    {
        return Path.Combine([Root, .. parts]);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Runtime.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no Runtime.sln above {AppContext.BaseDirectory}");
    }
}
