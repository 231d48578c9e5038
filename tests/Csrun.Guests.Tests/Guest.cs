using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Csrun.Guests.Tests;

/// <summary>
/// A machine with cgroup v2 and systemd, booted once from Debian's packages under QEMU's emulator (build/vm/jobs.sh),
/// and what the jobs that ran in it brought home.
/// </summary>
public sealed class Guest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(18);
    private readonly Dictionary<string, string> _lines = [];

    /// <summary>Makes the guest where it is missing and boots it.</summary>
    /// <exception cref="InvalidOperationException">It did not boot, or its jobs did not run to their end.</exception>
    public Guest()
    {
        if (!Programs.IsRoot)
        {
            return;
        }

        RunResult run = Programs.Run(
            new RunOptions { TimeLimit = s_patience }, Repository.At("build", "vm", "jobs.sh"), Results, "600");
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

    /// <summary>Where the results are: tests, logs, journal, dmesg, console.</summary>
    public static string Results { get; } = Repository.At("out", "guest");

    /// <summary>The line that a test of a job left, with what it printed where it failed.</summary>
    /// <param name="test">JOB/NAME.</param>
    public string LineOf(string test)
    {
        string line = _lines.GetValueOrDefault(test, "no result came home");
        return line.StartsWith("ok ", StringComparison.Ordinal)
            ? line
            : $"{line}\n{Tail(Path.Combine("logs", test.Replace('/', '.')))}";
    }

    private static string Tail(string name)
    {
        string path = Path.Combine(Results, name);
        return File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(40)) : "";
    }
}
