using System;
using System.IO;

namespace Csrun.Conformance.Tests;

/// <summary>Small programs for containers, in C, built once: busybox cannot make every call.</summary>
internal static class Tools
{
    private static readonly Lazy<string> s_directory = new(Build);

    /// <summary>Where they lie: a script of the host copies what its container needs.</summary>
    internal static string Directory => s_directory.Value;

    private static string Build()
    {
        string source = Repository.At("tests", "Csrun.Conformance.Tests", "tool.c");
        string target = Path.Combine(AppContext.BaseDirectory, "tool");
        if (!File.Exists(target) || File.GetLastWriteTimeUtc(target) < File.GetLastWriteTimeUtc(source))
        {
            Programs.Run("gcc", "-O1", "-static", "-o", target, source);
        }

        return AppContext.BaseDirectory;
    }
}
