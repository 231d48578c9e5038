using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;

namespace Csrun.ForkZone.Tests;

/// <summary>
/// Managed code between clone3 and execve, again and again: each clone from a fresh process, as in life, with both
/// cores loaded and all children at their heaviest. A hang meets the time limit, an abort another exit code than
/// expected, and what is left behind the invariant after the batch. 2,000 clones; with CSRUN_NIGHTLY=1 100,000.
/// </summary>
/// <remarks>
/// Four at a time keep two cores busy without a program that only burns: a child then loses its core at any point of
/// its life, to its own parent among others. All are heavy, since that can be afforded: 2,000 in half a minute on two
/// quiet cores.
/// </remarks>
public sealed class CloneStormTests : RuntimeTest
{
    private const int BatchSize = 2_000;
    private const int AtOnce = 4;
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(60);

    /// <summary>One in three ends well, one in an exception before the start, one in an exception after it.</summary>
    private static readonly (string Program, int Code, string Says)[] s_endings =
    [
        ("/bin/true", 0, ""),
        ("/bin/nonexistent", 1, "no such file or directory"),
        (HeavyBundle.NoProgram, 1, "exec format error"),
    ];

    // One case for each 2,000, so that a hang is found within its batch and the runner sees progress.
    public static TheoryData<int> Batches =>
        [.. Enumerable.Range(1, Nightly.IsOn ? 50 : 1)];

    [CsrunTheory]
    [MemberData(nameof(Batches))]
    public void Every_clone_ends_as_its_program_does(int batch)
    {
        Bundle[] bundles =
            [.. s_endings.Select(ending => NewBundle().MakeHeavy().WithNoProgram().Args(ending.Program).Save())];
        string prefix = NewId();
        ConcurrentBag<string> failures = [];
        int next = 0;
        int done = 0;

        void Work()
        {
            int i;
            while ((i = Interlocked.Increment(ref next)) <= BatchSize && failures.Count < 10)
            {
                int kind = i % s_endings.Length;
                string id = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{batch}-{i}");
                if (FailureOf(bundles[kind], s_endings[kind], id) is string failure)
                {
                    failures.Add(failure);
                }

                Interlocked.Increment(ref done);
            }
        }

        List<Thread> threads = [.. Enumerable.Range(0, AtOnce).Select(_ => new Thread(Work))];
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        failures.Should().BeEmpty();
        done.Should().Be(BatchSize);
    }

    private string? FailureOf(Bundle bundle, (string Program, int Code, string Says) ending, string id)
    {
        try
        {
            RunResult result = Command(new RunOptions { TimeLimit = s_hang }, "run", "--bundle", bundle.Path, id);
            return result.ExitCode == ending.Code && result.OutputEnded
                && result.Stderr.Contains(ending.Says, StringComparison.OrdinalIgnoreCase) ? null : result.ToString();
        }
        catch (TimeoutException error)
        {
            return error.Message;
        }
    }
}
