using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Mono.Unix.Native;

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

    public static TheoryData<string> Recorded => [.. Recording.With("config.json").Select(recording => recording.Name)];

    [RootTheory]
    [MemberData(nameof(Recorded))]
    public void A_recorded_container_ends_as_recorded_and_as_under_Debians_runtime(string name)
    {
        Recording recording = new(name);
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
            ours.Message.Should().Contain(difference.Message);
            return;
        }

        ours.Ends.Should().Be(debians.Ends, $"csrun says {ours.Message}, Debian's {debians.Message}");
        ExpectRecorded(recording, ours);
        if (!Differences.InOutput(name))
        {
            Stable(Differences.AsUnderDebians(ours.Output)).Should().Equal(Stable(debians.Output));
        }
    }

    // A failure that was recorded for lack of a capability is none on a machine that has it.
    private static void ExpectRecorded(Recording recording, LifeEnd end)
    {
        if (recording.ExitCode == 0 || (MissingCapability.Explains(recording.Name) && !MissingCapability.IsMissing))
        {
            end.Ends.Should().StartWith(recording.IsRun ? "run 0" : "create 0, start 0", end.Message);
            return;
        }

        end.Ends.Should().Be($"create {recording.ExitCode}");
        if (MissingCapability.Explains(recording.Name))
        {
            end.Message.Should().Contain(MissingCapability.Name);
        }
    }

    private LifeEnd LiveUnderDebians(Recording recording)
    {
        RuntimeBinary debians = RuntimeBinary.Installed(recording.Runtime)
            ?? throw new FileNotFoundException($"{recording.Runtime} is not installed: run make test, which installs it");
        try
        {
            return Live(recording, debians);
        }
        finally
        {
            // It gives the host's /dev/null, which is the standard input here, to the container's user.
            _ = Syscall.chown("/dev/null", 0, 0);
            _ = Syscall.chmod("/dev/null", FilePermissions.DEFFILEMODE);
        }
    }

    private LifeEnd Live(Recording recording, RuntimeBinary runtime)
    {
        string id = NewId();
        using Life life = new(recording, runtime, Path.Combine(Work, id[(id.LastIndexOf('-') + 1)..]), id);
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
