using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Csrun.Testing.Recorded;

namespace Csrun.Recordings.Tests;

/// <summary>
/// Every container that an engine was recorded to create lives its life again, from the recorded command line: under
/// csrun by the recorded name, and under Debian's runtime of that name in the same run.
/// </summary>
public sealed partial class LifeTests : RuntimeTest
{
    static LifeTests()
    {
        // The state roots of calls without --root; making them is no work of the container's.
        foreach (string name in new[] { "csrun", "runc", "crun" })
        {
            Directory.CreateDirectory("/run/" + name);
        }
    }

    public static TheoryData<string> Creates => [.. Recording.With("config.json").Select(recording => recording.Name)];

    public static TheoryData<string> Execs => [.. Recording.With("process.json").Select(recording => recording.Name)];

    [RootTheory]
    [MemberData(nameof(Creates))]
    public void A_recorded_container_ends_as_recorded_and_as_under_Debians_runtime(string name)
    {
        Compare(new Recording(name));
    }

    [RootTheory]
    [MemberData(nameof(Execs))]
    public void A_recorded_exec_ends_as_recorded_and_as_under_Debians_runtime(string name)
    {
        Compare(new Recording(name));
    }

    private void Compare(Recording recording)
    {
        string name = recording.Name;
        LifeEnd ours = Live(recording, Runtime.As(recording.Runtime));
        if (NotYet.Refusal(name) is string place)
        {
            ours.Ends.Should().Be("create 1");
            ours.Message.Should().Contain(place);
            return;
        }

        LifeEnd debians = LiveUnderDebians(recording);
        if (Differences.Ends(name) is Difference difference)
        {
            debians.Ends.Should().Be(difference.Debian, difference.Why);
            ours.Ends.Should().Be(difference.Csrun, difference.Why);
            ours.Message.Should().Match($"*{difference.Message}*");
        }
        else
        {
            ours.Ends.Should().Be(debians.Ends, $"csrun says {ours.Message}, Debian's {debians.Message}");
            ExpectRecorded(recording, ours);
        }

        if (ours.Ran && debians.Ran && !Differences.InOutput(name))
        {
            Stable(Differences.AsUnderDebians(ours.Output)).Should().Equal(Stable(debians.Output));
        }
    }

    // A failure that was recorded for lack of a capability is none on a machine that has it.
    private static void ExpectRecorded(Recording recording, LifeEnd end)
    {
        string start = recording.IsRun ? "run " : recording.IsExec ? "create 0, start 0, exec " : "create ";
        bool isCured = MissingCapability.Explains(recording.Name) && !MissingCapability.IsMissing;
        end.Ends.Should().StartWith(start + (isCured ? 0 : recording.ExitCode), end.Message);
        if (recording.ExitCode != 0 && !isCured)
        {
            bool lacksCapability = MissingCapability.Explains(recording.Name);
            end.Message.Should().Contain(lacksCapability ? MissingCapability.Name : recording.Cause);
        }
    }

    private LifeEnd LiveUnderDebians(Recording recording)
    {
        RuntimeBinary debians = RuntimeBinary.Installed(recording.Runtime)
            ?? throw new FileNotFoundException($"{recording.Runtime} is not installed: run make test");
        try
        {
            return Live(recording, debians);
        }
        finally
        {
            HostNull.PutBack();
        }
    }

    private LifeEnd Live(Recording recording, RuntimeBinary runtime)
    {
        string id = NewId();
        string directory = Path.Combine(Work, id[(id.LastIndexOf('-') + 1)..]);
        using Life life = recording.IsExec
            ? new Life(recording.ContainerOfExec, runtime, directory, id, recording)
            : new Life(recording, runtime, directory, id);
        return life.Live();
    }

    // Mounts are shown in the order they were made, which is nobody's business.
    private static string[] Stable(string output)
    {
        return [.. TimeOfDay().Replace(output, "TIME").Split('\n').Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"[A-Z][a-z]{2} +\d+ +\d\d:\d\d")]
    private static partial Regex TimeOfDay();
}
