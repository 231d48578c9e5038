using System;
using System.Collections.Generic;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Cgroups;

/// <summary>Removing the directories.</summary>
public sealed partial class ContainerCgroups
{
    private const int RemovePatience = 10_000;
    private const int LongestPause = 32;

    /// <summary>
    /// Removes the container's directories and all below them; what is missing is fine, and nothing above them is
    /// touched. Where processes are still ending it waits for the kernel's word (cgroup.events, pidfds) and goes on at
    /// once. Made by <see cref="Locate"/>, it removes only what it made itself: a directory that was there before
    /// may be another container's.
    /// </summary>
    /// <exception cref="KernelException">Processes live on (EBUSY), or a directory cannot be removed; all others are
    /// removed even then.</exception>
    public void Remove()
    {
        long deadline = Environment.TickCount64 + RemovePatience;
        KernelException? failure = null;
        if (_unified is not null)
        {
            Remove(_unified, deadline, ref failure);
        }

        foreach (CgroupDirectory directory in _legacy)
        {
            Remove(directory, deadline, ref failure);
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    private void Remove(CgroupDirectory directory, long deadline, ref KernelException? failure)
    {
        if (!_isFromState && !directory.IsMade)
        {
            return;
        }

        int pause = 1;
        int rounds = 0;
        int result;
        while ((result = TryRemove(directory)) == -(int)Errno.EBUSY)
        {
            int left = (int)(deadline - Environment.TickCount64);
            if (left <= 0)
            {
                break;
            }

            // A process that has ended may count for a moment longer.
            if (!WaitForProcesses(directory, left) || rounds++ > 1)
            {
                _ = Kernel.poll([], int.Min(pause, left));
                pause = int.Min(pause * 2, LongestPause);
            }
        }

        if (result < 0 && result != -(int)Errno.ENOENT)
        {
            failure ??= new KernelException(
                "remove cgroup", Utf8.ToText(directory.Path), (Errno)(-result), null,
                result == -(int)Errno.EBUSY ? "processes in it live on" : null);
        }
    }

    /// <summary>rmdir, at first of the directory itself: mostly there is nothing below it.</summary>
    private static int TryRemove(CgroupDirectory directory)
    {
        int result = Kernel.unlinkat(Kernel.AT_FDCWD, directory.Path, Kernel.AT_REMOVEDIR);
        if (result != -(int)Errno.EBUSY)
        {
            return result;
        }

        using (Fd fd = new(directory.TryOpen()))
        {
            if (!fd.IsOpen || !RemoveBelow(fd.Number))
            {
                return result;
            }
        }

        return Kernel.unlinkat(Kernel.AT_FDCWD, directory.Path, Kernel.AT_REMOVEDIR);
    }

    /// <summary>Removes what is below, deepest first; whether anything was removed.</summary>
    private static bool RemoveBelow(int directory)
    {
        bool any = false;
        Span<byte> buffer = stackalloc byte[2048];
        DirectoryEntries entries = new(directory, buffer);
        _ = Kernel.lseek(directory, 0);
        while (entries.MoveNext())
        {
            if (entries.Type != DirectoryEntries.Directory)
            {
                continue;
            }

            int result = Kernel.unlinkat(directory, entries.Name, Kernel.AT_REMOVEDIR);
            if (result == -(int)Errno.EBUSY)
            {
                using (Fd below = new(CgroupPath.OpenDirectory(directory, entries.Name)))
                {
                    any |= below.IsOpen && RemoveBelow(below.Number);
                }

                result = Kernel.unlinkat(directory, entries.Name, Kernel.AT_REMOVEDIR);
            }

            any |= result == 0;
        }

        return any;
    }

    /// <summary>Waits until the directory's processes have ended; false where there is nothing to wait for.</summary>
    private static bool WaitForProcesses(CgroupDirectory directory, int milliseconds)
    {
        using Fd fd = new(directory.TryOpen());
        if (!fd.IsOpen)
        {
            return true;
        }

        List<int> pids = [];
        ProcessList.Read(fd.Number, pids);
        if (pids.Count == 0)
        {
            return false;
        }

        if (directory.IsUnified)
        {
            return EventFile.WaitFor(fd.Number, "cgroup.events\0"u8, "populated 0"u8, milliseconds);
        }

        long deadline = Environment.TickCount64 + milliseconds;
        bool waited = false;
        foreach (int pid in pids)
        {
            using Fd pidfd = new(pid > 0 ? Kernel.pidfd_open(pid) : -1);
            if (pidfd.IsOpen)
            {
                Span<pollfd> entry = [new pollfd { fd = pidfd.Number, events = Kernel.POLLIN }];
                int left = (int)long.Max(0, deadline - Environment.TickCount64);
                waited |= Kernel.poll(entry, left) > 0;
            }
        }

        return waited;
    }
}
