using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Csrun.ForkZone.Tests;

/// <summary>
/// No garbage is collected before the clone, nor in the child up to its execve. Read from the child's memory: the
/// collector's index counts from the process's start, the child's is a copy of its parent's, and the executable that is
/// installed is the one that is looked at, not a build made for the test.
/// </summary>
public sealed class CollectionTests : RuntimeTest
{
    // gc_mechanisms begins with gc_index, "starts from 1 for the first GC, like dd_collection_count".
    private const string Settings = "WKS::gc_heap::settings";

    private static readonly Lazy<long> s_place = new(FindSettings);

    [CsrunFact]
    public void No_collection_happens_up_to_the_wait_for_the_start()
    {
        Container container = NewContainer(NewBundle().MakeHeavy()).Create();

        CollectionsOf(container.Pid).Should().Be(0);
    }

    [CsrunFact]
    public void No_collection_happens_up_to_the_execve()
    {
        CollectionsAtExecve(NewBundle().MakeHeavy().Args("/bin/true"), 0).Should().Be(0);
    }

    [CsrunFact]
    public void No_collection_happens_up_to_an_execve_that_fails()
    {
        CollectionsAtExecve(NewBundle().MakeHeavy().WithNoProgram().Args(HeavyBundle.NoProgram), 1).Should().Be(0);
    }

    /// <summary>Two megabytes of environment are the most that execve passes on with the usual stack.</summary>
    [CsrunFact]
    public void A_config_of_the_largest_environment_brings_none()
    {
        Container container = NewContainer(NewBundle().WithEnvironment(35_000)).Create();

        CollectionsOf(container.Pid).Should().Be(0);
    }

    [CsrunTheory]
    [InlineData("DOTNET_GCgen0size=40000")]
    [InlineData("DOTNET_gcServer=1")]
    [InlineData("DOTNET_GCHeapHardLimit=800000")]
    public void No_setting_in_the_callers_environment_brings_one(string entry)
    {
        Container container = NewContainer(NewBundle().MakeHeavy());

        container.TryCreate(new RunOptions { Environment = [entry] }).Ok();

        CollectionsOf(container.Pid).Should().Be(0);
    }

    /// <summary>A config.json of ten megabytes does bring one: the figure is one that can change.</summary>
    [CsrunFact]
    public void A_collection_would_be_seen()
    {
        Container container = NewContainer(NewBundle().WithEnvironment(200_000)).Create();

        CollectionsOf(container.Pid).Should().BePositive();
    }

    /// <summary>Stops the child at the entry of its execve for long enough to look at it.</summary>
    private long CollectionsAtExecve(Bundle bundle, int code)
    {
        bundle.Save();
        string id = NewId();
        string[] held = ["-f", "-qq", "-o", "/dev/null", "-e", "inject=execve:delay_enter=3s:when=1"];
        string[] command = [Runtime.Path, "--root", StateRoot, "run", "--bundle", bundle.Path, id];
        _ = s_place.Value; // which takes longer to find than to read
        Task<RunResult> run = Task.Run(() => Programs.Run(new RunOptions(), "strace", [.. held, "--", .. command]));
        try
        {
            return CollectionsOf(AwaitExecve(id));
        }
        finally
        {
            run.GetAwaiter().GetResult().Exits(code);
        }
    }

    private int AwaitExecve(string id)
    {
        const string Execve = "59 ";
        string state = Path.Combine(StateRoot, id, "state.json");
        int pid = 0;
        bool there = SpinWait.SpinUntil(
            () =>
            {
                if (pid == 0 && File.Exists(state))
                {
                    pid = (int?)JsonNode.Parse(File.ReadAllText(state))!["init_process_pid"] ?? 0;
                }

                return pid != 0
                    && File.ReadAllText($"/proc/{pid}/syscall").StartsWith(Execve, StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(20));
        return there ? pid : throw new TimeoutException($"{id} did not come to its execve");
    }

    private static long CollectionsOf(int pid)
    {
        using FileStream memory = new($"/proc/{pid}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        memory.Position = s_place.Value;
        using BinaryReader reader = new(memory);
        return reader.ReadInt64();
    }

    private static long FindSettings()
    {
        string symbols = Path.Combine(Path.GetDirectoryName(RuntimeBinary.UnderTest.Path)!, "csrun.dbg");
        string line = Programs.Run("nm", "--demangle", symbols).Lines
            .Single(line => line.EndsWith(' ' + Settings, StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
