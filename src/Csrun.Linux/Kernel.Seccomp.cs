using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>seccomp(2), and the memory that processes share to work beside a filter.</summary>
public static unsafe partial class Kernel
{
    // seccomp.h
    public const uint SECCOMP_FILTER_FLAG_TSYNC = 0x1;
    public const uint SECCOMP_FILTER_FLAG_SPEC_ALLOW = 0x4;
    public const uint SECCOMP_FILTER_FLAG_NEW_LISTENER = 0x8;
    public const uint SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 0x20;

    private const int SECCOMP_SET_MODE_FILTER = 1;
    private const int SECCOMP_GET_ACTION_AVAIL = 2;

    private const int PROT_READ_WRITE = 3;
    private const int MAP_SHARED_ANONYMOUS = 0x21;
    private const uint SA_NOCLDWAIT = 2;

    /// <summary>
    /// SECCOMP_SET_MODE_FILTER: from the return on the filter holds. The listener's fd with NEW_LISTENER.
    /// </summary>
    /// <param name="flags">SECCOMP_FILTER_FLAG_*.</param>
    /// <param name="program">struct sock_filter, eight bytes each; at most 4096.</param>
    public static int seccomp_load(uint flags, ReadOnlySpan<ulong> program)
    {
        fixed (ulong* code = program)
        {
            // struct sock_fprog: a short, padding, a pointer.
            ulong* argument = stackalloc ulong[2] { (ushort)program.Length, (ulong)code };
            return Result(LibC.syscall(Number.Seccomp, SECCOMP_SET_MODE_FILTER, (size_t)flags, argument));
        }
    }

    /// <summary>SECCOMP_GET_ACTION_AVAIL: 0 where the kernel knows SECCOMP_RET_*, else EOPNOTSUPP, negated.</summary>
    public static int seccomp_action_available(uint action)
    {
        return Result(LibC.syscall(Number.Seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    }

    /// <summary>
    /// Whether the kernel knows a flag: without a program it then fails for the program's address (EFAULT).
    /// </summary>
    public static bool seccomp_knows_flag(uint flag)
    {
        return Result(LibC.syscall(Number.Seccomp, SECCOMP_SET_MODE_FILTER, (size_t)flag, null)) == -(int)Errno.EFAULT;
    }

    /// <summary>A zeroed page that is shared with all processes cloned from now on; never given back.</summary>
    public static int MapSharedPage(out nint address)
    {
        const int PageSize = 4096;
        address = 0;
        void* page = LibC.mmap(null, PageSize, PROT_READ_WRITE, MAP_SHARED_ANONYMOUS, -1, 0);
        if (page == LibC.MAP_FAILED)
        {
            return -LibC.errno;
        }

        address = (nint)page;
        return 0;
    }

    /// <summary>SIGCHLD's default action, and ended children leave nothing to wait for. execve takes it back.</summary>
    public static void LeaveNoZombies()
    {
        ulong* action = stackalloc ulong[4];
        new Span<ulong>(action, 4).Clear();
        action[1] = SA_NOCLDWAIT;
        _ = LibC.syscall(Number.RtSigaction, SIGCHLD, action, null, SignalSetSize);
    }
}
