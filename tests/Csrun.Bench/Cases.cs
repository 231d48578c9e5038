using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Csrun.Testing.Outside;

namespace Csrun.Bench;

/// <summary>What a command and the children it waits for ask of the kernel.</summary>
/// <param name="SystemCalls">Their number, in all processes and threads.</param>
/// <param name="PageFaults">Those without I/O and with.</param>
/// <param name="PeakKiB">The largest resident set of one of them.</param>
internal sealed record Counts(int SystemCalls, int PageFaults, int PeakKiB);

/// <summary>What is measured: `--version`, `run`, and a container's life command by command.</summary>
internal sealed class Cases : IDisposable
{
    internal const string Version = "--version";
    internal const string Run = "run";

    private const string Floor = "floor";
    private readonly IReadOnlyList<(string Name, string Binary)> _runtimes;
    private readonly string _work;
    private readonly string _programs;
    private readonly FileStream _output;
    private readonly Bundle _ends;
    private readonly Bundle _stays;
    private readonly List<Command> _commands = [];

    /// <param name="runtimes">The columns, and whose they are.</param>
    /// <param name="programs">The directory of the floor's programs.</param>
    internal Cases(IReadOnlyList<(string Name, string Binary)> runtimes, string programs)
    {
        _runtimes = runtimes;
        _programs = programs;

        // Where the runtimes themselves keep their state: what that file system costs belongs to the figures.
        _work = $"/run/csrun-bench-{Environment.ProcessId}";
        Directory.CreateDirectory(_work);
        _output = File.Create(Path.Combine(_work, "output"));
        _ends = Fresh("ends").Args("/bin/true").Save();
        _stays = Fresh("stays").Args("/bin/sleep", "1000").Save();
        Processes.BecomeSubreaper();
    }

    /// <summary>The steps of a life, in their order.</summary>
    internal static IReadOnlyList<string> LifeSteps { get; } = ["create", "start", "state", "exec", "kill", "delete"];

    /// <summary>`--version` of each, and an empty static C program.</summary>
    /// <param name="further">Who takes part besides.</param>
    internal IReadOnlyList<Contestant> OfVersion(params (string Name, string Binary)[] further)
    {
        return
        [
            .. _runtimes.Concat(further)
                .Select(runtime => Single(runtime.Name, Version, runtime.Binary, "--version")),
            Single(Floor, Version, Path.Combine(_programs, "empty")),
        ];
    }

    /// <summary>`run` of `runc spec`'s bundle with a program that ends at once, and the kernel's part of it.</summary>
    /// <param name="further">Who takes part besides.</param>
    internal IReadOnlyList<Contestant> OfRun(params (string Name, string Binary)[] further)
    {
        return
        [
            .. _runtimes.Concat(further).Select(runtime => Single(
                runtime.Name, Run,
                runtime.Binary, "--root", StateOf(runtime.Name), "run", "--bundle", _ends.Path, "bench")),
            Single(Floor, Run, Path.Combine(_programs, "floor"), _ends.Rootfs, "-c", "/bin/true"),
        ];
    }

    /// <summary>The same bundle from create to delete, with a program that stays.</summary>
    internal IReadOnlyList<Contestant> OfLife()
    {
        return [.. _runtimes.Select(runtime => new Contestant(runtime.Name, LifeOf(runtime.Name, runtime.Binary)))];
    }

    /// <summary>Counts what a contestant's round asks of the kernel.</summary>
    internal Counts Count(Contestant contestant)
    {
        string total = Under(contestant, Programs.Find("strace"), "-f", "-c", "-qq", "-o")[^1];
        string[] calls = total.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] memory = Under(contestant, Path.Combine(_programs, "counts"))[0].Split(' ');
        return new Counts(Number(calls[3]), Number(memory[0]), Number(memory[1]));
    }

    public void Dispose()
    {
        foreach ((string name, string binary) in _runtimes)
        {
            Programs.Run(new RunOptions(), binary, "--root", StateOf(name), "delete", "--force", "bench");
        }

        _commands.ForEach(command => command.Dispose());
        _output.Dispose();
        Directory.Delete(_work, recursive: true);
    }

    private Bundle Fresh(string name)
    {
        string path = Path.Combine(_programs, name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return new Bundle(path);
    }

    /// <summary>A round with each command under another program; what that one writes to its file.</summary>
    private string[] Under(Contestant contestant, params string[] program)
    {
        string counts = Path.Combine(_work, "counts");
        contestant.Round((_, command) =>
        {
            using Command under = new(_output, [.. program, counts, .. command.Line]);
            under.Run();
        });
        return File.ReadAllLines(counts);
    }

    private static int Number(string text)
    {
        return int.Parse(text, CultureInfo.InvariantCulture);
    }

    private Action<Timing> LifeOf(string name, string binary)
    {
        string pidFile = Path.Combine(_work, name + ".pid");
        string[] runtime = [binary, "--root", StateOf(name)];
        Command create = Keep([.. runtime, "create", "--bundle", _stays.Path, "--pid-file", pidFile, "bench"]);
        Command[] rest = [.. new[] { "start bench", "state bench", "exec bench /bin/true", "kill bench KILL" }
            .Select(line => Keep([.. runtime, .. line.Split(' ')]))];
        Command delete = Keep([.. runtime, "delete", "bench"]);
        return time =>
        {
            time("create", create);
            foreach (Command command in rest)
            {
                time(command.Line[3], command);
            }

            // The engine is the container's parent: it waits, then deletes.
            int pid = Number(File.ReadAllText(pidFile));
            _ = Processes.AwaitOrphan(pid, TimeSpan.FromSeconds(10));
            time("delete", delete);
        };
    }

    private Contestant Single(string name, string step, params string[] line)
    {
        Command command = Keep(line);
        return new Contestant(name, time => time(step, command));
    }

    private Command Keep(params string[] line)
    {
        Command command = new(_output, line);
        _commands.Add(command);
        return command;
    }

    private string StateOf(string runtime)
    {
        return Path.Combine(_work, runtime);
    }
}
