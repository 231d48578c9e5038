using System.IO;
using System.Linq;

namespace Csrun.Startup.Tests;

/// <summary>
/// The link fails where a replaced function is not the runtime's own: another patch of the runtime that renames one
/// must not quietly bring the original back.
/// </summary>
public sealed class LinkCheckTests : RuntimeTest
{
    private static readonly string s_script = Repository.At("src", "Csrun", "Startup", "weaken-runtime-functions.sh");
    private static readonly string s_replacements = Repository.At("src", "Csrun", "Startup", "RuntimeFunctions.cs");

    [CsrunFact]
    public void Weakens_exactly_the_functions_that_are_replaced()
    {
        string archive = ArchiveOf("int replaced(void) { return 1; } int other(void) { return 2; }");
        string source = SourceWith("replaced");
        string copy = Path.Combine(Work, "copy.a");

        Programs.Run(new RunOptions(), s_script, source, archive, copy).Ok();

        Kinds(copy).Should().Equal("T other", "W replaced");
        Kinds(archive).Should().Equal("T other", "T replaced");
    }

    [CsrunFact]
    public void Fails_on_a_name_that_the_runtime_does_not_define()
    {
        string archive = ArchiveOf(
            "int replaced(void) { return 1; } extern int renamed(void); int other(void) { return renamed(); }");

        RunResult result = Programs.Run(
            new RunOptions(), s_script, SourceWith("replaced", "renamed"), archive, Path.Combine(Work, "copy.a"))
            .Exits(1);

        result.Stderr.Should().Contain("error CSRUN002: renamed is not a function of");
        File.Exists(Path.Combine(Work, "copy.a")).Should().BeFalse();
    }

    [CsrunFact]
    public void Fails_on_another_runtime_than_the_one_that_ours_replaces_functions_of()
    {
        string archive = ArchiveOf("int other(void) { return 2; }");

        Programs.Run(new RunOptions(), s_script, s_replacements, archive, Path.Combine(Work, "copy.a")).Exits(1)
            .Stderr.Should().Contain("error CSRUN002");
    }

    [CsrunFact]
    public void Fails_on_a_source_without_replacements()
    {
        string source = Path.Combine(Work, "Empty.cs");
        File.WriteAllText(source, "internal static class Empty;\n");

        Programs.Run(new RunOptions(), s_script, source, ArchiveOf("int other;"), Path.Combine(Work, "copy.a")).Exits(1)
            .Stderr.Should().Contain("error CSRUN001");
    }

    private string SourceWith(params string[] names)
    {
        string source = Path.Combine(Work, "Replacements.cs");
        File.WriteAllLines(source, names.Select(name => $"    [RuntimeExport(\"{name}\")]"));
        return source;
    }

    private string ArchiveOf(string program)
    {
        string source = Path.Combine(Work, "runtime.c");
        File.WriteAllText(source, program + "\n");
        Programs.Run("gcc", "-c", source, "-o", Path.Combine(Work, "runtime.o"));
        string archive = Path.Combine(Work, "runtime.a");
        Programs.Run("ar", "rc", archive, Path.Combine(Work, "runtime.o"));
        return archive;
    }

    private static string[] Kinds(string archive)
    {
        return [.. Programs.Run("nm", "--defined-only", archive).Lines
            .Select(line => line.Split(' '))
            .Where(fields => fields.Length == 3)
            .Select(fields => $"{fields[1]} {fields[2]}")
            .Order()];
    }
}
