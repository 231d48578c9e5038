using System;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>The directory of one container in one hierarchy.</summary>
internal sealed class CgroupDirectory
{
    private readonly CgroupHierarchy? _hierarchy;
    private readonly byte[] _tasks;
    private int _tasksFd = -1;

    /// <summary>A directory that may have yet to be made.</summary>
    /// <param name="hierarchy">The hierarchy.</param>
    /// <param name="below">The path below its mount point, clean and not empty.</param>
    public CgroupDirectory(CgroupHierarchy hierarchy, ReadOnlySpan<byte> below)
        : this(
            hierarchy.Controllers,
            hierarchy.IsUnified,
            Utf8.Terminated(hierarchy.MountPoint.AsSpan(0, hierarchy.MountPoint.Length - 1), "/"u8, below))
    {
        _hierarchy = hierarchy;
    }

    /// <summary>A directory known by its path alone.</summary>
    public CgroupDirectory(string controllers, bool isUnified, byte[] path)
    {
        Controllers = controllers;
        IsUnified = isUnified;
        Path = path;
        HoldsMemory = Has("memory");
        _tasks = Utf8.Terminated(path.AsSpan(0, path.Length - 1), isUnified ? "/cgroup.procs"u8 : "/tasks"u8);
    }

    /// <summary>As in <see cref="CgroupHierarchy.Controllers"/>.</summary>
    public string Controllers { get; }

    public bool IsUnified { get; }

    /// <summary>Whether the memory controller of v1 is here.</summary>
    public bool HoldsMemory { get; }

    /// <summary>The path on the host; ends with NUL.</summary>
    public byte[] Path { get; }

    /// <summary>The path of the caller's own cgroup in this hierarchy; ends with NUL.</summary>
    public byte[] CallersPath => _hierarchy is null
        ? Path
        : Utf8.Terminated(_hierarchy.MountPoint.AsSpan(0, _hierarchy.MountPoint.Length - 1), _hierarchy.OwnPathBytes);

    /// <summary>The hierarchy's mount point's name: of a directory known by its path alone, the usual one.</summary>
    public string MountName => _hierarchy?.DirectoryName ?? CgroupHierarchy.UsualName(Controllers);

    /// <summary>Whether <see cref="Make"/> found the directory there: it may be another's then.</summary>
    public bool WasThere { get; private set; }

    /// <summary>Whether <see cref="Make"/> made the directory.</summary>
    public bool IsMade { get; private set; }

    public bool Has(string controller)
    {
        return ControllerList.Contains(Controllers, controller);
    }

    /// <summary>The path of a file in here, for messages.</summary>
    public string PathOf(string file)
    {
        return Utf8.ToText(Path) + "/" + file;
    }

    /// <summary>mkdir -p from the mount point down; nothing where this made it already.</summary>
    /// <exception cref="KernelException">Why not.</exception>
    public void Make()
    {
        if (IsMade)
        {
            return;
        }

        byte[] mountPoint = _hierarchy?.MountPoint
            ?? throw new InvalidOperationException("a cgroup known by its path alone is not made");
        using Fd root = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, mountPoint, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC),
            "open",
            mountPoint));
        ReadOnlySpan<byte> below = Path.AsSpan(mountPoint.Length);
        int slash = below.LastIndexOf((byte)'/');
        int result;
        if (slash < 0)
        {
            result = Kernel.mkdirat(root.Number, below, 0x1ed);
        }
        else
        {
            byte[] above = Utf8.Terminated(below[..slash], default);
            int parent = CgroupPath.OpenDirectory(root.Number, above, Kernel.O_PATH);
            if (parent == -(int)Errno.ENOENT)
            {
                parent = CgroupPath.MakeDirectories(root.Number, above);
            }

            result = parent;
            if (parent >= 0)
            {
                using Fd owner = new(parent);
                result = Kernel.mkdirat(parent, below[(slash + 1)..], 0x1ed);
            }
        }

        WasThere = result == -(int)Errno.EEXIST;
        IsMade = result >= 0;
        if (!WasThere && !IsMade)
        {
            throw new KernelException(
                "make cgroup", Utf8.ToText(Path), (Errno)(-result), null, HintFor((Errno)(-result)));
        }
    }

    /// <summary>Opens the directory; a negated errno where that fails.</summary>
    public int TryOpen()
    {
        return CgroupPath.OpenDirectory(Kernel.AT_FDCWD, Path);
    }

    /// <summary>Opens the directory.</summary>
    /// <exception cref="KernelException">Why not.</exception>
    public Fd Open()
    {
        return new Fd(KernelException.Check(TryOpen(), "open cgroup", Path));
    }

    /// <summary>Opens the file by which a thread joins, to be used where the path no longer leads to it.</summary>
    public void OpenTasks()
    {
        if (_tasksFd < 0)
        {
            _tasksFd = KernelException.Check(
                CgroupPath.OpenFile(Kernel.AT_FDCWD, _tasks, Kernel.O_WRONLY), "open", _tasks);
        }
    }

    /// <summary>Writes <paramref name="pid"/>, as text, to the file by which a thread joins.</summary>
    public void Join(ReadOnlySpan<byte> pid)
    {
        OpenTasks();
        int result = Kernel.write(_tasksFd, pid);
        CloseTasks();
        if (result < 0)
        {
            throw new KernelException("join cgroup", Utf8.ToText(Path), (Errno)(-result));
        }
    }

    /// <summary>Closes what <see cref="OpenTasks"/> opened.</summary>
    public void CloseTasks()
    {
        if (_tasksFd >= 0)
        {
            Kernel.close(_tasksFd);
            _tasksFd = -1;
        }
    }

    private static string? HintFor(Errno errno)
    {
        return errno switch
        {
            Errno.EROFS => "the cgroup file system is mounted read-only here",
            Errno.EACCES or Errno.EPERM => "this user may not make cgroups here; a delegated cgroup is needed",
            Errno.EAGAIN or Errno.ENOSPC =>
                "the number of cgroups is limited (cgroup.max.descendants, cgroup.max.depth, "
                + "or 65535 memory cgroups on the host)",
            _ => null,
        };
    }
}
