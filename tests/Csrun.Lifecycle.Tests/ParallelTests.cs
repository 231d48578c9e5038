using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading;

namespace Csrun.Lifecycle.Tests;

/// <summary>Many containers at once, and many commands for one.</summary>
public sealed class ParallelTests : RuntimeTest
{
    private const int Workers = 8;
    private const int Lives = 500;
    private const int Rounds = 50;

    protected override TimeSpan Settle => TimeSpan.FromSeconds(10);

    [CsrunFact]
    public void Five_hundred_lives_from_eight_callers_leave_nothing()
    {
        Bundle bundle = NewBundle().Sh("exit").Save();
        ConcurrentQueue<string> left = new(Enumerable.Range(0, Lives).Select(_ => NewId()));
        ConcurrentQueue<string> failures = [];

        InParallel(Workers, _ =>
        {
            while (left.TryDequeue(out string? id))
            {
                foreach (string[] command in new[]
                {
                    ["create", "--bundle", bundle.Path, id],
                    new[] { "start", id },
                    ["delete", "--force", id],
                })
                {
                    RunResult result = Detached(command);
                    if (result.ExitCode != 0)
                    {
                        failures.Enqueue(result.ToString());
                    }
                }
            }
        });

        failures.Should().BeEmpty();
        Directory.GetFileSystemEntries(StateRoot).Should().BeEmpty();
    }

    [CsrunFact]
    public void Of_two_creates_for_one_id_exactly_one_wins()
    {
        Bundle bundle = NewBundle().Sh("exit").Save();
        for (int round = 0; round < Rounds; round++)
        {
            string id = NewId();
            ConcurrentBag<RunResult> results = [];

            InParallel(2, _ => results.Add(Detached("create", "--bundle", bundle.Path, id)));

            results.Count(result => result.ExitCode == 0).Should().Be(1, string.Join('\n', results));
            results.Single(result => result.ExitCode != 0).Exits(1).Stderr.Should()
                .Contain("container with given ID already exists");
            Command("start", id).Ok();
            Command("delete", "--force", id).Ok();
        }
    }

    [CsrunFact]
    public void Of_two_starts_exactly_one_wins()
    {
        Bundle bundle = NewBundle().Sh("sleep 100").Save();
        for (int round = 0; round < Rounds / 5; round++)
        {
            string id = NewId();
            Detached("create", "--bundle", bundle.Path, id).Ok();
            ConcurrentBag<RunResult> results = [];

            InParallel(2, _ => results.Add(Detached("start", id)));

            results.Count(result => result.ExitCode == 0).Should().Be(1, string.Join('\n', results));
            Command("delete", "--force", id).Ok();
        }
    }

    [CsrunFact]
    public void A_delete_beside_a_create_leaves_all_or_nothing()
    {
        Bundle bundle = NewBundle().Sh("exit").Save();
        for (int round = 0; round < Rounds; round++)
        {
            string id = NewId();

            InParallel(2, worker =>
            {
                Thread.Sleep(worker * (round % 10));
                _ = worker == 0 ? Detached("create", "--bundle", bundle.Path, id) : Detached("delete", "--force", id);
            });

            if (Directory.Exists(Path.Combine(StateRoot, id)))
            {
                Command("start", id).Ok();
                Command("delete", "--force", id).Ok();
            }
        }
    }

    // The container's output goes nowhere: nobody waits for its end.
    private RunResult Detached(params string[] command)
    {
        using Pipe output = new();
        using Pipe error = new();
        return Command(new RunOptions { Stdout = output, Stderr = error }, command);
    }

    private static void InParallel(int count, Action<int> work)
    {
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, count).Select(worker => new Thread(() =>
        {
            try
            {
                work(worker);
            }
            catch (Exception error)
            {
                failure = error;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (failure is not null)
        {
            throw failure;
        }
    }
}
