using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>The processes of a cgroup and of all below it.</summary>
internal static class ProcessList
{
    private static ReadOnlySpan<byte> Procs => "cgroup.procs\0"u8;

    private static ReadOnlySpan<byte> Threads => "cgroup.threads\0"u8;

    /// <summary>How many there are.</summary>
    public static int Count(int directory)
    {
        List<int> pids = [];
        Read(directory, pids);
        return pids.Count;
    }

    /// <summary>
    /// Adds their pids as this process sees them (0 for one outside its pid namespace). A cgroup that goes away
    /// meanwhile has none; of a threaded v2 cgroup the thread ids stand for the processes.
    /// </summary>
    public static void Read(int directory, List<int> pids)
    {
        if (ReadFile(directory, Procs, pids) == -(int)Errno.EOPNOTSUPP)
        {
            ReadFile(directory, Threads, pids);
        }

        Span<byte> buffer = stackalloc byte[2048];
        DirectoryEntries entries = new(directory, buffer);
        Rewind(directory);
        while (entries.MoveNext())
        {
            if (entries.Type == DirectoryEntries.Directory)
            {
                using Fd below = new(CgroupPath.OpenDirectory(directory, entries.Name));
                if (below.IsOpen)
                {
                    Read(below.Number, pids);
                }
            }
        }
    }

    private static void Rewind(int directory)
    {
        _ = Kernel.lseek(directory, 0);
    }

    private static int ReadFile(int directory, ReadOnlySpan<byte> name, List<int> pids)
    {
        int number = Kernel.openat(directory, name, Kernel.O_RDONLY | Kernel.O_CLOEXEC);
        if (number < 0)
        {
            return number;
        }

        using Fd file = new(number);
        Span<byte> buffer = stackalloc byte[4096];
        int pid = -1;
        int length;
        while ((length = Kernel.read(number, buffer)) > 0)
        {
            foreach (byte b in buffer[..length])
            {
                if (b is >= (byte)'0' and <= (byte)'9')
                {
                    pid = (int.Max(pid, 0) * 10) + (b - '0');
                }
                else if (pid >= 0)
                {
                    pids.Add(pid);
                    pid = -1;
                }
            }
        }

        return length;
    }
}
