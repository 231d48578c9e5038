using System;
using System.Collections.Generic;

namespace Csrun.Testing;

/// <summary>How a program is started. Every property has the default that an engine would choose.</summary>
public sealed record RunOptions
{
    /// <summary>What the program reads from its standard input; then end of file.</summary>
    public byte[] Stdin { get; init; } = [];

    /// <summary>A descriptor of the test to be standard input, instead of <see cref="Stdin"/>.</summary>
    public int? StdinFd { get; init; }

    /// <summary>Where the container's output goes when it outlives the command: read it from there.</summary>
    public Pipe? Stdout { get; init; }

    /// <summary>Like <see cref="Stdout"/>.</summary>
    public Pipe? Stderr { get; init; }

    /// <summary>KEY=value entries; by default the few that every caller has.</summary>
    public IReadOnlyList<string> Environment { get; init; } =
        ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"];

    /// <summary>Where the program starts; null: where the test is.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Further descriptors, open from 3 on as a careless caller would leave them.</summary>
    public IReadOnlyList<int> ExtraFds { get; init; } = [];

    /// <summary>Start it as this user (and group), without other groups and capabilities.</summary>
    public uint? Uid { get; init; }

    /// <summary>After this the whole process group is killed and the test fails.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What became of a program.</summary>
/// <param name="Command">Its command line, for messages.</param>
/// <param name="Pid">The process it was.</param>
/// <param name="ExitCode">As a shell's $?.</param>
/// <param name="Stdout">What it wrote, as UTF-8.</param>
/// <param name="Stderr">What it complained about.</param>
/// <param name="OutputEnded">False: it is gone, and somebody still holds its standard output or error.</param>
/// <param name="Elapsed">From start to the wait's return.</param>
/// <param name="Usage">Its resources, children included that it waited for.</param>
public sealed record RunResult(
    string Command,
    int Pid,
    int ExitCode,
    string Stdout,
    string Stderr,
    bool OutputEnded,
    TimeSpan Elapsed,
    ResourceUsage Usage)
{
    /// <summary>The result itself, where the exit code is as expected; else an error that shows everything.</summary>
    public RunResult Exits(int code)
    {
        return ExitCode == code ? this : throw new Xunit.Sdk.XunitException($"expected exit code {code}: {this}");
    }

    /// <summary>Exit code 0, or an error that shows everything.</summary>
    public RunResult Ok()
    {
        return Exits(0);
    }

    /// <summary>Standard error as it was before a log's form quoted it.</summary>
    public string Message => Stderr.Replace("\\\"", "\"");

    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString()
    {
        return $"{Command} -> exit {ExitCode}\nstdout: {Stdout}\nstderr: {Stderr}";
    }
}
