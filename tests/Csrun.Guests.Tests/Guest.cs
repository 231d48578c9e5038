using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.Guests.Tests;

/// <summary>
/// A machine with cgroup v2 and systemd, booted once from Debian's packages under QEMU's emulator (build/vm/jobs.sh),
/// and what the jobs that ran in it brought home.
/// </summary>
public abstract class Guest
{
    private const string End = ".job.sh";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(18);
    private readonly Dictionary<string, string> _lines = [];

    /// <summary>Makes the guest where it is missing and boots it.</summary>
    /// <param name="results">The directory below out/ for the results: tests, logs, journal, dmesg, console.</param>
    /// <param name="jobs">What it runs.</param>
    /// <exception cref="InvalidOperationException">It did not boot, or its jobs did not run to their end.</exception>
    protected Guest(string results, IEnumerable<string> jobs)
    {
        Results = Repository.At("out", results);
        if (!Programs.IsRoot)
        {
            return;
        }

        RunResult run = Programs.Run(
            new RunOptions { TimeLimit = s_patience },
            Repository.At("build", "vm", "jobs.sh"),
            [Results, "600", .. jobs.Select(job => job + "/*")]);
        string file = Path.Combine(Results, "tests");
        if (run.ExitCode != 0 || !File.Exists(file))
        {
            throw new InvalidOperationException(
                $"the guest did not run its jobs ({run.ExitCode}), see {Results}\n{run.Stderr}\n{Tail("console")}");
        }

        foreach (string line in File.ReadLines(file))
        {
            string name = line.Split(':')[0].Split(' ')[^1];
            _lines[name] = line;
        }
    }

    /// <summary>All jobs there are.</summary>
    public static IEnumerable<string> Jobs =>
        Directory.EnumerateFiles(Repository.At("tests", "Csrun.Guests.Tests", "jobs"), "*" + End).Order()
            .Select(file => Path.GetFileName(file)[..^End.Length]);

    private string Results { get; }

    /// <summary>
    /// The tests of a job, as JOB/NAME, from its script: so a result that did not come home is missed.
    /// </summary>
    public static IEnumerable<string> TestsOf(string job)
    {
        const string Beginning = "test_";
        return from line in File.ReadLines(Repository.At("tests", "Csrun.Guests.Tests", "jobs", job + End))
               where line.StartsWith(Beginning, StringComparison.Ordinal)
               select $"{job}/{line[Beginning.Length..line.IndexOf('(', StringComparison.Ordinal)]}";
    }

    /// <summary>What went wrong with a test of a job, with what it printed; empty where nothing did.</summary>
    /// <param name="test">JOB/NAME.</param>
    public string ComplaintOf(string test)
    {
        string line = _lines.GetValueOrDefault(test, "no result came home");
        return line == "ok " + test ? "" : $"{line}\n{Tail(Path.Combine("logs", test.Replace('/', '.')))}";
    }

    private string Tail(string name)
    {
        string path = Path.Combine(Results, name);
        return File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(40)) : "";
    }
}
