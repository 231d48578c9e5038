using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Cgroups;

/// <summary>
/// Stops and continues all processes of a cgroup. Sources: the kernel's admin-guide/cgroup-v1/freezer-subsystem.rst and
/// cgroup-v2.rst (cgroup.freeze).
/// </summary>
internal static class Freezer
{
    /// <summary>How long freezing may take where nobody asks for less.</summary>
    public const int Patience = 10_000;

    private static ReadOnlySpan<byte> LegacyState => "freezer.state\0"u8;

    private static ReadOnlySpan<byte> UnifiedSwitch => "cgroup.freeze\0"u8;

    private static ReadOnlySpan<byte> UnifiedEvents => "cgroup.events\0"u8;

    /// <summary>What the cgroup itself was told, not what one above it does.</summary>
    public static FreezerState ReadOwn(bool isUnified, int fd)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (isUnified)
        {
            return !Reads(fd, UnifiedSwitch, "1"u8, buffer) ? FreezerState.Thawed
                : Reads(fd, UnifiedEvents, "frozen 1"u8, buffer) ? FreezerState.Frozen
                : FreezerState.Freezing;
        }

        return !Reads(fd, "freezer.self_freezing\0"u8, "1"u8, buffer) ? FreezerState.Thawed
            : Reads(fd, LegacyState, "FROZEN"u8, buffer) ? FreezerState.Frozen
            : FreezerState.Freezing;
    }

    /// <summary>Freezes and waits until all are. Whatever fails, the cgroup is thawed again.</summary>
    /// <exception cref="KernelException">It cannot be frozen, or not within
    /// <paramref name="milliseconds"/>.</exception>
    public static void Freeze(CgroupDirectory directory, int fd, int milliseconds)
    {
        bool frozen = false;
        try
        {
            frozen = directory.IsUnified
                ? FreezeUnified(directory, fd, milliseconds)
                : FreezeLegacy(directory, fd, milliseconds);
        }
        finally
        {
            if (!frozen)
            {
                _ = Switch(directory.IsUnified, fd, freeze: false);
            }
        }

        if (!frozen)
        {
            throw new KernelException(
                "freeze", Utf8.ToText(directory.Path), Errno.ETIMEDOUT, null,
                "a process cannot be stopped, mostly one that waits for a disk or network file system");
        }
    }

    /// <summary>Lets the processes run; whether they do by then is the scheduler's.</summary>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    public static void Thaw(CgroupDirectory directory, int fd)
    {
        KernelException.Check(Switch(directory.IsUnified, fd, freeze: false), "thaw", directory.Path);
    }

    private static int Switch(bool isUnified, int fd, bool freeze)
    {
        return isUnified
            ? CgroupFile.Write(fd, UnifiedSwitch, freeze ? "1"u8 : "0"u8)
            : CgroupFile.Write(fd, LegacyState, freeze ? "FROZEN"u8 : "THAWED"u8);
    }

    private static bool FreezeUnified(CgroupDirectory directory, int fd, int milliseconds)
    {
        KernelException.Check(Switch(isUnified: true, fd, freeze: true), "freeze", directory.Path);
        return EventFile.WaitFor(fd, UnifiedEvents, "frozen 1"u8, milliseconds);
    }

    /// <summary>
    /// v1 has no notification. It can also stay on the way for ever where processes fork meanwhile, until it is told
    /// again.
    /// </summary>
    private static bool FreezeLegacy(CgroupDirectory directory, int fd, int milliseconds)
    {
        Span<byte> buffer = stackalloc byte[64];
        long deadline = Environment.TickCount64 + milliseconds;
        for (int round = 0; Environment.TickCount64 < deadline; round++)
        {
            if (round % 64 == 63)
            {
                KernelException.Check(Switch(isUnified: false, fd, freeze: false), "thaw", directory.Path);
                Pause(10);
            }

            KernelException.Check(Switch(isUnified: false, fd, freeze: true), "freeze", directory.Path);
            if (Reads(fd, LegacyState, "FROZEN"u8, buffer))
            {
                return true;
            }

            if (round >= 8)
            {
                Pause(1);
            }
        }

        return false;
    }

    private static bool Reads(int fd, ReadOnlySpan<byte> file, ReadOnlySpan<byte> line, Span<byte> buffer)
    {
        int length = CgroupFile.Read(fd, file, buffer);
        return length > 0 && ControllerList.Contains(buffer[..length], line, (byte)'\n');
    }

    private static void Pause(int milliseconds)
    {
        _ = Kernel.poll(Span<pollfd>.Empty, milliseconds);
    }
}
