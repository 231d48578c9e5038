using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;

namespace Csrun.Engines.Tests;

/// <summary>How an engine is asked for something that it is killed at.</summary>
/// <param name="Prepare">Shell text that makes what the operation needs of $name.</param>
/// <param name="Do">Shell text of the operation on $name.</param>
/// <param name="Creates">The engine calls the runtime's create in it.</param>
internal sealed record KilledOperation(string Prepare, string Do, bool Creates)
{
    /// <summary>
    /// The status of containers that engines forget, below every runtime (docs/decisions/engines.md): those whose
    /// create they cut short by SIGKILL, and those whose create had just ended well. csrun lists them, and its delete
    /// --force removes all of them.
    /// </summary>
    public string Forgotten => Creates ? "stopped|created" : "stopped";
}

/// <summary>
/// Kills an engine at random moments of an operation, starts it anew, and looks at what is left: all belongs to
/// containers that the engine knows, and is gone when the engine has removed those.
/// </summary>
internal sealed class KillRounds(Engine engine)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(15);

    private readonly List<string> _complaints = [];

    /// <summary>How often each of the four operations is disturbed.</summary>
    public static int Count => Nightly.IsOn ? 25 : 8;

    /// <summary>Shell text that prints the processes to kill in every second round: the daemon.</summary>
    public required string Daemon { get; init; }

    /// <summary>The same for the other rounds: all that belongs to the engine.</summary>
    public required string Everything { get; init; }

    /// <summary>Starts the engine again.</summary>
    public required Action Restart { get; init; }

    /// <summary>Shell text that prints the ids of all containers that the engine knows.</summary>
    public required string Known { get; init; }

    /// <summary>Shell text that has the engine remove them all.</summary>
    public required string RemoveAll { get; init; }

    /// <summary>Shell text that calls the runtime on the state root that the engine gives it.</summary>
    public required string Runtime { get; init; }

    /// <summary>Disturbs an operation <see cref="Count"/> times; all that is wrong is told at the end.</summary>
    /// <param name="seed">Of the moments.</param>
    /// <param name="operation">What the engine does meanwhile.</param>
    public void Run(int seed, KilledOperation operation)
    {
        Undisturbed(operation);
        string[] clean = Traces();
        double duration = Undisturbed(operation).TotalSeconds;
        clean = ExpectOnly(operation, clean, "undisturbed");
        Random random = new(seed);
        for (int round = 0; round < Count; round++)
        {
            double moment = random.NextDouble() * duration;
            string at = string.Create(
                CultureInfo.InvariantCulture, $"seed {seed}, round {round}, after {moment:0.000} s");

            Disturbed(operation, moment, round % 2 == 0 ? Daemon : Everything);
            Restart();

            ExpectAllKnown(clean, at);
            clean = ExpectOnly(operation, clean, at);
        }

        string.Join('\n', _complaints).Should().BeEmpty();
    }

    private TimeSpan Undisturbed(KilledOperation operation)
    {
        string name = Prepared(operation);
        Stopwatch clock = Stopwatch.StartNew();
        Shell($"name={name}; {operation.Do}").Ok();
        TimeSpan duration = clock.Elapsed;
        Shell(RemoveAll).Ok();
        return duration;
    }

    private void Disturbed(KilledOperation operation, double moment, string victims)
    {
        string name = Prepared(operation);
        string after = moment.ToString("0.000", CultureInfo.InvariantCulture);
        Shell($$"""
            name={{name}}
            ( {{operation.Do}} ) >/dev/null 2>&1 &
            sleep {{after}}
            victims=$({{victims}})
            [ -z "$victims" ] || kill -KILL $victims
            for victim in $victims; do while [ -d /proc/$victim ]; do sleep 0.02; done; done
            wait
            """).Ok();
    }

    private string Prepared(KilledOperation operation)
    {
        string name = engine.NewName();
        Shell($"set -e; name={name}; {operation.Prepare}").Ok();
        return name;
    }

    /// <summary>State directories and cgroups bear the ids of containers.</summary>
    private void ExpectAllKnown(string[] clean, string at)
    {
        string[] unknown = Settled(() =>
        {
            string[] known = Shell($"{Known}; {Runtime} list -q").Ok().Lines;
            return [.. NotIn(clean).Where(line => line.StartsWith("state ", StringComparison.Ordinal)
                || line.StartsWith("cgroup ", StringComparison.Ordinal))
                .Where(line => !known.Any(id => line.Contains(id, StringComparison.Ordinal)))];
        });
        _complaints.AddRange(unknown.Select(line => $"{at}: the engine does not know {line}"));
    }

    /// <summary>
    /// Removes all: more than once, since a part of the engine that lived on may still be at work. What is left is
    /// complained of once; from then on it counts as there.
    /// </summary>
    private string[] ExpectOnly(KilledOperation operation, string[] clean, string at)
    {
        string[] left = Settled(() =>
        {
            Shell(RemoveAll);
            string forgotten = $"{Runtime} list | awk '$3 ~ /^({operation.Forgotten})$/ {{ print $1 }}'";
            Shell($"{forgotten} | xargs -r -n 1 {Runtime} delete --force").Ok();
            return [.. NotIn(clean)];
        });
        if (left.Length > 0)
        {
            string listed = Shell($"{Runtime} list; {Known}").Stdout;
            _complaints.Add($"{at}: there is still {string.Join(", ", left)}; csrun and the engine know {listed}");
        }

        return [.. clean, .. left];
    }

    private static string[] Settled(Func<string[]> look)
    {
        for (long end = Environment.TickCount64 + (long)s_settle.TotalMilliseconds; ; Thread.Sleep(50))
        {
            string[] seen = look();
            if (seen.Length == 0 || Environment.TickCount64 > end)
            {
                return seen;
            }
        }
    }

    private List<string> NotIn(string[] clean)
    {
        List<string> seen = [.. Traces()];
        foreach (string line in clean)
        {
            seen.Remove(line);
        }

        return seen;
    }

    private string[] Traces()
    {
        return engine.Run(Engine.Script("traces")).Ok().Lines;
    }

    private RunResult Shell(string text)
    {
        return engine.Run(s_limit, "sh", "-c", text);
    }
}
