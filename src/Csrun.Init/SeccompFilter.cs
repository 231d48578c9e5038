using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>A compiled filter on its way to the kernel, made before the clone and loaded by the child.</summary>
/// <remarks>Source: seccomp(2).</remarks>
public sealed class SeccompFilter
{
    private readonly ReadOnlyMemory<ulong> _program;
    private readonly SeccompFilterFlag? _flags;

    /// <summary>Takes what will be loaded.</summary>
    /// <param name="program">struct sock_filter, eight bytes each.</param>
    /// <param name="flags">As asked for; null takes SPEC_ALLOW where the kernel knows it, as runc does.</param>
    /// <param name="listener">Where the listener of NOTIFY goes; null without one.</param>
    public SeccompFilter(ReadOnlyMemory<ulong> program, SeccompFilterFlag? flags, SeccompListener? listener)
    {
        _program = program;
        _flags = flags;
        Listener = listener;
    }

    /// <summary>Where the listener of NOTIFY goes; null without one.</summary>
    public SeccompListener? Listener { get; }

    /// <summary>Loads the filter; after it only what it allows can be done.</summary>
    /// <exception cref="KernelException">The kernel refused it, or the listener could not be sent.</exception>
    internal void Load()
    {
        uint flags = (uint)(_flags ?? SeccompFilterFlag.SECCOMP_FILTER_FLAG_SPEC_ALLOW);
        if (Listener is null)
        {
            // Means nothing without a listener, and the kernel refuses it then.
            flags &= ~Kernel.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
            Check(LoadWith(flags));
            return;
        }

        // There is one thread, so TSYNC asks for nothing; together with a listener the kernel refuses it.
        flags = (flags & ~Kernel.SECCOMP_FILTER_FLAG_TSYNC) | Kernel.SECCOMP_FILTER_FLAG_NEW_LISTENER;
        Listener.StartSender();
        Listener.HandOver(Check(LoadWith(flags)));
    }

    private int LoadWith(uint flags)
    {
        int result = Kernel.seccomp_load(flags, _program.Span);
        return result == -(int)Errno.EINVAL && _flags is null
            ? Kernel.seccomp_load(flags & ~Kernel.SECCOMP_FILTER_FLAG_SPEC_ALLOW, _program.Span)
            : result;
    }

    private static int Check(int result)
    {
        return result >= 0 ? result : throw new KernelException(
            "load the seccomp filter", string.Empty, (Errno)(-result), "linux.seccomp", (Errno)(-result) switch
            {
                Errno.EINVAL => "this kernel does not know all of linux.seccomp.flags",
                Errno.EACCES => "without CAP_SYS_ADMIN it needs process.noNewPrivileges",
                Errno.EBUSY => "a filter of this process has a listener already",
                _ => null,
            });
    }
}
