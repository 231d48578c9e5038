using System;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>
/// The system calls csrun makes, one method each under the kernel's own name, grouped in files by subject. What
/// Tmds.LibC binds is called through it; what came to Linux later goes through its <c>syscall</c>.
/// </summary>
/// <remarks>
/// Every method that can fail returns what the kernel returns: zero or more on success, a negated errno on failure
/// (<see cref="Errno"/>). Paths and names are bytes that end with NUL, which is checked. Nothing here allocates, so the
/// methods may run between clone3 and execve.
/// </remarks>
public static unsafe partial class Kernel
{
    /// <summary>The directory fd that stands for the working directory.</summary>
    public const int AT_FDCWD = -100;

    /// <summary>The empty path: the call works on the fd itself (with AT_EMPTY_PATH).</summary>
    public static ReadOnlySpan<byte> EmptyPath => "\0"u8;

    /// <summary>Turns libc's -1 with errno into the kernel's own negative errno.</summary>
    private static int Result(long value)
    {
        return value == -1 ? -LibC.errno : (int)value;
    }

    private static int Result(ssize_t value)
    {
        return (nint)value == -1 ? -LibC.errno : (int)(nint)value;
    }

    private static byte* Terminated(byte* start, int length)
    {
        if (length == 0 || start[length - 1] != 0)
        {
            ThrowUnterminated();
        }

        return start;
    }

    private static void ThrowUnterminated()
    {
        throw new ArgumentException("a path for the kernel must end with NUL");
    }

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>
    /// System call numbers that libc gives no function for. Up to 423 they differ by architecture; from 424 on the
    /// kernel gives the same number to all. Checked against the kernel headers by a test.
    /// </summary>
    public static class Number
    {
        /// <summary>bpf(2).</summary>
        public static int Bpf => IsArm64 ? 280 : 321;

        /// <summary>capset(2).</summary>
        public static int Capset => IsArm64 ? 91 : 126;

        /// <summary>eventfd2(2).</summary>
        public static int Eventfd2 => IsArm64 ? 19 : 290;

        /// <summary>execveat(2).</summary>
        public static int Execveat => IsArm64 ? 281 : 322;

        /// <summary>exit_group(2).</summary>
        public static int ExitGroup => IsArm64 ? 94 : 231;

        /// <summary>flock(2).</summary>
        public static int Flock => IsArm64 ? 32 : 73;

        /// <summary>fsetxattr(2).</summary>
        public static int Fsetxattr => IsArm64 ? 7 : 190;

        /// <summary>fstatfs(2).</summary>
        public static int Fstatfs => IsArm64 ? 44 : 138;

        /// <summary>getdents64(2).</summary>
        public static int Getdents64 => IsArm64 ? 61 : 217;

        /// <summary>getpid(2).</summary>
        public static int Getpid => IsArm64 ? 172 : 39;

        /// <summary>inotify_add_watch(2).</summary>
        public static int InotifyAddWatch => IsArm64 ? 27 : 254;

        /// <summary>inotify_init1(2).</summary>
        public static int InotifyInit1 => IsArm64 ? 26 : 294;

        /// <summary>ioprio_set(2).</summary>
        public static int IoprioSet => IsArm64 ? 30 : 251;

        /// <summary>keyctl(2).</summary>
        public static int Keyctl => IsArm64 ? 219 : 250;

        /// <summary>mknodat(2).</summary>
        public static int Mknodat => IsArm64 ? 33 : 259;

        /// <summary>personality(2).</summary>
        public static int Personality => IsArm64 ? 92 : 135;

        /// <summary>pivot_root(2).</summary>
        public static int PivotRoot => IsArm64 ? 41 : 155;

        /// <summary>prctl(2).</summary>
        public static int Prctl => IsArm64 ? 167 : 157;

        /// <summary>prlimit(2).</summary>
        public static int Prlimit64 => IsArm64 ? 261 : 302;

        /// <summary>renameat2(2).</summary>
        public static int Renameat2 => IsArm64 ? 276 : 316;

        /// <summary>rt_sigaction(2).</summary>
        public static int RtSigaction => IsArm64 ? 134 : 13;

        /// <summary>rt_sigprocmask(2).</summary>
        public static int RtSigprocmask => IsArm64 ? 135 : 14;

        /// <summary>sched_setaffinity(2).</summary>
        public static int SchedSetaffinity => IsArm64 ? 122 : 203;

        /// <summary>sched_setattr(2).</summary>
        public static int SchedSetattr => IsArm64 ? 274 : 314;

        /// <summary>seccomp(2).</summary>
        public static int Seccomp => IsArm64 ? 277 : 317;

        /// <summary>set_mempolicy(2).</summary>
        public static int SetMempolicy => IsArm64 ? 237 : 238;

        /// <summary>setgroups(2).</summary>
        public static int Setgroups => IsArm64 ? 159 : 116;

        /// <summary>setresgid(2).</summary>
        public static int Setresgid => IsArm64 ? 149 : 119;

        /// <summary>setresuid(2).</summary>
        public static int Setresuid => IsArm64 ? 147 : 117;

        /// <summary>signalfd4(2).</summary>
        public static int Signalfd4 => IsArm64 ? 74 : 289;

        /// <summary>tee(2).</summary>
        public static int Tee => IsArm64 ? 77 : 276;

        /// <summary>waitid(2).</summary>
        public static int Waitid => IsArm64 ? 95 : 247;

        /// <summary>pidfd_send_signal(2).</summary>
        public const int PidfdSendSignal = 424;

        /// <summary>open_tree(2).</summary>
        public const int OpenTree = 428;

        /// <summary>move_mount(2).</summary>
        public const int MoveMount = 429;

        /// <summary>fsopen(2).</summary>
        public const int Fsopen = 430;

        /// <summary>fsconfig(2).</summary>
        public const int Fsconfig = 431;

        /// <summary>fsmount(2).</summary>
        public const int Fsmount = 432;

        /// <summary>fspick(2).</summary>
        public const int Fspick = 433;

        /// <summary>pidfd_open(2).</summary>
        public const int PidfdOpen = 434;

        /// <summary>clone3(2).</summary>
        public const int Clone3 = 435;

        /// <summary>close_range(2).</summary>
        public const int CloseRange = 436;

        /// <summary>openat2(2).</summary>
        public const int Openat2 = 437;

        /// <summary>mount_setattr(2).</summary>
        public const int MountSetattr = 442;
    }
}
