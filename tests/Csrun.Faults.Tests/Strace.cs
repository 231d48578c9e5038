using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Csrun.Faults.Tests;

/// <summary>One system call of a command: the <paramref name="Number"/>th of its name, counted from 1.</summary>
public sealed record Position(string Call, int Number)
{
    public override string ToString()
    {
        return $"{Call} {Number}";
    }
}

/// <summary>strace in front of a command: first to count its calls, then to spoil one of them.</summary>
internal sealed partial class Strace
{
    // What the kernel is asked for by libc and the .NET runtime alone, or what cannot fail and changes nothing outside.
    private static readonly HashSet<string> s_private =
    [
        "access", "arch_prctl", "brk", "execve", "execveat", "exit_group", "futex", "getpid", "getrandom", "gettid",
        "madvise", "membarrier", "mmap", "mprotect", "munmap", "pread64", "prlimit64", "rseq", "rt_sigaction",
        "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "set_robust_list", "set_tid_address", "sysinfo",
    ];

    private readonly RuntimeBinary _runtime;
    private readonly string _stateRoot;
    private readonly string _output;

    public Strace(RuntimeBinary runtime, string stateRoot, string output)
    {
        _runtime = runtime;
        _stateRoot = stateRoot;
        _output = output;
    }

    /// <summary>What the last command did, as strace shows it.</summary>
    public string Text => File.ReadAllText(_output);

    /// <summary>The call that was spoilt, as strace shows it; empty where none was.</summary>
    public string Injected => File.ReadLines(_output)
        .FirstOrDefault(line => line.Contains("(INJECTED)", StringComparison.Ordinal)) ?? "";

    /// <summary>
    /// Whether the fault met csrun itself, though it was meant for its child: cleaning up after the child, csrun makes
    /// calls that it does not make in an unharmed run.
    /// </summary>
    public bool HasHitCsrun
    {
        get
        {
            string[] lines = File.ReadAllLines(_output);
            string csrun = lines[0].Split(' ')[0] + " ";
            return lines.Any(line => line.StartsWith(csrun, StringComparison.Ordinal)
                && (line.Contains("(INJECTED)", StringComparison.Ordinal)
                    || line.Contains("+++ killed by", StringComparison.Ordinal)));
        }
    }

    /// <summary>
    /// Runs the command unharmed; the calls of csrun's own process, in the order in which they first appear.
    /// </summary>
    public IReadOnlyList<Position> CallsOfCsrun(int expectedExit, params string[] command)
    {
        Trace([], command).Exits(expectedExit);
        return Expand(Count(File.ReadLines(_output)), _ => 0);
    }

    /// <summary>
    /// The same for its child until the execve: those that csrun itself does not make as often, so that strace, which
    /// counts in each process apart, meets the child alone.
    /// </summary>
    public IReadOnlyList<Position> CallsOfChild(int expectedExit, params string[] command)
    {
        Trace(["-f"], command).Exits(expectedExit);
        string[] lines = File.ReadAllLines(_output);
        string csrun = lines[0].Split(' ')[0];
        string child = lines.Select(line => line.Split(' ')[0]).First(pid => pid != csrun);
        Dictionary<string, int> own = Count(
            lines.Where(line => line.StartsWith(csrun + " ", StringComparison.Ordinal)));
        Dictionary<string, int> its = Count(lines.Where(line => line.StartsWith(child + " ", StringComparison.Ordinal))
            .TakeWhile(line => !line.Contains(" execve(", StringComparison.Ordinal)));
        return Expand(its, call => own.GetValueOrDefault(call));
    }

    /// <summary>Runs the command and spoils one call: <c>signal=KILL</c> or <c>error=EIO</c>.</summary>
    public RunResult Spoil(Position at, string how, bool child, params string[] command)
    {
        string[] flags = ["-e", $"inject={at.Call}:{how}:when={at.Number}"];
        return Trace(child ? ["-f", .. flags] : flags, command);
    }

    private RunResult Trace(IReadOnlyList<string> flags, string[] command)
    {
        using Pipe output = new();
        using Pipe error = new();
        return Programs.Run(
            new RunOptions { Stdout = output, Stderr = error, TimeLimit = TimeSpan.FromSeconds(20) },
            "strace",
            ["-qq", "-o", _output, .. flags, _runtime.Path, "--root", _stateRoot, .. command]);
    }

    private static Dictionary<string, int> Count(IEnumerable<string> lines)
    {
        return lines.Select(line => Call().Match(line)).Where(match => match.Success)
            .GroupBy(match => match.Groups[1].Value).ToDictionary(group => group.Key, group => group.Count());
    }

    private static List<Position> Expand(Dictionary<string, int> counts, Func<string, int> after)
    {
        return [.. counts.Where(count => !s_private.Contains(count.Key)).SelectMany(count =>
            Enumerable.Range(after(count.Key) + 1, Math.Max(0, count.Value - after(count.Key)))
                .Select(number => new Position(count.Key, number)))];
    }

    [GeneratedRegex(@"^(?:\d+ +)?(\w+)\(")]
    private static partial Regex Call();
}
