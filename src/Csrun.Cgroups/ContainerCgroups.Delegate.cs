using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Handing the container's part of the v2 tree on to the container. For the parent only.</summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "for the parent only: the child does not come here")]
public sealed partial class ContainerCgroups
{
    private const uint UnchangedGroup = uint.MaxValue;

    /// <summary>
    /// Gives the directory in the v2 tree, and the files in it that a payload manages cgroups by, to a user. Sources:
    /// config-linux.md, Cgroup ownership; sysfs-kernel's /sys/kernel/cgroup/delegate, which lists the files.
    /// </summary>
    /// <param name="uid">The user on the host.</param>
    /// <exception cref="KernelException">It is refused to root; others may not give anything away, which is no
    /// error.</exception>
    public void GiveTo(uint uid)
    {
        if (_unified is null)
        {
            return;
        }

        using Fd fd = _unified.Open();
        Give(fd.Number, Kernel.EmptyPath, uid);
        string files = CgroupFile.ReadText(Kernel.AT_FDCWD, "/sys/kernel/cgroup/delegate", out _)
            ?? "cgroup.procs\ncgroup.subtree_control\ncgroup.threads";
        foreach (string file in files.Split('\n'))
        {
            Give(fd.Number, Utf8.Terminated(file), uid);
        }
    }

    /// <summary>
    /// Makes a cgroup below the container's in the v2 tree and moves the process there: no limits are written into it,
    /// so that the payload manages all from the container's own cgroup down.
    /// </summary>
    /// <param name="name">The cgroup's name, without a slash.</param>
    /// <param name="pid">The process; its cgroup namespace, if it has one of its own, begins at the container's
    /// cgroup.</param>
    /// <param name="place">Where the configuration names the cgroup.</param>
    /// <exception cref="KernelException">It cannot be made or entered.</exception>
    public void MoveBelow(string name, int pid, string place)
    {
        CgroupDirectory above = _unified!;
        byte[] path = Utf8.Terminated(
            above.Path.AsSpan(0, above.Path.Length - 1), "/"u8, Encoding.UTF8.GetBytes(name));
        uint mask = Kernel.umask(UsualMask);
        using Fd fd = above.Open();
        int made = Kernel.mkdirat(fd.Number, Utf8.Terminated(name), 0x1ed);
        Kernel.umask(mask);
        KernelException.Check(made, "make cgroup", path, place);
        new CgroupDirectory("", isUnified: true, path).Join(Encoding.ASCII.GetBytes(ResourceValues.Text(pid)));
    }

    private void Give(int directory, ReadOnlySpan<byte> name, uint uid)
    {
        int result = Kernel.fchownat(
            directory, name, uid, UnchangedGroup, Kernel.AT_EMPTY_PATH | Kernel.AT_SYMLINK_NOFOLLOW);
        bool isMissing = result == -(int)Errno.ENOENT;
        bool isNotOurs = result == -(int)Errno.EPERM && Kernel.geteuid() != 0;
        if (result < 0 && !isMissing && !isNotOurs)
        {
            throw new KernelException("change the owner of cgroup", Utf8.ToText(_unified!.Path), (Errno)(-result));
        }
    }
}
