using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Csrun.House.Tests;

/// <summary>
/// A small project under the repository's build files: it builds, and does not once it breaks a rule.
/// </summary>
public sealed partial class BrokenBuildTests : IDisposable
{
    // What the own list of Csrun.Init bans is Csrun.Linux's; a stand-in of the same name is found just so.
    private const string Kernel = """
        namespace Csrun.Linux;

        /// <summary>Stands in for the real one.</summary>
        public static class Kernel
        {
            /// <summary>The working directory.</summary>
            public const int AT_FDCWD = -100;
        }
        """;

    private const string Harmless = """
        namespace Csrun.Init;

        /// <summary>Breaks no rule.</summary>
        public static class Subject
        {
            /// <summary>Adds.</summary>
            public static int Sum(int one, int other)
            {
                return one + other;
            }
        }
        """;

    private const string Forbidden = """
        using System;
        using System.Globalization;
        using System.IO;
        using Csrun.Linux;

        namespace Csrun.Init;

        /// <summary>Breaks a rule of each list, and some more.</summary>
        public static class Subject
        {
            /// <summary>Forbidden one and all.</summary>
            public static void Break()
            {
                Console.Write("written");
                GC.Collect();
                File.Delete("/nothing");
                _ = CultureInfo.InvariantCulture;
                _ = Kernel.AT_FDCWD;
                lock (new System.Threading.Lock())
                {
                    _ = new Lazy<int>(3);
                }
            }
        }
        """;

    private static readonly string[] s_buildFiles =
    [
        "global.json",
        ".editorconfig",
        "Directory.Build.props",
        "Directory.Packages.props",
        "src/Directory.Build.props",
    ];

    private readonly string _top = Path.Combine(Path.GetTempPath(), $"csrun-house-{Guid.NewGuid():N}");

    public void Dispose()
    {
        Directory.Delete(_top, recursive: true);
    }

    [Fact]
    public void A_use_of_what_is_banned_fails_the_build_and_says_why()
    {
        (int code, string output) = Build(Forbidden);

        code.Should().NotBe(0);
        string[] banned = [.. BannedPattern().Matches(output).Select(match => match.Groups[1].Value).Distinct()];
        banned.Should().Contain(["Console", "File", "Kernel.AT_FDCWD", "System.Globalization", "Lock"]);
        banned.Should().Contain(symbol => symbol.StartsWith("GC.Collect", StringComparison.Ordinal));
        banned.Should().Contain(symbol => symbol.StartsWith("Lazy<", StringComparison.Ordinal));
        output.Should().Contain("starts a thread for signals; write to a descriptor");
        OtherErrorPattern().Matches(output).Should().BeEmpty("nothing else may be what breaks it");
    }

    [Fact]
    public void The_same_project_builds_when_it_keeps_the_rules()
    {
        (int code, string output) = Build(Harmless);

        code.Should().Be(0, output);
    }

    private (int Code, string Output) Build(string subject)
    {
        string project = Path.Combine(_top, "src", "Csrun.Init");
        Directory.CreateDirectory(project);
        foreach (string file in s_buildFiles.Concat(SourceTree.BannedLists))
        {
            File.Copy(Path.Combine(SourceTree.Root, file), Path.Combine(_top, file));
        }

        string plainest = Path.Combine(SourceTree.Root, "src", "Csrun.Linux", "Csrun.Linux.csproj");
        File.Copy(plainest, Path.Combine(project, "Csrun.Init.csproj"));
        File.WriteAllText(Path.Combine(project, "Kernel.cs"), Kernel + "\n");
        File.WriteAllText(Path.Combine(project, "Subject.cs"), subject + "\n");
        string[] alone = ["-m:1", "-nodeReuse:false", "-p:UseSharedCompilation=false"];
        return Run("dotnet", ["build", project, "--nologo", "-v", "quiet", .. alone]);
    }

    private static (int Code, string Output) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";

        // What the running test host was told about its own build must not reach another.
        foreach (string name in start.Environment.Keys.ToArray())
        {
            if (name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))
            {
                start.Environment.Remove(name);
            }
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    [GeneratedRegex("error RS0030: The symbol '([^']+)' is banned in this project")]
    private static partial Regex BannedPattern();

    [GeneratedRegex("error (?!RS0030)[A-Z]+[0-9]+")]
    private static partial Regex OtherErrorPattern();
}
