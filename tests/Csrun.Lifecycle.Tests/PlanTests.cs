using System.IO;
using System.Linq;

namespace Csrun.Lifecycle.Tests;

/// <summary><c>csrun plan</c>: what would be done, without root and without touching anything.</summary>
public sealed class PlanTests : RuntimeTest
{
    public static TheoryData<string> Good => Fixtures("good");

    public static TheoryData<string> Bad => Fixtures("bad");

    [CsrunTheory]
    [MemberData(nameof(Good))]
    public void Plans_what_is_good_or_says_what_it_does_not_do_yet(string name)
    {
        RunResult result = Plan($"good/{name}.json");

        if (result.ExitCode == 0)
        {
            result.Stdout.Should().StartWith("container         bundle\n").And.Contain("\nroot              ");
            return;
        }

        string[] lines = result.Exits(1).Stderr.TrimEnd('\n').Split('\n');
        lines.Where(line => !line.Contains("not supported by this version of csrun")).Should().BeEmpty();
    }

    [CsrunTheory]
    [MemberData(nameof(Bad))]
    public void Says_all_that_is_wrong_a_line_each(string name)
    {
        string[] faults = File.ReadAllLines(Repository.At("spec-fixtures", "bad", name + ".verdict"));
        string bundle = Path.Combine(Work, "bundle");

        Plan($"bad/{name}.json").Exits(1).Stderr
            .Should().Be(string.Concat(faults.Select(fault => $"csrun: plan {bundle}: {Named(fault)}\n")));

        static string Named(string fault) => fault.StartsWith("line ") ? "config.json: " + fault : fault;
    }

    [CsrunFact]
    public void Needs_no_rights()
    {
        Bundle bundle = NewBundle().Save();

        Command(new RunOptions { Uid = 12345 }, "plan", bundle.Path).Ok().Stdout
            .Should().Contain("execute           sh");
    }

    [CsrunFact]
    public void Names_the_missing_file_in_the_words_of_the_kernel()
    {
        string nowhere = Path.Combine(Work, "nowhere");

        Command("plan", nowhere).Exits(1).Stderr.Should()
            .Be($"csrun: plan {nowhere}: --bundle: open {nowhere}/config.json: no such file or directory (ENOENT)\n");
    }

    private static TheoryData<string> Fixtures(string verdict) => new(
        Directory.EnumerateFiles(Repository.At("spec-fixtures", verdict), "*.json")
            .Select(file => Path.GetFileNameWithoutExtension(file)!).Order());

    private RunResult Plan(string fixture)
    {
        string bundle = Path.Combine(Work, "bundle");
        Directory.CreateDirectory(bundle);
        File.Copy(Repository.At("spec-fixtures", fixture), Path.Combine(bundle, "config.json"));
        return Command("plan", bundle);
    }
}
