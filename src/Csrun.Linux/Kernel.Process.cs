using System;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>Processes, namespaces and waiting.</summary>
public static unsafe partial class Kernel
{
    // sched.h
    public const ulong CLONE_NEWTIME = 0x80;
    public const ulong CLONE_FILES = 0x400;
    public const ulong CLONE_PIDFD = 0x1000;
    public const ulong CLONE_PARENT = 0x8000;
    public const ulong CLONE_NEWNS = 0x20000;
    public const ulong CLONE_PARENT_SETTID = 0x100000;
    public const ulong CLONE_NEWCGROUP = 0x2000000;
    public const ulong CLONE_NEWUTS = 0x4000000;
    public const ulong CLONE_NEWIPC = 0x8000000;
    public const ulong CLONE_NEWUSER = 0x10000000;
    public const ulong CLONE_NEWPID = 0x20000000;
    public const ulong CLONE_NEWNET = 0x40000000;
    public const ulong CLONE_INTO_CGROUP = 0x200000000;

    // wait.h
    public const int P_PID = 1;
    public const int P_PIDFD = 3;
    public const int P_ALL = 0;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;
    public const int WNOWAIT = 0x1000000;
    public const int CLD_EXITED = 1;

    // prctl.h
    public const int PR_SET_PDEATHSIG = 1;
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_KEEPCAPS = 8;
    public const int PR_SET_NAME = 15;
    public const int PR_CAPBSET_READ = 23;
    public const int PR_CAPBSET_DROP = 24;
    public const int PR_SET_CHILD_SUBREAPER = 36;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_CAP_AMBIENT = 47;
    public const int PR_CAP_AMBIENT_RAISE = 2;
    public const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    // poll.h
    public const short POLLIN = 1;
    public const short POLLPRI = 2;
    public const short POLLOUT = 4;
    public const short POLLERR = 8;
    public const short POLLHUP = 16;

    // keyctl.h
    public const int KEYCTL_JOIN_SESSION_KEYRING = 1;
    public const int KEYCTL_SETPERM = 5;
    public const int KEYCTL_DESCRIBE = 6;

    /// <summary>The argument of clone3(2), version 2 of the struct (88 bytes; cgroup is Linux 5.7).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct clone_args
    {
        /// <summary>CLONE_* flags.</summary>
        public ulong flags;

        /// <summary>Where to store the pidfd (an int *), with CLONE_PIDFD.</summary>
        public ulong pidfd;

        /// <summary>Unused here.</summary>
        public ulong child_tid;

        /// <summary>Where to store the child's pid (an int *), with CLONE_PARENT_SETTID.</summary>
        public ulong parent_tid;

        /// <summary>The signal the parent gets at the child's end.</summary>
        public ulong exit_signal;

        /// <summary>Unused here: the child goes on on a copy of the stack.</summary>
        public ulong stack;

        /// <summary>Unused here.</summary>
        public ulong stack_size;

        /// <summary>Unused here.</summary>
        public ulong tls;

        /// <summary>Unused here.</summary>
        public ulong set_tid;

        /// <summary>Unused here.</summary>
        public ulong set_tid_size;

        /// <summary>The fd of a cgroup v2 directory, with CLONE_INTO_CGROUP.</summary>
        public ulong cgroup;
    }

    /// <summary>What waitid(2) tells about a process that ended.</summary>
    /// <param name="Pid">The process, or 0 when nothing had ended (WNOHANG).</param>
    /// <param name="Code">CLD_EXITED, CLD_KILLED or CLD_DUMPED.</param>
    /// <param name="Status">The exit code or the signal.</param>
    public readonly record struct ExitInfo(int Pid, int Code, int Status)
    {
        /// <summary>The exit code as a shell reports it: the code itself, or 128 and the signal.</summary>
        public int ShellStatus => Code == CLD_EXITED ? Status : 128 + Status;
    }

    /// <summary>clone3(2). Zero in the child, which continues on a copy of this memory with one thread.</summary>
    public static int clone3(in clone_args arguments)
    {
        fixed (clone_args* a = &arguments)
        {
            return Result(LibC.syscall(Number.Clone3, a, sizeof(clone_args)));
        }
    }

    /// <summary>unshare(2).</summary>
    public static int unshare(ulong flags)
    {
        return Result(LibC.unshare((int)flags));
    }

    /// <summary>setns(2): an fd of /proc/PID/ns/KIND with its flag or 0, or a pidfd with several flags.</summary>
    public static int setns(int fd, ulong flags)
    {
        return Result(LibC.setns(fd, (int)flags));
    }

    /// <summary>getpid(2) asked of the kernel: libc's cached thread data is the parent's after clone3.</summary>
    public static int getpid()
    {
        return Result(LibC.syscall(Number.Getpid));
    }

    /// <summary>getppid(2); 0 when the parent is outside the pid namespace.</summary>
    public static int getppid()
    {
        return LibC.getppid();
    }

    /// <summary>geteuid(2).</summary>
    public static uint geteuid()
    {
        return LibC.geteuid();
    }

    /// <summary>getegid(2).</summary>
    public static uint getegid()
    {
        return LibC.getegid();
    }

    /// <summary>setsid(2).</summary>
    public static int setsid()
    {
        return Result(LibC.setsid());
    }

    /// <summary>kill(2).</summary>
    public static int kill(int pid, int signal)
    {
        return Result(LibC.kill(pid, signal));
    }

    /// <summary>pidfd_open(2); close-on-exec.</summary>
    public static int pidfd_open(int pid)
    {
        return Result(LibC.syscall(Number.PidfdOpen, pid, 0));
    }

    /// <summary>pidfd_send_signal(2): reaches this process and no later one with its number.</summary>
    public static int pidfd_send_signal(int pidfd, int signal)
    {
        return Result(LibC.syscall(Number.PidfdSendSignal, pidfd, signal, 0, 0));
    }

    /// <summary>waitid(2); interrupted calls are made again.</summary>
    /// <param name="kind">P_PID, P_PIDFD or P_ALL.</param>
    /// <param name="id">The pid or pidfd.</param>
    /// <param name="options">WEXITED, with WNOHANG or WNOWAIT where wanted.</param>
    /// <param name="info">What ended; its pid is 0 when nothing had.</param>
    /// <returns>Zero, or a negated errno.</returns>
    public static int waitid(int kind, int id, int options, out ExitInfo info)
    {
        // siginfo_t: int signo, errno, code; then at 16 pid, uid, status (128 bytes in all).
        int* siginfo = stackalloc int[32];
        siginfo[4] = 0;
        int result;
        do
        {
            result = Result(LibC.syscall(Number.Waitid, kind, id, siginfo, options, 0));
        }
        while (result == -(int)Errno.EINTR);

        info = new ExitInfo(siginfo[4], siginfo[2], siginfo[6]);
        return result;
    }

    /// <summary>execve(2); both vectors end with a null pointer.</summary>
    public static int execve(byte* path, byte** arguments, byte** environment)
    {
        return Result(LibC.execve(path, arguments, environment));
    }

    /// <summary>exit_group(2): the process ends here, with nothing of the runtime's own run.</summary>
    public static void exit_group(int status)
    {
        _ = LibC.syscall(Number.ExitGroup, status);
    }

    /// <summary>prctl(2).</summary>
    public static int prctl(int operation, ulong argument2 = 0, ulong argument3 = 0, ulong argument4 = 0)
    {
        return Result(LibC.syscall(
            Number.Prctl, operation, (size_t)argument2, (size_t)argument3, (size_t)argument4, 0));
    }

    /// <summary>prctl(2) PR_SET_NAME: the process's name in /proc and ps, at most 15 bytes and NUL.</summary>
    public static void SetProcessName(ReadOnlySpan<byte> name)
    {
        fixed (byte* n = name)
        {
            _ = prctl(PR_SET_NAME, (ulong)Terminated(n, name.Length));
        }
    }

    /// <summary>prlimit(2) on this process.</summary>
    public static int setrlimit(int resource, ulong soft, ulong hard)
    {
        ulong* limits = stackalloc ulong[2] { soft, hard };
        return Result(LibC.syscall(Number.Prlimit64, 0, resource, limits, 0));
    }

    /// <summary>prlimit(2) on this process, reading.</summary>
    public static int getrlimit(int resource, out ulong soft, out ulong hard)
    {
        ulong* limits = stackalloc ulong[2];
        int result = Result(LibC.syscall(Number.Prlimit64, 0, resource, 0, limits));
        soft = limits[0];
        hard = limits[1];
        return result;
    }

    /// <summary>umask(2): the mask before.</summary>
    public static uint umask(uint mask)
    {
        return (uint)LibC.umask((mode_t)mask);
    }

    /// <summary>getrandom(2), which fills small buffers whole.</summary>
    public static int getrandom(Span<byte> buffer)
    {
        fixed (byte* b = buffer)
        {
            return Result(LibC.syscall(IsArm64 ? 278 : 318, b, buffer.Length, 0));
        }
    }

    /// <summary>sethostname(2).</summary>
    public static int sethostname(ReadOnlySpan<byte> name)
    {
        fixed (byte* n = name)
        {
            return Result(LibC.sethostname(n, (size_t)name.Length));
        }
    }

    /// <summary>setdomainname(2).</summary>
    public static int setdomainname(ReadOnlySpan<byte> name)
    {
        fixed (byte* n = name)
        {
            return Result(LibC.setdomainname(n, (size_t)name.Length));
        }
    }

    /// <summary>keyctl(2) KEYCTL_JOIN_SESSION_KEYRING: the serial number of the new session keyring.</summary>
    public static int keyctl_join_session_keyring(ReadOnlySpan<byte> name)
    {
        fixed (byte* n = name)
        {
            return Result(LibC.syscall(Number.Keyctl, KEYCTL_JOIN_SESSION_KEYRING, Terminated(n, name.Length)));
        }
    }

    /// <summary>keyctl(2) KEYCTL_DESCRIBE: type;uid;gid;perm;description, the length with NUL.</summary>
    public static int keyctl_describe(int key, Span<byte> buffer)
    {
        fixed (byte* b = buffer)
        {
            return Result(LibC.syscall(Number.Keyctl, KEYCTL_DESCRIBE, key, b, buffer.Length));
        }
    }

    /// <summary>keyctl(2) KEYCTL_SETPERM.</summary>
    public static int keyctl_setperm(int key, uint permissions)
    {
        return Result(LibC.syscall(Number.Keyctl, KEYCTL_SETPERM, key, permissions));
    }

    /// <summary>ppoll(2) without a signal mask; interrupted calls are made again with the whole time.</summary>
    /// <param name="entries">The fds and what is wanted of each.</param>
    /// <param name="timeoutMilliseconds">Negative: no limit.</param>
    /// <returns>How many entries have events; 0 when the time is over; or a negated errno.</returns>
    public static int poll(Span<pollfd> entries, int timeoutMilliseconds)
    {
        long* timeout = stackalloc long[2];
        fixed (pollfd* p = entries)
        {
            int result;
            do
            {
                timeout[0] = timeoutMilliseconds / 1000;
                timeout[1] = timeoutMilliseconds % 1000 * 1_000_000L;
                result = Result(LibC.syscall(
                    IsArm64 ? 73 : 271, p, entries.Length, timeoutMilliseconds < 0 ? null : timeout, 0, 0));
            }
            while (result == -(int)Errno.EINTR);

            return result;
        }
    }

    /// <summary>
    /// Whether a read would not wait: there is something, or the end. poll(2) looks at one descriptor after the other,
    /// so where it tells the end of a process, that one's last word may have come between its looks.
    /// </summary>
    public static bool CanRead(int fd)
    {
        Span<pollfd> entry = stackalloc pollfd[1];
        entry[0].fd = fd;
        entry[0].events = POLLIN;
        return poll(entry, 0) > 0;
    }
}
