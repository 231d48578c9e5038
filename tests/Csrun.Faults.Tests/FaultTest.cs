using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Csrun.Testing.Outside;

namespace Csrun.Faults.Tests;

/// <summary>
/// A test that spoils a command at many places and looks after each of them. The outside invariant looks once more, at
/// everything, when all is over.
/// </summary>
public abstract class FaultTest : RuntimeTest
{
    private readonly List<string> _complaints = [];
    private readonly string _mounts = File.ReadAllText("/proc/self/mountinfo");
    private Strace? _strace;

    private protected Strace Strace => _strace ??= new Strace(Runtime, StateRoot, Path.Combine(Work, "strace.out"));

    /// <summary>The id that every round uses anew, also the name of its cgroup.</summary>
    protected string Id { get; private set; } = "";

    /// <summary>A bundle whose program ends with code 3.</summary>
    protected Bundle NewFaultBundle()
    {
        Bundle bundle = NewBundle().Sh("exit 3");
        Id = NewContainer(bundle).Id;
        bundle.Linux["cgroupsPath"] = "/" + Id;
        return bundle.Save();
    }

    /// <summary>Notes what is wrong at a place, so that all places are tried.</summary>
    protected void Expect(bool holds, Position at, string what)
    {
        if (!holds)
        {
            _complaints.Add($"{at}: {what} [{Strace.Injected}]");
        }
    }

    /// <summary>Nothing of the container is there: no state, cgroup, process or mount.</summary>
    protected void ExpectNothing(Position at, string when)
    {
        string left = Left();
        for (int i = 0; i < 200 && left.Length > 0; i++)
        {
            Thread.Sleep(10);
            left = Left();
        }

        Expect(left.Length == 0, at, $"{when} there is still {left}");
    }

    /// <summary>What delete --force removes is all there was.</summary>
    protected void ExpectForceRemovesAll(Position at)
    {
        // A pid namespace ends when the last of its dead is reaped, and those of a killed exec are ours to reap.
        Processes.ReapOrphans();
        RunResult delete = Command("delete", "--force", Id);
        Expect(delete.ExitCode == 0 && delete.Stderr.Length == 0, at, delete.ToString());
        ExpectNothing(at, "after delete --force");
    }

    /// <summary>Fails with all that was noted.</summary>
    protected void Conclude()
    {
        _complaints.Should().BeEmpty();
    }

    private string Left()
    {
        Processes.ReapOrphans();
        IEnumerable<string> state = Directory.GetFileSystemEntries(StateRoot);
        IEnumerable<string> cgroups = File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' '))
            .Where(fields => fields[Array.IndexOf(fields, "-") + 1] is "cgroup" or "cgroup2")
            .Select(fields => $"{fields[4]}/{Id}").Where(Directory.Exists);
        IEnumerable<string> processes = Processes.Below().Where(seen => seen.Name != "dotnet")
            .Select(seen => seen.ToString());
        IEnumerable<string> mounts = File.ReadAllText("/proc/self/mountinfo") == _mounts ? [] : ["another mount table"];
        return string.Join(", ", [.. state, .. cgroups, .. processes, .. mounts]);
    }
}
