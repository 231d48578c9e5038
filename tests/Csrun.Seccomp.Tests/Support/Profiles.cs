using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Csrun.Spec;

namespace Csrun.Seccomp.Tests.Support;

/// <summary>Profiles that engines were recorded sending, and those of our fixtures.</summary>
internal static class Profiles
{
    /// <summary>Each distinct one with the path of a recording that has it.</summary>
    public static IReadOnlyList<(string Path, LinuxSeccomp Profile)> Recorded { get; } = Read();

    /// <summary>A recorded profile by its path.</summary>
    public static LinuxSeccomp Of(string path)
    {
        return Recorded.First(recorded => recorded.Path == path).Profile;
    }

    /// <summary>The same without the names that the installed libseccomp is too old for.</summary>
    public static LinuxSeccomp KnownToLibSeccomp(LinuxSeccomp profile)
    {
        return profile with
        {
            Syscalls = [.. (profile.Syscalls ?? [])
                .Select(rule => rule with { Names = [.. rule.Names!.Where(LibSeccomp.Knows)] })
                .Where(rule => rule.Names!.Length > 0)],
        };
    }

    private static List<(string Path, LinuxSeccomp Profile)> Read()
    {
        string top = Repository();
        List<(string, LinuxSeccomp)> profiles = [];
        HashSet<string> seen = [];
        IEnumerable<string> files =
        [
            .. Directory.EnumerateFiles(
                Path.Combine(top, "tests/recordings"), "config.json", SearchOption.AllDirectories),
            .. Directory.EnumerateFiles(Path.Combine(top, "spec-fixtures/good"), "*.json"),
        ];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            ContainerConfig? config = ConfigReader.Read(File.ReadAllBytes(file), out _);
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (config?.Linux?.Seccomp is LinuxSeccomp profile
                && seen.Add(document.RootElement.GetProperty("linux").GetProperty("seccomp").GetRawText()))
            {
                profiles.Add((Path.GetRelativePath(top, file), profile));
            }
        }

        return profiles;
    }

    private static string Repository()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Runtime.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("no Runtime.sln above the tests");
    }
}
