using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using Csrun.Testing.Outside;
using Csrun.Testing.Recorded;
using Mono.Unix.Native;

namespace Csrun.Recordings.Tests;

/// <summary>How a recorded container's life went.</summary>
/// <param name="Ends">The exit code of each command and of the program, in order.</param>
/// <param name="Output">What the program wrote, normalised.</param>
/// <param name="Message">What the runtime complained about, normalised.</param>
internal sealed record LifeEnd(string Ends, string Output, string Message)
{
    /// <summary>Whether the program whose output counts came to run: with an exec, the exec's.</summary>
    public bool Ran => Ends.Contains("exec ", StringComparison.Ordinal)
        ? Ends.Contains("exec 0", StringComparison.Ordinal)
        : Ends.Contains("start 0", StringComparison.Ordinal) || Ends.StartsWith("run ", StringComparison.Ordinal);
}

/// <summary>
/// The life of one recorded container under one runtime, the test being the engine: create with the engine's stray
/// descriptors open, start, wait or kill, delete, each with the command line that the engine was recorded to use.
/// </summary>
internal sealed class Life : IDisposable
{
    private readonly Recording _recording;
    private readonly Recording? _exec;
    private readonly RuntimeBinary _runtime;
    private readonly LivingPlace _place;
    private readonly JsonObject _config;
    private readonly List<string> _ends = [];
    private readonly ConsoleReceiver? _console;
    private readonly Pipe _stray = new();
    private readonly Pipe _stdout = new();
    private readonly Pipe _stderr = new();
    private string _output = "";
    private string _message = "";
    private Terminal? _terminal;

    /// <param name="recording">The recorded create, or run.</param>
    /// <param name="runtime">Under which runtime it is lived.</param>
    /// <param name="directory">Where it finds its place; does not exist yet.</param>
    /// <param name="id">The container's id.</param>
    /// <param name="exec">A recorded exec, into a container that sleeps.</param>
    public Life(Recording recording, RuntimeBinary runtime, string directory, string id, Recording? exec = null)
    {
        _exec = exec;
        _recording = recording;
        _runtime = runtime;
        _place = new LivingPlace(directory, id);
        _config = LivingConfig.Write(recording, _place, exec is null ? null : ["sleep", "1000"]);
        bool hasTerminal = (exec ?? recording).CommandLine.Contains("--console-socket");
        _console = hasTerminal ? new ConsoleReceiver(_place.ConsoleSocket) : null;
    }

    /// <summary>Whether its programs end by themselves.</summary>
    private bool Sleeps => ((string)_config["process"]!["args"]![0]!).EndsWith("sleep", StringComparison.Ordinal);

    /// <summary>Lives it to its end.</summary>
    public LifeEnd Live()
    {
        if (_recording.IsRun)
        {
            RunResult run = _runtime.Run(new RunOptions(), LivingCommand.Arguments(_recording, _place));
            _ends.Add(FormattableString.Invariant($"run {run.ExitCode}"));
            return End(run.Stdout, run.Stderr);
        }

        if (Create())
        {
            Command("start");
            if (_exec is not null)
            {
                Exec(_exec);
            }

            _ends.Add(FormattableString.Invariant($"program {AwaitProgram()}"));
            Command("delete");
        }

        _ = _stdout.ReadToEnd(TimeSpan.FromSeconds(2)) && _stderr.ReadToEnd(TimeSpan.FromSeconds(2));
        return End(_stdout.Text + _output + _terminal?.ReadToEnd(), _message + _stderr.Text);
    }

    public void Dispose()
    {
        if (File.Exists(_place.PidFile))
        {
            _runtime.Run(new RunOptions(), LivingCommand.Arguments(_recording.Next("delete"), _place));
        }

        _terminal?.Dispose();
        _console?.Dispose();
        _stray.Dispose();
        _stdout.Dispose();
        _stderr.Dispose();
        _place.Dispose();
    }

    private bool Create()
    {
        using OwnedFd preserved = OpenedForReading();
        RunOptions options = new()
        {
            Stdout = _stdout,
            Stderr = _stderr,
            ExtraFds = [preserved.Number, _stray.ReadEnd.Number, _stray.WriteEnd.Number],
        };
        RunResult created = _runtime.Run(options, LivingCommand.Arguments(_recording, _place));
        _ends.Add(FormattableString.Invariant($"create {created.ExitCode}"));
        if (created.ExitCode != 0)
        {
            _message = created.Stderr;
            return false;
        }

        _terminal = _exec is null ? _console?.Receive() : null;
        _stray.WriteEnd.Dispose();
        if (!_stray.ReadToEnd(TimeSpan.FromSeconds(2)))
        {
            _ends.Add("a descriptor of the caller leaked");
        }

        return true;
    }

    private void Exec(Recording exec)
    {
        File.WriteAllText(_place.ProcessFile, exec.Document("process.json").ToJsonString());
        using OwnedFd preserved = OpenedForReading();
        using Pipe stdout = new();
        using Pipe stderr = new();
        RunOptions options = new() { Stdout = stdout, Stderr = stderr, ExtraFds = [preserved.Number] };
        RunResult result = _runtime.Run(options, LivingCommand.Arguments(exec, _place));
        _ends.Add(FormattableString.Invariant($"exec {result.ExitCode}"));
        if (result.ExitCode == 0)
        {
            _terminal = _console?.Receive();
            int pid = int.Parse(File.ReadAllText(_place.ExecPidFile), CultureInfo.InvariantCulture);
            int code = Processes.AwaitOrphan(pid, TimeSpan.FromSeconds(15));
            _ends.Add(FormattableString.Invariant($"its program {code}"));
        }

        _ = stdout.ReadToEnd(TimeSpan.FromSeconds(2)) && stderr.ReadToEnd(TimeSpan.FromSeconds(2));
        _output += stdout.Text;
        _message += stderr.Text;
    }

    // What the engine gives to --preserve-fds 1; without the flag it is a stray one.
    private OwnedFd OpenedForReading()
    {
        string path = Path.Combine(_place.Top, "preserved");
        File.WriteAllText(path, "from descriptor 3\n");
        return new OwnedFd(Syscall.open(path, OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC));
    }

    private void Command(string name)
    {
        string[] arguments = LivingCommand.Arguments(_recording.Next(name), _place);
        RunResult result = _runtime.Run(new RunOptions(), arguments);
        _ends.Add(FormattableString.Invariant($"{name} {result.ExitCode}"));
        _message += result.Stderr;
    }

    private int AwaitProgram()
    {
        int pid = int.Parse(File.ReadAllText(_place.PidFile), CultureInfo.InvariantCulture);
        if (Sleeps)
        {
            string[] globals = [.. LivingCommand.Arguments(_recording.Next("start"), _place)[..^2]];
            RunResult killed = _runtime.Run(new RunOptions(), [.. globals, "kill", _place.Id, "9"]);
            _ends.Add(FormattableString.Invariant($"kill {killed.ExitCode}"));
        }

        return Processes.AwaitOrphan(pid, TimeSpan.FromSeconds(15));
    }

    private LifeEnd End(string output, string message)
    {
        string logged = File.Exists(_place.Log) ? File.ReadAllText(_place.Log) : "";
        return new LifeEnd(string.Join(", ", _ends), _place.Normalise(output), _place.Normalise(message + logged));
    }
}
