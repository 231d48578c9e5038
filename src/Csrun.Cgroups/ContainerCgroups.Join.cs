using System;
using System.Buffers.Text;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Entering the v1 hierarchies. The v2 tree is entered by the clone itself.</summary>
/// <remarks>
/// A thread that writes 0 to <c>tasks</c> moves itself, without the lock over all processes and the RCU grace period
/// that a pid or cgroup.procs costs: 0.3 ms for all hierarchies against 8 when containers start apart.
/// </remarks>
public sealed partial class ContainerCgroups
{
    private const int LongestMembership = 8192;

    /// <summary>
    /// In the child, between clone3 and execve: this process joins. Memory comes last of all set-up, so that its limit
    /// is met by the program and not by what prepares it. Nothing is allocated.
    /// </summary>
    /// <param name="memory">
    /// False: joins every hierarchy but memory's, and opens that one's file, since later the host's paths are gone.
    /// True: joins memory.
    /// </param>
    /// <exception cref="KernelException">A hierarchy cannot be joined.</exception>
    public void JoinLegacy(bool memory)
    {
        foreach (CgroupDirectory directory in _legacy)
        {
            if (directory.HoldsMemory == memory)
            {
                directory.Join("0"u8);
            }
            else if (!memory)
            {
                directory.OpenTasks();
            }
        }
    }

    /// <summary>
    /// In the parent, before a clone into a new user namespace: opens what <see cref="JoinLegacy"/> writes to. The
    /// child could not open it, but the kernel asks who opened the file (since Linux 5.16), not who writes.
    /// </summary>
    public void OpenLegacy()
    {
        foreach (CgroupDirectory directory in _legacy)
        {
            directory.OpenTasks();
        }
    }

    /// <summary>In the parent, after the clone: closes what <see cref="OpenLegacy"/> opened.</summary>
    public void CloseLegacy()
    {
        foreach (CgroupDirectory directory in _legacy)
        {
            directory.CloseTasks();
        }
    }

    /// <summary>From outside: the process <paramref name="pid"/> joins the v2 tree, whose directory is made where it is
    /// missing.</summary>
    /// <exception cref="Linux.KernelException">It cannot be joined.</exception>
    public void JoinUnified(int pid)
    {
        if (_unified is null)
        {
            return;
        }

        MakeDirectory(_unified);
        List<int> members = [];
        ReadFrom(_unified, members);
        if (!members.Contains(pid))
        {
            Span<byte> text = stackalloc byte[16];
            _ = Utf8Formatter.TryFormat(pid, text, out int length);
            _unified.Join(text[..length]);
        }

        if (_unified.IsMade && IsPureV2)
        {
            using Fd fd = _unified.Open();
            UnifiedControllers.EnableFromAbove(fd.Number);
        }
    }

    /// <summary>
    /// From outside: the thread <paramref name="pid"/> joins every v1 hierarchy, memory too. Slower than
    /// <see cref="JoinLegacy"/> by its grace periods.
    /// </summary>
    /// <exception cref="KernelException">A hierarchy cannot be joined.</exception>
    public void JoinFromOutside(int pid)
    {
        Span<byte> text = stackalloc byte[16];
        _ = Utf8Formatter.TryFormat(pid, text, out int length);
        foreach (CgroupDirectory directory in _legacy)
        {
            directory.Join(text[..length]);
        }
    }

    /// <summary>
    /// Opens the directory in the v2 tree where a process is, to clone into it: what is left of a container whose own
    /// cgroup takes no process any more, because the container distributes its controllers further down.
    /// </summary>
    /// <returns>The fd, or a negated errno.</returns>
    public static int OpenUnifiedOf(int pid)
    {
        if (CgroupLayout.Detect().Unified is not CgroupHierarchy unified)
        {
            return -(int)Errno.ENOENT;
        }

        Span<byte> buffer = stackalloc byte[LongestMembership];
        byte[] memberships = Utf8.Terminated("/proc/" + pid + "/cgroup");
        using Fd file = new(Kernel.openat(Kernel.AT_FDCWD, memberships, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        FileLines lines = new(file.Number, buffer);
        while (lines.MoveNext())
        {
            if (lines.Current.StartsWith("0::"u8))
            {
                return CgroupPath.OpenDirectory(
                    Kernel.AT_FDCWD,
                    Utf8.Terminated(unified.MountPoint.AsSpan(0, unified.MountPoint.Length - 1), lines.Current[3..]));
            }
        }

        return -(int)Errno.ENOENT;
    }
}
