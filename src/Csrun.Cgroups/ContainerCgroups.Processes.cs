using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>The processes in the cgroups: listing, freezing and killing them.</summary>
public sealed partial class ContainerCgroups
{
    private const int KillRounds = 200;
    private const int KillPatience = 2_000;
    private const int MomentMilliseconds = 1_000;
    private const int Batch = 256;

    /// <summary>How many processes there are, those of cgroups below included.</summary>
    public int CountProcesses()
    {
        List<int> pids = [];
        ReadProcesses(pids);
        return pids.Count;
    }

    /// <summary>Adds the pids of all processes, those of cgroups below included, as this process's pid namespace
    /// numbers them. None where the cgroup is gone.</summary>
    public void ReadProcesses(ICollection<int> pids)
    {
        List<int> found = [];
        ReadFrom(ProcessDirectory, found);
        foreach (int pid in found)
        {
            pids.Add(pid);
        }
    }

    /// <summary>
    /// Whether the cgroups have no process, or lose their last one in a moment: one that is being killed.
    /// </summary>
    public bool BecomesEmpty()
    {
        for (int pause = 0; pause < MomentMilliseconds; pause += 10)
        {
            List<int> pids = [];
            ReadFrom(ProcessDirectory, pids);
            ReadFrom(_unified, pids);
            if (pids.Count == 0)
            {
                return true;
            }

            _ = Kernel.poll([], 10);
        }

        return false;
    }

    /// <summary>Whether the container is paused. Thawed where there is no freezer or no cgroup.</summary>
    public FreezerState GetFreezerState()
    {
        if (FreezerDirectory is not CgroupDirectory directory)
        {
            return FreezerState.Thawed;
        }

        using Fd fd = new(directory.TryOpen());
        return fd.IsOpen ? Freezer.ReadOwn(directory.IsUnified, fd.Number) : FreezerState.Thawed;
    }

    /// <summary>Stops all processes and waits until they are. A failure leaves them running.</summary>
    /// <exception cref="KernelException">There is no freezer, or it does not get there.</exception>
    public void Freeze()
    {
        CgroupDirectory directory = FreezerDirectory ?? throw NoFreezer();
        using Fd fd = directory.Open();
        Freezer.Freeze(directory, fd.Number, Freezer.Patience);
    }

    /// <summary>Lets all processes run on.</summary>
    /// <exception cref="KernelException">There is no freezer, or the kernel refuses.</exception>
    public void Thaw()
    {
        CgroupDirectory directory = FreezerDirectory ?? throw NoFreezer();
        using Fd fd = directory.Open();
        Freezer.Thaw(directory, fd.Number);
    }

    /// <summary>
    /// Sends the signal to every process. SIGKILL leaves none, forks meanwhile included: by cgroup.kill, or frozen
    /// while they are listed; a paused container is thawed for it, for other signals it stays as it was.
    /// </summary>
    /// <exception cref="KernelException">Processes are left after many rounds.</exception>
    public void KillAll(int signal)
    {
        bool kill = signal == Kernel.SIGKILL;
        bool wasFrozen = GetFreezerState() != FreezerState.Thawed;
        if (kill && KillUnified() && !HasOthersInLegacy())
        {
            // What the freezer of v1 holds dies only when it is thawed; that of v2 lets it go by itself.
            if (wasFrozen && FreezerDirectory is { IsUnified: false })
            {
                Thaw();
            }

            return;
        }

        for (int round = 0; round < KillRounds; round++)
        {
            bool isComplete = SignalOnce(signal, wasFrozen);
            if (isComplete || !kill)
            {
                return;
            }

            _ = Kernel.poll([], 1);
        }

        throw new KernelException("kill all processes of", Utf8.ToText(ProcessDirectory!.Path), Errno.EBUSY);
    }

    /// <summary>Where v1 is, the freezer's hierarchy lists the processes: what it freezes is what is killed.</summary>
    private CgroupDirectory? ProcessDirectory =>
        Find("freezer") ?? Find("devices") ?? Find("pids") ?? (_legacy.Length > 0 ? _legacy[0] : _unified);

    private CgroupDirectory? FreezerDirectory => Find("freezer") ?? _unified;

    private static KernelException NoFreezer()
    {
        return new KernelException("find cgroup controller", "freezer", Errno.ENOENT);
    }

    private static void ReadFrom(CgroupDirectory? directory, List<int> pids)
    {
        using Fd fd = new(directory?.TryOpen() ?? -1);
        if (fd.IsOpen)
        {
            ProcessList.Read(fd.Number, pids);
        }
    }

    private bool KillUnified()
    {
        using Fd fd = new(_unified?.TryOpen() ?? -1);
        return fd.IsOpen && CgroupFile.Write(fd.Number, "cgroup.kill\0"u8, "1"u8) == 0;
    }

    /// <summary>On a hybrid host a process may have left the v2 tree and not the hierarchies of v1.</summary>
    private bool HasOthersInLegacy()
    {
        if (_legacy.Length == 0)
        {
            return false;
        }

        List<int> legacy = [];
        ReadFrom(ProcessDirectory, legacy);
        if (legacy.Count == 0)
        {
            return false;
        }

        List<int> unified = [];
        ReadFrom(_unified, unified);
        legacy.RemoveAll(unified.Contains);
        return legacy.Count > 0;
    }

    /// <summary>Signals what is there now; true when nothing can have escaped.</summary>
    private bool SignalOnce(int signal, bool wasFrozen)
    {
        List<int> pids = [];
        ReadFrom(ProcessDirectory, pids);
        if (pids.Count == 0)
        {
            return true;
        }

        bool freeze = false;
        try
        {
            freeze = !wasFrozen && TryFreeze();
            if (freeze)
            {
                pids.Clear();
                ReadFrom(ProcessDirectory, pids);
            }

            for (int start = 0; start < pids.Count; start += Batch)
            {
                Signal(pids.GetRange(start, int.Min(Batch, pids.Count - start)), signal);
            }
        }
        finally
        {
            if (freeze || (wasFrozen && signal == Kernel.SIGKILL))
            {
                Thaw();
            }
        }

        return freeze || wasFrozen;
    }

    private bool TryFreeze()
    {
        if (FreezerDirectory is not CgroupDirectory directory)
        {
            return false;
        }

        try
        {
            using Fd fd = directory.Open();
            Freezer.Freeze(directory, fd.Number, KillPatience);
            return true;
        }
        catch (KernelException)
        {
            return false;
        }
    }

    /// <summary>
    /// By pidfd, and only to those still listed once all are held: a number that went to another process meanwhile is
    /// then no longer in the list, or its pidfd means the process that ended.
    /// </summary>
    private void Signal(List<int> pids, int signal)
    {
        List<int> pidfds = new(pids.Count);
        try
        {
            foreach (int pid in pids)
            {
                pidfds.Add(pid > 0 ? Kernel.pidfd_open(pid) : -1);
            }

            List<int> still = [];
            ReadFrom(ProcessDirectory, still);
            HashSet<int> members = [.. still];
            for (int i = 0; i < pids.Count; i++)
            {
                if (pidfds[i] >= 0 && members.Contains(pids[i]))
                {
                    _ = Kernel.pidfd_send_signal(pidfds[i], signal);
                }
            }
        }
        finally
        {
            foreach (int pidfd in pidfds)
            {
                if (pidfd >= 0)
                {
                    Kernel.close(pidfd);
                }
            }
        }
    }
}
