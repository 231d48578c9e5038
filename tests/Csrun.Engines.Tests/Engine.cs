using System;
using System.Collections.Generic;
using Csrun.Testing.Outside;

namespace Csrun.Engines.Tests;

/// <summary>
/// A real engine in a cell of its own (scripts/cell.sh), with the binary under test as its only runtime and an image of
/// busybox. Shared by the tests of a class; after the last one the machine must be as it was before the first.
/// </summary>
public abstract class Engine : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>For scripts that wait for a minute themselves, and then say what is missing.</summary>
    private static readonly TimeSpan s_scriptLimit = TimeSpan.FromSeconds(120);

    /// <summary>CSRUN_SHIM=1: docker and containerd have csrun's shim in place of Debian's.</summary>
    private static readonly bool s_ownShim = Environment.GetEnvironmentVariable("CSRUN_SHIM") == "1";

    private readonly WorkDirectory? _work;
    private readonly OutsideInvariant? _outside;
    private readonly string _script;
    private readonly string _runtime;
    private readonly string[] _flags;
    private int _last;

    /// <param name="script">The script of scripts/ that starts it, without its ending.</param>
    /// <param name="flags">What that script hands on to the engine.</param>
    protected Engine(string script, params string[] flags)
        : this(script, RuntimeBinary.UnderTest.Path, flags)
    {
    }

    /// <param name="script">As above.</param>
    /// <param name="runtime">The path by which the engine is told the binary under test.</param>
    /// <param name="flags">As above.</param>
    private protected Engine(string script, string runtime, string[] flags)
    {
        _script = script;
        _runtime = runtime;
        _flags = flags;
        if (!Programs.IsRoot)
        {
            return; // its tests are skipped
        }

        _work = new WorkDirectory();
        string canary = _work.At("canary");
        OutsideInvariant.PlantCanary(canary);
        _outside = OutsideInvariant.Begin(new OutsideScope(RuntimeBinary.UnderTest.Path, _work.At("state"), canary));
        try
        {
            Programs.Run("bash", Script("image"), _work.Path);
            Programs.Run(new RunOptions { TimeLimit = s_scriptLimit }, Script("cell"), "up", _work.Path).Ok();
            Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A directory that the engine sees at the same path: for volumes and files.</summary>
    public string Work => _work!.Path;

    /// <summary>What the script that starts the engine answered the last time.</summary>
    public RunResult? Started { get; private set; }

    /// <summary>A name that no other container of this engine has.</summary>
    public string NewName()
    {
        return $"c{++_last}";
    }

    /// <summary>Runs a program beside the engine; the caller looks at the exit code.</summary>
    public RunResult Run(params string[] command)
    {
        return Run(s_limit, command);
    }

    /// <summary>The same for what may take long.</summary>
    public RunResult Run(TimeSpan limit, params string[] command)
    {
        return Run(new RunOptions { TimeLimit = limit }, command);
    }

    /// <summary>The same with standard input.</summary>
    public RunResult RunWithInput(string input, params string[] command)
    {
        return Run(new RunOptions { TimeLimit = s_limit, Stdin = System.Text.Encoding.UTF8.GetBytes(input) }, command);
    }

    /// <summary>Runs a shell command on a terminal of its own: what appears there. Nobody types, and nothing ends the
    /// input: at its end script(1) would type ^D, and clients would let go of the container.</summary>
    public RunResult RunOnTerminal(string command)
    {
        using Pipe silence = new();
        RunOptions options = new() { TimeLimit = s_limit, StdinFd = silence.ReadEnd.Number };
        return Run(options, ["script", "-qefc", command, "/dev/null"]);
    }

    /// <summary>Starts the engine: the first time, and after a test ended it.</summary>
    public void Start()
    {
        string[] script = s_ownShim && _script is ("docker" or "containerd")
            ? [Script("shim"), Work, _runtime, _script]
            : [Script(_script), Work, _runtime];
        Started = Run(s_scriptLimit, [.. script, .. _flags]).Ok();
    }

    public void Dispose()
    {
        Finish();
        if (_work is null || _outside is null)
        {
            return;
        }

        try
        {
            Programs.Run(new RunOptions { TimeLimit = s_scriptLimit }, Script("cell"), "down", _work.Path).Ok();
            _outside.End(TimeSpan.FromSeconds(10));
        }
        finally
        {
            _work.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Kills daemons and waits until they are gone.</summary>
    /// <param name="pids">Their ids, as a shell in the cell finds them.</param>
    protected void KillAndAwait(string pids)
    {
        Run(
            "sh", "-c",
            $"for p in {pids}; do kill -KILL $p; while kill -0 $p 2>/dev/null; do sleep 0.02; done; done").Ok();
    }

    /// <summary>What a kind of engine has beside the daemon ends.</summary>
    protected virtual void Finish()
    {
    }

    internal static string Script(string name)
    {
        return Repository.At("tests", "Csrun.Engines.Tests", "scripts", name + ".sh");
    }

    private RunResult Run(RunOptions options, IReadOnlyList<string> command)
    {
        return Programs.Run(options, Script("cell"), ["run", Work, .. command]);
    }
}
