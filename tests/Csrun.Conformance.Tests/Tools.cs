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
        Compile(Repository.At("tests", "Csrun.Conformance.Tests", "tool.c"));
        Compile(Repository.At("tests", "Csrun.Seccomp.Kernel.Tests", "call.c"));
        return AppContext.BaseDirectory;
    }

    private static void Compile(string source)
    {
        string target = Path.Combine(AppContext.BaseDirectory, Path.GetFileNameWithoutExtension(source));
        if (!File.Exists(target) || File.GetLastWriteTimeUtc(target) < File.GetLastWriteTimeUtc(source))
        {
            Programs.Run("gcc", "-O1", "-static", "-o", target, source);
        }
    }
}
