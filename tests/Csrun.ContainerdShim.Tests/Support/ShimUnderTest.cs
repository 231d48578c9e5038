using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using Csrun.Shim.Messages.Task;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Csrun.ContainerdShim.Tests;

/// <summary>One running shim, its namespace named after the test, with bundles as containerd lays them out.</summary>
internal sealed class ShimUnderTest : IDisposable
{
    private readonly Dictionary<string, string> _environment;
    private readonly List<ShimClient> _clients = [];
    private readonly List<int> _logs = [];
    private int _fifos;

    /// <param name="binary">The shim.</param>
    /// <param name="work">The test's directory.</param>
    /// <param name="name">Unique on the machine: the namespace.</param>
    public ShimUnderTest(string binary, string work, string name)
    {
        Binary = binary;
        Work = work;
        Namespace = name;
        Directory.CreateDirectory(work);
        Containerd = new FakeContainerd(Path.Combine(work, "events.sock"));
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["TTRPC_ADDRESS"] = Containerd.Path,
        };
    }

    public string Binary { get; }

    public string Work { get; }

    public string Namespace { get; }

    public string GrpcAddress => Path.Combine(Work, "containerd.sock");

    public FakeContainerd Containerd { get; }

    /// <summary>The socket's path, once started.</summary>
    public string Socket { get; private set; } = "";

    /// <summary>The connection, once started.</summary>
    public ShimClient Client => _clients[0];

    public int Pid { get; private set; }

    /// <summary>A directory in which the shim finds programs before all others; to be said before its start.</summary>
    public void FindsFirst(string directory)
    {
        _environment["PATH"] = directory + ":" + _environment["PATH"];
    }

    /// <summary>Makes a container's bundle as containerd does.</summary>
    public Bundle NewBundle(string id)
    {
        Bundle bundle = new(BundleOf(id));
        bundle.Linux["cgroupsPath"] = $"/{Namespace}/{id}";
        return bundle;
    }

    public string BundleOf(string id)
    {
        return Path.Combine(Work, "tasks", Namespace, id);
    }

    /// <summary>Runs the start action and connects.</summary>
    public RunResult Start(string id, byte[]? stdin = null)
    {
        string log = Path.Combine(BundleOf(id), "log");
        Programs.Run("mkfifo", log);
        _logs.Add(Mono.Unix.Native.Syscall.open(
            log, Mono.Unix.Native.OpenFlags.O_RDWR | Mono.Unix.Native.OpenFlags.O_CLOEXEC));
        RunResult result = RunAction(id, "start", stdin);
        Adopt(result.Ok().Stdout);
        return result;
    }

    /// <summary>Connects to a server that was started otherwise.</summary>
    public void Adopt(string address)
    {
        Socket = address.Trim()["unix://".Length..];
        _ = Connect();
        Pid = (int)Client.Call<ConnectResponse>("Connect", new ConnectRequest { Id = "c1" }).ShimPid;
    }

    /// <summary>A further connection; the first is <see cref="Client"/>.</summary>
    public ShimClient Connect()
    {
        ShimClient client = new(Socket);
        _clients.Add(client);
        return client;
    }

    public RunResult RunAction(
        string id, string action, byte[]? stdin = null, string? output = null, params string[] flags)
    {
        RunOptions options = new()
        {
            WorkingDirectory = BundleOf(id),
            Environment = [.. _environment.Select(entry => $"{entry.Key}={entry.Value}")],
            Stdin = stdin ?? [],
            TimeLimit = TimeSpan.FromSeconds(20),
        };
        string[] command =
        [
            Binary, "-namespace", Namespace, "-address", GrpcAddress, "-publish-binary", "/usr/bin/containerd",
            "-id", id, .. flags, action,
        ];
        return output is null
            ? Programs.Run(options, command[0], command[1..])
            : Programs.Run(options, "/bin/sh", ["-c", $"exec \"$@\" >{output}", "sh", .. command]);
    }

    /// <summary>The same for an action that answers a message.</summary>
    public byte[] RunActionForMessage(string id, string action, byte[]? stdin = null, params string[] flags)
    {
        string output = Path.Combine(Work, "answer");
        RunAction(id, action, stdin, output, flags).Ok().Stderr.Should().BeEmpty();
        return File.ReadAllBytes(output);
    }

    /// <summary>A container with its process's output in files: created, not started.</summary>
    public CreateTaskResponse Create(Bundle bundle, Action<CreateTaskRequest>? change = null)
    {
        bundle.Save();
        string id = Path.GetFileName(bundle.Path);
        CreateTaskRequest request = new() { Id = id, Bundle = bundle.Path, Options = RuncOptions() };
        change?.Invoke(request);
        return Client.Call<CreateTaskResponse>("Create", request);
    }

    /// <summary>The state root within the test's directory.</summary>
    public Any RuncOptions(Action<Shim.Messages.Options.Options>? change = null)
    {
        Shim.Messages.Options.Options options = new() { Root = State, BinaryName = ReferenceRuntime };
        change?.Invoke(options);
        return new Any { TypeUrl = "containerd.runc.v1.Options", Value = options.ToByteString() };
    }

    /// <summary>Where the runtime keeps its state, a directory for each namespace.</summary>
    public string State => Path.Combine(Work, "shim-state");

    public string ReferenceRuntime { get; set; } = "";

    /// <summary>A fifo that somebody may write to or read from.</summary>
    public string NewFifo()
    {
        string path = Path.Combine(Work, "fifo" + ++_fifos);
        Programs.Run("mkfifo", path);
        return path;
    }

    public StateResponse StateOf(string id, string exec = "")
    {
        return Client.Call<StateResponse>("State", new StateRequest { Id = id, ExecId = exec });
    }

    public uint StartProcess(string id, string exec = "")
    {
        return Client.Call<StartResponse>("Start", new StartRequest { Id = id, ExecId = exec }).Pid;
    }

    public WaitResponse Wait(string id, string exec = "")
    {
        return Client.Call<WaitResponse>("Wait", new WaitRequest { Id = id, ExecId = exec });
    }

    public DeleteResponse Delete(string id, string exec = "")
    {
        return Client.Call<DeleteResponse>("Delete", new DeleteRequest { Id = id, ExecId = exec });
    }

    public void Kill(string id, int signal, string exec = "", bool all = false)
    {
        Client.Call("Kill", new KillRequest { Id = id, ExecId = exec, Signal = (uint)signal, All = all });
    }

    /// <summary>Registers an exec of a script.</summary>
    public void Exec(string id, string exec, string script, Action<ExecProcessRequest>? change = null)
    {
        string process = $$"""
            {"args":["/bin/sh","-c",{{System.Text.Json.JsonSerializer.Serialize(script)}}],
            "cwd":"/","env":["PATH=/bin:/usr/bin"],"user":{"uid":0,"gid":0} }
            """;
        ExecProcessRequest request = new()
        {
            Id = id,
            ExecId = exec,
            Spec = new Any
            {
                TypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/Process",
                Value = ByteString.CopyFromUtf8(process),
            },
        };
        change?.Invoke(request);
        Client.Call("Exec", request);
    }

    /// <summary>Asks the shim to go, and waits until it has.</summary>
    public void Shutdown()
    {
        try
        {
            Client.Call("Shutdown", new ShutdownRequest());
        }
        catch (Exception error) when (error is AggregateException or IOException)
        {
            // It may go before its answer does.
        }

        AwaitEnd();
    }

    public void AwaitEnd()
    {
        AwaitEnd(Pid);
    }

    public static void AwaitEnd(int pid)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (Directory.Exists($"/proc/{pid}")
            && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(15))
            {
                throw new TimeoutException("the shim does not end");
            }

            Thread.Sleep(5);
        }
    }

    public void Dispose()
    {
        string tasks = Path.Combine(Work, "tasks", Namespace);
        string[] bundles = Directory.Exists(tasks) ? Directory.GetDirectories(tasks) : [];
        foreach (string bundle in Pid > 0 ? bundles : [])
        {
            End(Path.GetFileName(bundle));
        }

        _clients.ForEach(client => client.Dispose());
        if (Pid > 0 && Directory.Exists($"/proc/{Pid}"))
        {
            _ = Mono.Unix.Native.Syscall.kill(Pid, Mono.Unix.Native.Signum.SIGKILL);
            AwaitEnd();
        }

        foreach (string bundle in bundles)
        {
            if (File.Exists(Path.Combine(bundle, "options.json")))
            {
                string stderr = RunAction(Path.GetFileName(bundle), "delete", null, null, "-bundle", bundle)
                    .Ok().Stderr;
                (ReferenceRuntime.Length > 0 ? "" : stderr).Should().BeEmpty();
            }
        }

        if (Socket.Length > 0)
        {
            File.Delete(Socket);
        }

        if (Directory.Exists(Path.Combine(State, Namespace)))
        {
            Directory.Delete(Path.Combine(State, Namespace));
        }

        foreach (string group in Directory.GetDirectories("/sys/fs/cgroup").Select(top => Path.Combine(top, Namespace)))
        {
            if (Directory.Exists(group))
            {
                Directory.Delete(group);
            }
        }

        _logs.ForEach(log => _ = Mono.Unix.Native.Syscall.close(log));
        Containerd.Dispose();
    }

    /// <summary>
    /// While the shim lives: execs that outlive it would be left to this process, which waits for none.
    /// </summary>
    private void End(string id)
    {
        try
        {
            Kill(id, 9);
            _ = Wait(id);
        }
        catch (Exception error) when (
            error is ShimCallException or AggregateException or IOException or ObjectDisposedException)
        {
            // It has ended, or the shim has.
        }
    }
}
