using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Csrun.Faults.Tests;

/// <summary>
/// A system call that fails, at every place: either create says so in one line and leaves nothing, or it can do
/// without, and the container works.
/// </summary>
public sealed partial class ErrorTests : FaultTest
{
    private static readonly string[] s_errors = ["ENOMEM", "EIO", "ENOSPC"];

    [CsrunFact]
    public void Csrun_reports_it_and_leaves_nothing()
    {
        string[] create = ["create", "--bundle", NewFaultBundle().Path, Id];
        IReadOnlyList<Position> all = Strace.CallsOfCsrun(0, create);
        Command("delete", "--force", Id).Ok();
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].Call == "close")
            {
                continue; // the descriptor stays open then: strace does not let the kernel see the call
            }

            RunResult result = Strace.Spoil(all[i], $"error={s_errors[i % s_errors.Length]}", child: false, create);

            if (result.ExitCode == 0)
            {
                ExpectItWorks(all[i]);
            }
            else
            {
                ExpectReport(all[i], result, "create");
            }

            ExpectNothing(all[i], "after create");
        }

        Conclude();
    }

    [CsrunFact]
    public void The_first_process_reports_it_and_leaves_nothing()
    {
        string[] run = ["run", "--bundle", NewFaultBundle().Path, Id];
        IReadOnlyList<Position> all = Strace.CallsOfChild(3, run);
        int met = 0;
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].Call == "close")
            {
                continue;
            }

            RunResult result = Strace.Spoil(all[i], $"error={s_errors[i % s_errors.Length]}", child: true, run);
            if (Strace.HasHitCsrun)
            {
                ExpectForceRemovesAll(all[i]);
                continue;
            }

            met++;

            if (result.ExitCode != 3)
            {
                ExpectReport(all[i], result, "run");
            }

            ExpectNothing(all[i], "after run");
        }

        met.Should().BeGreaterThan(all.Count / 2, "most faults must meet the first process itself");
        Conclude();
    }

    private void ExpectItWorks(Position at)
    {
        Expect(Command("start", Id).ExitCode == 0, at, "create ignored it, and then start fails");
        RunResult deleted = Command("delete", "--force", Id);
        Expect(deleted.ExitCode == 0, at, deleted.ToString());
    }

    private void ExpectReport(Position at, RunResult result, string command)
    {
        string[] lines = result.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        bool hint = lines.Length == 2 && lines[1].StartsWith("hint: ", StringComparison.Ordinal);
        bool wellSaid = (lines.Length == 1 || hint) && (lines[0].StartsWith("csrun: seal: ", StringComparison.Ordinal)
            || (lines[0].StartsWith($"csrun: {command} {Id}: ", StringComparison.Ordinal)
                && NamedError().IsMatch(lines[0])));
        Expect(result.ExitCode == 1 && wellSaid, at, result.ToString());
    }

    [GeneratedRegex(@"\((ENOMEM|EIO|ENOSPC)\)$")]
    private static partial Regex NamedError();
}
