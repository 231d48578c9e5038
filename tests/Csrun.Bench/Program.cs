using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Csrun.Bench;

/// <summary>
/// Csrun.Bench bench CSRUN PROGRAMS REFERENCE: prints the table; exit code 1 where `--version` takes over 0.1 ms more
/// than the reference build's. Csrun.Bench compare CSRUN PROGRAMS COMMIT PAGE: writes the page. PROGRAMS is where the
/// compiled C programs are; CSRUN_BENCH_SCALE=0.1 takes a tenth of the rounds, for trying.
/// </summary>
internal static class Program
{
    private const double AllowedGrowth = 0.1;
    private const string Reference = "reference";

    private static readonly double s_scale =
        double.Parse(Environment.GetEnvironmentVariable("CSRUN_BENCH_SCALE") ?? "1", CultureInfo.InvariantCulture);

    private const string Usage =
        "usage: Csrun.Bench bench CSRUN PROGRAMS REFERENCE | compare CSRUN PROGRAMS COMMIT PAGE";

    private static int Main(string[] arguments)
    {
        if (arguments is not (["bench", _, _, _] or ["compare", _, _, _, _]))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        (string Name, string Binary)[] runtimes =
        [
            ("csrun", Path.GetFullPath(arguments[1])),
            ("crun", Programs.Find("crun")),
            ("runc", Programs.Find("runc")),
        ];
        if (Host.Load() is double load and > 0.5)
        {
            Console.WriteLine($"the machine is not quiet (load {load:0.0}): these figures are worth little");
        }

        using Cases cases = new(runtimes, Path.GetFullPath(arguments[2]));
        if (arguments[0] == "compare")
        {
            File.WriteAllText(arguments[4], Measure(cases).Page(arguments[3], runtimes));
            return 0;
        }

        Console.WriteLine(Host.Describe());
        Console.Write(Measure(cases).Text());
        ShowGrowth(arguments[3], cases);
        return IsAsQuickAs(arguments[3], cases) ? 0 : 1;
    }

    private static Report Measure(Cases cases)
    {
        Results results = new();
        Interleaving interleaving = new(results);
        Dictionary<(string Step, string Contestant), Counts> counts = [];
        (string Step, IReadOnlyList<Contestant> Contestants, int BackToBack, int Paused)[] all =
        [
            (Cases.Version, cases.OfVersion(), 200, 60),
            (Cases.Run, cases.OfRun(), 100, 60),
            ("life", cases.OfLife(), 60, 40),
        ];
        foreach ((string step, IReadOnlyList<Contestant> contestants, int backToBack, int paused) in all)
        {
            interleaving.Run(contestants, Pace.BackToBack, Rounds(backToBack));
            interleaving.Run(contestants, Pace.Paused, Rounds(paused));
            if (step is Cases.Version or Cases.Run)
            {
                foreach (Contestant contestant in contestants)
                {
                    counts[(step, contestant.Name)] = cases.Count(contestant);
                }
            }
        }

        return new Report(results, counts);
    }

    /// <summary>What grows here needs a reason in docs/decisions/startup.md.</summary>
    private static void ShowGrowth(string reference, Cases cases)
    {
        (string Name, string Binary) further = (Reference, reference);
        (string Step, IReadOnlyList<Contestant> Contestants)[] both =
            [(Cases.Version, cases.OfVersion(further)), (Cases.Run, cases.OfRun(further))];
        foreach ((string step, IReadOnlyList<Contestant> contestants) in both)
        {
            Counts now = cases.Count(contestants.Single(contestant => contestant.Name == "csrun"));
            Counts before = cases.Count(contestants.Single(contestant => contestant.Name == Reference));
            Console.WriteLine(
                $"{step}: {now.SystemCalls} system calls (reference build {before.SystemCalls}), " +
                $"{now.PageFaults} page faults ({before.PageFaults})");
        }
    }

    /// <summary>A growth counts when a second measurement shows it too.</summary>
    private static bool IsAsQuickAs(string reference, Cases cases)
    {
        for (int attempt = 0; ; attempt++)
        {
            Results results = new();
            new Interleaving(results).Run(cases.OfVersion((Reference, reference)), Pace.BackToBack, Rounds(400));
            double now = results.Median(Cases.Version, Pace.BackToBack, "csrun")!.Value;
            double before = results.Median(Cases.Version, Pace.BackToBack, Reference)!.Value;
            double floor = results.Ratio(Cases.Version, Pace.BackToBack, "csrun", "floor")!.Value;
            double crun = results.Ratio(Cases.Version, Pace.BackToBack, "csrun", "crun")!.Value;
            Console.WriteLine(
                $"--version: {now:0.000} ms, the reference build {before:0.000} ms ({now - before:+0.000;-0.000}); " +
                $"{floor:0.00} of an empty C program, {crun:0.00} of crun");
            if (now - before <= AllowedGrowth)
            {
                return true;
            }

            if (attempt == 1)
            {
                Console.WriteLine($"--version got slower by over {AllowedGrowth} ms");
                return false;
            }
        }
    }

    private static int Rounds(int full)
    {
        return Math.Max(2, (int)(full * s_scale));
    }
}
