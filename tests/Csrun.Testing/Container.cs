using System;
using System.Globalization;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading;
using Csrun.Testing.Outside;

namespace Csrun.Testing;

/// <summary>
/// A container that a test made by `create`, and its life. The test is the caller: its pipes are the container's
/// output, and as subreaper it is the parent of the container's first process.
/// </summary>
public sealed class Container : IDisposable
{
    private readonly RuntimeBinary _runtime;
    private readonly string _stateRoot;
    private readonly string _pidFile;
    private int? _exitCode;

    internal Container(RuntimeBinary runtime, string stateRoot, Bundle bundle, string id)
    {
        _runtime = runtime;
        _stateRoot = stateRoot;
        _pidFile = Path.Combine(bundle.Path, id + ".pid");
        Bundle = bundle;
        Id = id;
    }

    public string Id { get; }

    public Bundle Bundle { get; }

    /// <summary>The first process, from the pid file.</summary>
    public int Pid => int.Parse(File.ReadAllText(_pidFile), CultureInfo.InvariantCulture);

    /// <summary>What the container writes.</summary>
    public Pipe Stdout { get; } = new();

    /// <summary>What the container complains about.</summary>
    public Pipe Stderr { get; } = new();

    /// <summary>`create`; the answer is the caller's business.</summary>
    public RunResult TryCreate(RunOptions? options = null, params string[] flags)
    {
        Bundle.Save();
        return Command(
            (options ?? new RunOptions()) with { Stdout = Stdout, Stderr = Stderr },
            ["create", "--bundle", Bundle.Path, "--pid-file", _pidFile, .. flags, Id]);
    }

    /// <summary>`create`, which succeeds.</summary>
    public Container Create(params string[] flags)
    {
        TryCreate(null, flags).Ok();
        return this;
    }

    /// <summary>`start`; the answer is the caller's business.</summary>
    public RunResult TryStart()
    {
        return Command(new RunOptions(), "start", Id);
    }

    /// <summary>`start`, which succeeds.</summary>
    public Container Start()
    {
        TryStart().Ok();
        return this;
    }

    /// <summary>Any command that takes the container's id last, or nearly so.</summary>
    public RunResult Do(params string[] arguments)
    {
        return Command(new RunOptions(), arguments);
    }

    /// <summary>`state`, parsed.</summary>
    public JsonObject State()
    {
        return JsonNode.Parse(Do("state", Id).Ok().Stdout)!.AsObject();
    }

    /// <summary>The status that `state` shows.</summary>
    public string Status()
    {
        return (string)State()["status"]!;
    }

    /// <summary>`kill ID SIGNAL`.</summary>
    public RunResult Kill(string signal = "KILL")
    {
        return Do("kill", Id, signal);
    }

    /// <summary>`delete ID`, which succeeds.</summary>
    public void Delete()
    {
        Do("delete", Id).Ok();
    }

    /// <summary>Waits for the first process as its parent does: its exit code.</summary>
    public int Await(TimeSpan? limit = null)
    {
        _exitCode ??= Processes.AwaitOrphan(Pid, limit ?? TimeSpan.FromSeconds(15));
        return _exitCode.Value;
    }

    /// <summary>Waits until `state` says so.</summary>
    public Container AwaitStatus(string status)
    {
        for (int i = 0; i < 500; i++)
        {
            if (Status() == status)
            {
                return this;
            }

            Thread.Sleep(10);
        }

        throw new TimeoutException($"{Id} is {Status()}, not {status}");
    }

    public void Dispose()
    {
        if (Directory.Exists(Path.Combine(_stateRoot, Id)))
        {
            Do("delete", "--force", Id);
        }

        Stdout.Dispose();
        Stderr.Dispose();
    }

    private RunResult Command(RunOptions options, params string[] arguments)
    {
        return _runtime.Run(options, ["--root", _stateRoot, .. arguments]);
    }
}
