using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Mono.Unix.Native;

namespace Csrun.Testing.Outside;

/// <summary>
/// Around every test that runs a binary: the machine is the same after it as before. Begin before the test, end after
/// it; what differs then is named, and swept away so that the next test starts clean.
/// </summary>
public sealed class OutsideInvariant
{
    // Where other tests run at the same time, only what bears this test's name counts of what they make. Never in CI.
    private static readonly string[] s_shared =
        ["cgroup ", "mount ", "state ", "device /dev/null", "network interface "];
    private static readonly bool s_sharesMachine =
        Environment.GetEnvironmentVariable("CSRUN_TESTS_SHARE_MACHINE") == "1";

    private readonly OutsideScope _scope;
    private readonly string _name;
    private readonly OutsideSnapshot _before;
    private readonly int[] _processesBefore;

    private OutsideInvariant(OutsideScope scope)
    {
        _scope = scope;
        _name = Path.GetFileName(Path.GetDirectoryName(scope.StateRoot)!);
        _processesBefore = [.. Processes.Below().Select(seen => seen.Pid)];
        _before = OutsideSnapshot.Take(scope);
    }

    /// <summary>Becomes a subreaper and looks at everything once.</summary>
    public static OutsideInvariant Begin(OutsideScope scope)
    {
        Processes.BecomeSubreaper();
        Processes.ReapOrphans();
        return new OutsideInvariant(scope);
    }

    /// <summary>
    /// Looks again, giving the kernel time to finish what it does behind (cgroups that empty, dying processes).
    /// </summary>
    /// <param name="settle">How long a difference may last before it counts.</param>
    /// <exception cref="OutsideChangedException">Something is not as it was.</exception>
    public void End(TimeSpan settle)
    {
        IReadOnlyList<string> differences = [];
        for (long end = Environment.TickCount64 + (long)settle.TotalMilliseconds; ;)
        {
            Processes.ReapOrphans();
            differences = [.. _before.DifferencesTo(OutsideSnapshot.Take(_scope)).Where(line => !IsLateClose(line))];
            if (s_sharesMachine)
            {
                differences = [.. differences.Where(line => line.Contains(_name, StringComparison.Ordinal)
                    || !s_shared.Any(subject => line[2..].StartsWith(subject, StringComparison.Ordinal)))];
            }

            if (differences.Count == 0)
            {
                return;
            }

            if (Environment.TickCount64 >= end)
            {
                break;
            }

            Thread.Sleep(20);
        }

        Sweep(differences);
        throw new OutsideChangedException(differences);
    }

    /// <summary>
    /// What an earlier test left to the collector is closed at any time; what this one leaves open has come.
    /// </summary>
    private static bool IsLateClose(string line)
    {
        return line.StartsWith("- fd of this process", StringComparison.Ordinal);
    }

    /// <summary>A tree of every kind of file, for bundles to try to reach.</summary>
    public static void PlantCanary(string path)
    {
        Directory.CreateDirectory(Path.Combine(path, "directory", "below"));
        File.WriteAllText(Path.Combine(path, "file"), "untouched\n");
        File.WriteAllText(Path.Combine(path, "ptmx"), "untouched\n");
        File.WriteAllText(Path.Combine(path, "directory", "secret"), "of the host\n");
        File.CreateSymbolicLink(Path.Combine(path, "link"), "file");
        _ = Syscall.mknod(Path.Combine(path, "fifo"), FilePermissions.S_IFIFO | FilePermissions.S_IRUSR, 0);
        _ = Syscall.chmod(Path.Combine(path, "directory", "secret"), FilePermissions.S_IRUSR);
    }

    // Only what this test made: processes below us, and what bears its name. The rest is reported and left.
    private void Sweep(IReadOnlyList<string> differences)
    {
        Processes.Sweep(_processesBefore);
        foreach (string mount in Ours(differences, "+ mount ").Reverse())
        {
            _ = Libc.umount2(mount.Split(' ', StringSplitOptions.RemoveEmptyEntries)[6], Libc.MNT_DETACH);
        }

        foreach (string cgroup in Ours(differences, "+ cgroup ").Select(line => line[9..].Trim())
            .OrderByDescending(path => path.Length))
        {
            _ = Syscall.rmdir(cgroup);
        }
    }

    private IEnumerable<string> Ours(IReadOnlyList<string> differences, string start)
    {
        return differences.Where(line =>
            line.StartsWith(start, StringComparison.Ordinal) && line.Contains(_name, StringComparison.Ordinal));
    }
}

/// <summary>The machine is not as it was before the test.</summary>
public sealed class OutsideChangedException : Exception
{
    internal OutsideChangedException(IReadOnlyList<string> differences)
        : base("the test changed the machine outside of its container (+ came, - went, ~ changed):\n  "
            + string.Join("\n  ", differences))
    {
        Differences = differences;
    }

    /// <summary>One line for each object.</summary>
    public IReadOnlyList<string> Differences { get; }
}
