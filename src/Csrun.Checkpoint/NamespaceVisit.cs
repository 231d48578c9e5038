using System;
using Csrun.Linux;

namespace Csrun.Checkpoint;

/// <summary>
/// A time in another namespace than this process's own, which it goes back to at the end: with its root and working
/// directory, which a mount namespace changes.
/// </summary>
internal readonly struct NamespaceVisit : IDisposable
{
    private readonly ulong _kind;
    private readonly Fd _own;
    private readonly Fd _root;
    private readonly Fd _workingDirectory;

    private NamespaceVisit(string file, ulong kind)
    {
        _kind = kind;
        _own = Open("/proc/self/ns/" + file, Kernel.O_RDONLY);
        _root = Open("/", Kernel.O_PATH | Kernel.O_DIRECTORY);
        _workingDirectory = Open(".", Kernel.O_PATH | Kernel.O_DIRECTORY);
    }

    /// <summary>Makes a new mount namespace and goes there.</summary>
    public static NamespaceVisit NewMounts()
    {
        NamespaceVisit visit = new("mnt", Kernel.CLONE_NEWNS);
        return visit.Went(Kernel.unshare(Kernel.CLONE_NEWNS), "unshare the mounts");
    }

    /// <summary>Goes to a process's mount namespace, whose root becomes this process's.</summary>
    public static NamespaceVisit MountsOf(int pid)
    {
        return Enter(pid, "mnt", Kernel.CLONE_NEWNS);
    }

    /// <summary>Goes to a process's network namespace.</summary>
    public static NamespaceVisit NetworkOf(int pid)
    {
        return Enter(pid, "net", Kernel.CLONE_NEWNET);
    }

    /// <summary>Goes back: it was there before, and may.</summary>
    public void Dispose()
    {
        _ = Kernel.setns(_own.Number, _kind);
        if (_kind == Kernel.CLONE_NEWNS)
        {
            _ = Kernel.fchdir(_root.Number);
            _ = Kernel.chroot(".\0"u8);
            _ = Kernel.fchdir(_workingDirectory.Number);
        }

        _own.Dispose();
        _root.Dispose();
        _workingDirectory.Dispose();
    }

    private static NamespaceVisit Enter(int pid, string file, ulong kind)
    {
        using Fd theirs = Open("/proc/" + pid + "/ns/" + file, Kernel.O_RDONLY);
        NamespaceVisit visit = new(file, kind);
        return visit.Went(Kernel.setns(theirs.Number, kind), "setns");
    }

    private NamespaceVisit Went(int result, string operation)
    {
        if (result < 0)
        {
            Dispose();
        }

        KernelException.Check(result, operation);
        return this;
    }

    private static Fd Open(string path, int flags)
    {
        byte[] name = Utf8.Terminated(path);
        return new Fd(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, name, flags | Kernel.O_CLOEXEC), "open", name));
    }
}
