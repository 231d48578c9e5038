using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Csrun.Testing.Outside;

/// <summary>A process as /proc/PID/stat shows it.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Parent">Its parent's.</param>
/// <param name="State">R, S, D, Z and so on.</param>
/// <param name="Name">The comm field.</param>
/// <param name="StartTime">In clock ticks since boot: with the pid, its identity.</param>
public sealed record ProcessSeen(int Pid, int Parent, char State, string Name, ulong StartTime);

/// <summary>
/// The processes that came from this one. It is a subreaper, so whatever a runtime leaves behind ends up below it, and
/// the machine's other processes, with its slow pid 1 and that one's zombies, are none of its business.
/// </summary>
public static unsafe class Processes
{
    /// <summary>Makes this process the parent of all orphans below it.</summary>
    public static void BecomeSubreaper()
    {
        _ = Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    }

    /// <summary>All processes of the machine.</summary>
    public static IReadOnlyList<ProcessSeen> All()
    {
        List<ProcessSeen> all = [];
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int pid)
                && Find(pid) is { } seen)
            {
                all.Add(seen);
            }
        }

        return all;
    }

    /// <summary>One process; null where it is gone.</summary>
    public static ProcessSeen? Find(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            int open = stat.IndexOf('(', StringComparison.Ordinal);
            int close = stat.LastIndexOf(')');
            string[] rest = stat[(close + 2)..].Split(' ');
            return new ProcessSeen(
                pid,
                int.Parse(rest[1], CultureInfo.InvariantCulture),
                rest[0][0],
                stat[(open + 1)..close],
                ulong.Parse(rest[19], CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reaps the dead orphans that came to this process; not those that somebody here waits for.</summary>
    public static void ReapOrphans()
    {
        foreach (ProcessSeen child in All().Where(seen => seen.Parent == Environment.ProcessId && seen.State == 'Z'))
        {
            if (!SpawnPlan.IsAwaited(child.Pid))
            {
                int status;
                ResourceUsage usage;
                _ = Libc.wait4(child.Pid, &status, Libc.WNOHANG, &usage);
            }
        }
    }

    /// <summary>Waits for an orphan that came to this process: its exit code as a shell has it.</summary>
    public static int AwaitOrphan(int pid, TimeSpan limit)
    {
        int status;
        ResourceUsage usage;
        for (long end = Environment.TickCount64 + (long)limit.TotalMilliseconds; Environment.TickCount64 < end;)
        {
            int got = Libc.wait4(pid, &status, Libc.WNOHANG, &usage);
            if (got == pid)
            {
                return SpawnPlan.ExitCode(status);
            }

            if (got < 0)
            {
                throw new InvalidOperationException($"process {pid} is not a child of the test: {Find(pid)}");
            }

            System.Threading.Thread.Sleep(2);
        }

        throw new TimeoutException($"process {pid} did not end: {Find(pid)}");
    }

    /// <summary>Kills and reaps all that is left below this process, so that the next test starts clean.</summary>
    public static void Sweep(IReadOnlyCollection<int> spare)
    {
        for (int round = 0; round < 50; round++)
        {
            ReapOrphans();
            List<ProcessSeen> left = [.. Below().Where(seen => !spare.Contains(seen.Pid))];
            if (left.Count == 0)
            {
                return;
            }

            left.ForEach(seen => Libc.kill(seen.Pid, Libc.SIGKILL));
            System.Threading.Thread.Sleep(10);
        }
    }

    internal static IEnumerable<KeyValuePair<string, string>> Descendants()
    {
        return Below().Select(
            seen => KeyValuePair.Create($"{seen.Pid} started {seen.StartTime}", $"({seen.Name}) {seen.State}"[..^2]));
    }

    /// <summary>The children of this process, theirs, and so on.</summary>
    public static IEnumerable<ProcessSeen> Below()
    {
        ILookup<int, ProcessSeen> byParent = All().ToLookup(seen => seen.Parent);
        Queue<int> parents = new([Environment.ProcessId]);
        while (parents.TryDequeue(out int parent))
        {
            foreach (ProcessSeen child in byParent[parent])
            {
                parents.Enqueue(child.Pid);
                yield return child;
            }
        }
    }
}
