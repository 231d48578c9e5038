using System;
using System.Runtime.CompilerServices;

namespace Csrun.Startup;

/// <summary>
/// Executes this file again from a place where nobody can write it, so that a container that gets hold of
/// /proc/self/exe cannot change the host's binary (CVE-2019-5736).
/// </summary>
/// <remarks>
/// The place is an overlay of the file's directory without an upper layer: a read-only superblock that no mount call
/// can make writable, with no fd left open. Where overlays cannot be mounted (without privileges, on odd file systems)
/// it is a memfd with all seals. That it worked is read off /proc/self/exe after the execve; the environment entry only
/// keeps a failure from becoming a loop. Runs before libc: see <see cref="ProcessEntry"/>. Figures:
/// docs/decisions/seal.md.
/// </remarks>
internal static unsafe class ExecutableSeal
{
    private const int Readlinkat = 267;
    private const int Openat = 257;
    private const int Fcntl = 72;
    private const int Sendfile = 40;
    private const int Statfs = 137;
    private const int ExitGroup = 231;
    private const int Write = 1;
    private const int MemfdCreate = 319;
    private const int Execveat = 322;
    private const int Fsopen = 430;
    private const int Fsconfig = 431;
    private const int Fsmount = 432;

    private const int AtFdcwd = -100;
    private const int AtEmptyPath = 0x1000;
    private const int OCloexec = 0x80000;
    private const int OPath = 0x200000;
    private const int ONofollow = 0x20000;
    private const int FsconfigSetString = 1;
    private const int FsconfigCmdCreate = 6;
    private const int CloseOnExec = 1;
    private const int MfdAllowSealing = 2;
    private const int FAddSeals = 1033;
    private const int FGetSeals = 1034;
    private const int AllSeals = 0xF;
    private const long StRdonly = 1;
    private const int StatfsType = 0;
    private const int StatfsFlags = 10;
    private const long OverlayMagic = 0x794c7630;

    private const int ScratchSize = 2048;
    private const int PathSize = 4096;

    /// <summary>The environment entry of the second execve.</summary>
    public static ReadOnlySpan<byte> Mark => "_CSRUN_SEALED=1"u8;

    /// <summary>
    /// Returns when the running executable is sealed; otherwise executes it sealed, or ends the process.
    /// </summary>
    [SkipLocalsInit]
    public static void Apply(byte** argv, byte** envp)
    {
        byte* scratch = stackalloc byte[ScratchSize];
        Early.LendErrno(scratch, ScratchSize);
        if (IsMarked(envp))
        {
            if (!IsSealed())
            {
                Refuse();
            }

            return;
        }

        long fd = OpenOnOverlay();
        if (fd >= 0)
        {
            Execute(fd, argv, envp);
        }

        Execute(CopyToMemfd(), argv, envp);
        Refuse();
    }

    /// <summary>
    /// Whether this is the second execve. The entry stays where it is, since libc finds the auxiliary vector behind the
    /// environment; <see cref="ProcessEntry.Environment"/> leaves it out.
    /// </summary>
    private static bool IsMarked(byte** envp)
    {
        for (byte** entry = envp; *entry != null; entry++)
        {
            if (Early.IsEqual(*entry, Early.Pointer(Mark)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether /proc/self/exe lies on a read-only overlay or is a memfd with all seals. A read-only mount of another
    /// kind may be a view of a file system that is written elsewhere.
    /// </summary>
    [SkipLocalsInit]
    private static bool IsSealed()
    {
        byte* exe = Early.Pointer("/proc/self/exe"u8);
        long* statfs = stackalloc long[16];
        if (Early.SystemCall(Statfs, (long)exe, (long)statfs, 0, 0, 0, 0) != 0)
        {
            return false;
        }

        if (statfs[StatfsType] == OverlayMagic && (statfs[StatfsFlags] & StRdonly) != 0)
        {
            return true;
        }

        long fd = Early.SystemCall(Openat, AtFdcwd, (long)exe, OCloexec, 0, 0, 0);
        long seals = Early.SystemCall(Fcntl, fd, FGetSeals, 0, 0, 0, 0);
        Early.SystemCall(3, fd, 0, 0, 0, 0, 0);
        return seals == AllSeals;
    }

    /// <summary>
    /// The executable on an overlay of its directory, as an O_PATH fd; negative where that cannot be.
    /// </summary>
    [SkipLocalsInit]
    private static long OpenOnOverlay()
    {
        byte* path = stackalloc byte[PathSize + 16];
        long length = Early.SystemCall(
            Readlinkat, AtFdcwd, (long)Early.Pointer("/proc/self/exe"u8), (long)path, PathSize, 0, 0);
        if (length <= 0 || length == PathSize)
        {
            return -1;
        }

        byte* name = stackalloc byte[256];
        long directoryLength = SplitName(path, length, name);
        if (directoryLength < 0)
        {
            return -1;
        }

        AppendSecondLayer(path, directoryLength);
        long context = Early.SystemCall(Fsopen, (long)Early.Pointer("overlay"u8), CloseOnExec, 0, 0, 0, 0);
        if (context < 0
            || Early.SystemCall(
                Fsconfig, context, FsconfigSetString, (long)Early.Pointer("lowerdir"u8), (long)path, 0, 0) != 0
            || Early.SystemCall(Fsconfig, context, FsconfigCmdCreate, 0, 0, 0, 0) != 0)
        {
            return -1;
        }

        long mount = Early.SystemCall(Fsmount, context, CloseOnExec, 0, 0, 0, 0);
        return mount < 0
            ? -1
            : Early.SystemCall(Openat, mount, (long)name, OPath | OCloexec | ONofollow, 0, 0, 0);
    }

    /// <summary>
    /// Copies the last component of <paramref name="path"/> to <paramref name="name"/> and returns the length before
    /// it; negative for a path that overlay's option string cannot hold, or a deleted file's.
    /// </summary>
    private static long SplitName(byte* path, long length, byte* name)
    {
        long start = length;
        while (start > 0 && path[start - 1] != '/')
        {
            start--;
        }

        if (length - start > 255)
        {
            return -1;
        }

        for (long i = 0; i < length; i++)
        {
            if (path[i] is (byte)':' or (byte)',' or (byte)'\\' or (byte)' ')
            {
                return -1;
            }

            if (i >= start)
            {
                name[i - start] = path[i];
            }
        }

        name[length - start] = 0;
        return start;
    }

    /// <summary>An overlay without an upper layer wants two lower ones, of which none holds the other.</summary>
    private static void AppendSecondLayer(byte* path, long length)
    {
        bool belowEtc = length >= 5 && path[0] == '/' && path[1] == 'e' && path[2] == 't' && path[3] == 'c'
            && path[4] == '/';
        byte* second = belowEtc ? Early.Pointer(":/usr"u8) : Early.Pointer(":/etc"u8);
        if (length > 1)
        {
            length--;
        }

        while (*second != 0)
        {
            path[length++] = *second++;
        }

        path[length] = 0;
    }

    /// <summary>The executable in memory, sealed against every change; negative where that cannot be.</summary>
    private static long CopyToMemfd()
    {
        const long AtOnce = 0x7ffff000;
        long exe = Early.SystemCall(
            Openat, AtFdcwd, (long)Early.Pointer("/proc/self/exe"u8), OCloexec, 0, 0, 0);
        long copy = Early.SystemCall(
            MemfdCreate, (long)Early.Pointer("csrun"u8), CloseOnExec | MfdAllowSealing, 0, 0, 0, 0);
        long copied;
        do
        {
            copied = Early.SystemCall(Sendfile, copy, exe, 0, AtOnce, 0, 0);
        }
        while (copied > 0);
        return copied == 0 && Early.SystemCall(Fcntl, copy, FAddSeals, AllSeals, 0, 0, 0) == 0 ? copy : -1;
    }

    [SkipLocalsInit]
    private static void Execute(long fd, byte** argv, byte** envp)
    {
        int count = 0;
        while (envp[count] != null)
        {
            count++;
        }

        byte** marked = stackalloc byte*[count + 2];
        for (int i = 0; i < count; i++)
        {
            marked[i] = envp[i];
        }

        marked[count] = Early.Pointer(Mark);
        marked[count + 1] = null;
        Early.SystemCall(
            Execveat, fd, (long)Early.Pointer(""u8), (long)argv, (long)marked, AtEmptyPath, 0);
    }

    private static void Refuse()
    {
        const int Length = 91;
        byte* text = Early.Pointer(
            "csrun: seal: cannot make the executable read-only for containers (overlay and memfd failed)\n"u8);
        Early.SystemCall(Write, 2, (long)text, Length + 1, 0, 0, 0);
        Early.SystemCall(ExitGroup, 1, 0, 0, 0, 0, 0);
    }
}
