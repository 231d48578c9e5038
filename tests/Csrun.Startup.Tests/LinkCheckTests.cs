using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.Startup.Tests;

/// <summary>
/// The link fails where a replaced function is not the runtime's own: another patch of the runtime that renames one
/// must not quietly bring the original back. The same for libc's start.
/// </summary>
public sealed class LinkCheckTests : RuntimeTest
{
    private static readonly string s_script = Repository.At("src", "Csrun", "Startup", "weaken-runtime-functions.sh");
    private static readonly string s_knowLibc = Repository.At("src", "Csrun", "Startup", "know-libc.sh");
    private static readonly string s_replacements = Repository.At("src", "Csrun", "Startup", "RuntimeFunctions.cs");

    [CsrunFact]
    public void Weakens_exactly_the_functions_that_are_replaced()
    {
        string archive = ArchiveOf("int replaced(void) { return 1; } int other(void) { return 2; }");
        string source = SourceWith("replaced");
        string other = Path.Combine(Work, "other.a");
        File.Copy(archive, other);

        Programs.Run(new RunOptions(), s_script, source, Copies, archive, other).Ok();

        Kinds(Path.Combine(Copies, "other.a")).Should().Equal("T other", "W replaced");
        Kinds(Path.Combine(Copies, "runtime.a")).Should().Equal("T other", "W replaced");
        Kinds(archive).Should().Equal("T other", "T replaced");
    }

    [CsrunFact]
    public void Fails_on_a_name_that_the_runtime_does_not_define()
    {
        string archive = ArchiveOf(
            "int replaced(void) { return 1; } extern int renamed(void); int other(void) { return renamed(); }");

        RunResult result = Programs.Run(
            new RunOptions(), s_script, SourceWith("replaced", "renamed"), Copies, archive).Exits(1);

        result.Stderr.Should().Contain("error CSRUN002: renamed is not a function of");
        Directory.Exists(Copies).Should().BeFalse();
    }

    [CsrunFact]
    public void Fails_on_another_runtime_than_the_one_that_ours_replaces_functions_of()
    {
        string archive = ArchiveOf("int other(void) { return 2; }");

        Programs.Run(new RunOptions(), s_script, s_replacements, Copies, archive).Exits(1)
            .Stderr.Should().Contain("error CSRUN002");
    }

    [CsrunFact]
    public void Fails_on_a_source_without_replacements()
    {
        string source = Path.Combine(Work, "Empty.cs");
        File.WriteAllText(source, "internal static class Empty;\n");

        Programs.Run(new RunOptions(), s_script, source, Copies, ArchiveOf("int other;")).Exits(1)
            .Stderr.Should().Contain("error CSRUN001");
    }

    [CsrunFact]
    public void Knows_the_libc_that_the_executable_is_linked_with()
    {
        Programs.Run(new RunOptions(), s_knowLibc).Ok();
    }

    [CsrunFact]
    public void Fails_on_a_libc_whose_start_asks_for_something_else()
    {
        string libc = ArchiveOf(
            "extern void new_step(void); void __libc_start_main(void) { new_step(); }", "libc-start.o");

        Programs.Run(new RunOptions(), s_knowLibc, libc).Exits(1)
            .Stderr.Should().Contain("error CSRUN003: its start is not one that LibcStart.cs knows");
    }

    [CsrunFact]
    public void The_executable_does_not_ask_the_processor_what_it_can_do()
    {
        Instructions(RuntimeBinary.UnderTest.Path).Should().NotContain("cpuid");
        Instructions(Repository.At("out", "plain", "csrun"))
            .Should().Contain("cpuid", "else the check above sees nothing");
    }

    private static IEnumerable<string> Instructions(string executable)
    {
        return Programs.Run("objdump", "--disassemble", "--no-show-raw-insn", executable).Lines
            .Select(line => line.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 1).Select(fields => fields[1]).Distinct();
    }

    private string Copies => Path.Combine(Work, "copies");

    private string SourceWith(params string[] names)
    {
        string source = Path.Combine(Work, "Replacements.cs");
        File.WriteAllLines(source, names.Select(name => $"    [RuntimeExport(\"{name}\")]"));
        return source;
    }

    private string ArchiveOf(string program, string member = "runtime.o")
    {
        string source = Path.Combine(Work, "runtime.c");
        File.WriteAllText(source, program + "\n");
        Programs.Run("gcc", "-c", source, "-o", Path.Combine(Work, member));
        string archive = Path.Combine(Work, "runtime.a");
        Programs.Run("ar", "rc", archive, Path.Combine(Work, member));
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
