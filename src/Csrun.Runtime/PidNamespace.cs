using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// A pid namespace joined by path: it counts for children only, so the parent enters it for the clone and goes back,
/// since hooks run in the caller's namespaces.
/// </summary>
internal readonly struct PidNamespace : IDisposable
{
    private readonly Fd _own;

    private PidNamespace(Fd own)
    {
        _own = own;
    }

    /// <summary>Enters the pid namespace of the plan, if it joins one.</summary>
    public static PidNamespace Enter(NamespacePlan namespaces)
    {
        foreach (NamespaceJoin join in namespaces.Join)
        {
            if (join.Type == NamespaceType.Pid)
            {
                return Enter(join);
            }
        }

        return default;
    }

    /// <summary>Back to the caller's own; in the child the descriptor is closed by its execve.</summary>
    public void Dispose()
    {
        if (_own.IsOpen)
        {
            _ = Kernel.setns(_own.Number, Kernel.CLONE_NEWPID);
            _own.Dispose();
        }
    }

    private static PidNamespace Enter(NamespaceJoin join)
    {
        byte[] path = Utf8.Terminated(join.Path);
        using Fd target = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_NONBLOCK | Kernel.O_CLOEXEC),
            "open", path, join.Place));
        Fd own = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/proc/self/ns/pid\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC),
            "open", "/proc/self/ns/pid"u8));
        int entered = Kernel.setns(target.Number, Kernel.CLONE_NEWPID);
        if (entered < 0)
        {
            own.Dispose();
            throw new KernelException("setns", join.Path, (Errno)(-entered), join.Place);
        }

        return new PidNamespace(own);
    }
}
