using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Csrun.Bench;

/// <summary>A command line, laid out once and started many times; its output goes to the bench's own file.</summary>
internal sealed class Command : IDisposable
{
    private static readonly string[] s_environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"];

    private readonly SpawnPlan _plan;
    private readonly string _line;
    private readonly string _output;

    /// <param name="output">Where it writes; shown when it fails.</param>
    /// <param name="line">The program's path and its arguments.</param>
    internal Command(FileStream output, params IReadOnlyList<string> line)
    {
        using FileStream nothing = File.OpenRead("/dev/null");
        int input = (int)nothing.SafeFileHandle.DangerousGetHandle();
        int written = (int)output.SafeFileHandle.DangerousGetHandle();
        _output = output.Name;
        _line = string.Join(' ', line);
        Line = line;
        _plan = new SpawnPlan(line[0], line, s_environment, [new(input, 0), new(written, 1), new(written, 2)]);
    }

    /// <summary>The program's path and its arguments.</summary>
    internal IReadOnlyList<string> Line { get; }

    /// <summary>Runs it to its end: milliseconds from the call that starts it to the wait's return.</summary>
    /// <exception cref="InvalidOperationException">It did not exit with 0.</exception>
    internal double Run()
    {
        long start = Stopwatch.GetTimestamp();
        int pid = _plan.Start();
        int status = SpawnPlan.Wait(pid, out _);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return status == 0
            ? milliseconds
            : throw new InvalidOperationException(
                $"{_line} exits with {SpawnPlan.ExitCode(status)}:\n{File.ReadLines(_output).LastOrDefault()}");
    }

    public void Dispose()
    {
        _plan.Dispose();
    }
}
