using System;
using System.Diagnostics.CodeAnalysis;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>
/// The one handle through which this process reads and writes /proc: a procfs instance of its own, mounted on nothing
/// that the container can reach while set-up runs, so that no mount or symbolic link can send a write of ours to
/// another file (CVE-2019-16884, CVE-2025-52881).
/// </summary>
/// <remarks>It may become the container's own /proc; then paths still stop at anything mounted inside it.</remarks>
[SuppressMessage("ApiDesign", "RS0030", Justification = "the one type that resolves a path of /proc")]
public readonly struct ProcFs
{
    private readonly int _mount;

    private ProcFs(int mount)
    {
        _mount = mount;
    }

    /// <summary>The detached mount, for <see cref="Kernel.move_mount"/>.</summary>
    public int Mount => _mount;

    /// <summary>Mounts a procfs of this pid namespace.</summary>
    /// <param name="attributes">MOUNT_ATTR_* for the mount.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static ProcFs Create(ulong attributes)
    {
        int context = KernelException.Check(Kernel.fsopen("proc\0"u8), "fsopen", "proc"u8);
        _ = Kernel.fsconfig_string(context, "source\0"u8, "proc\0"u8);
        int made = Kernel.fsconfig_command(context, Kernel.FSCONFIG_CMD_CREATE);
        int mount = made < 0 ? made : Kernel.fsmount(context, attributes);
        Kernel.close(context);
        return new ProcFs(KernelException.Check(mount, "mount", "proc"u8));
    }

    /// <summary>The caller's own /proc, before this process enters the container's namespaces.</summary>
    /// <exception cref="KernelException">It is not mounted, or something else is there.</exception>
    public static ProcFs OfCaller()
    {
        int directory = KernelException.Check(
            HostPath.Open("/proc\0"u8, Kernel.O_PATH | Kernel.O_DIRECTORY), "open", "/proc"u8);
        return Kernel.FileSystemMagic(directory) == Kernel.PROC_SUPER_MAGIC
            ? new ProcFs(directory)
            : throw new KernelException("open", "/proc", Errno.ENODEV, null, "it is no procfs");
    }

    /// <summary>A directory that stands for /proc, for tests.</summary>
    internal static ProcFs At(int directory)
    {
        return new ProcFs(directory);
    }

    /// <summary>Writes a whole value to the file <paramref name="path"/> below /proc.</summary>
    /// <returns>Zero or a negated errno.</returns>
    public int Write(ReadOnlySpan<byte> path, ReadOnlySpan<byte> value)
    {
        int fd = OpenForWriting(path);
        if (fd < 0)
        {
            return fd;
        }

        int written = Kernel.write(fd, value);
        Kernel.close(fd);
        return written < 0 ? written : 0;
    }

    /// <summary>Opens the file <paramref name="path"/> below /proc for writing.</summary>
    /// <returns>The descriptor or a negated errno.</returns>
    public int OpenForWriting(ReadOnlySpan<byte> path)
    {
        return Kernel.openat2(
            _mount, path, Kernel.O_WRONLY | Kernel.O_CLOEXEC, Kernel.RESOLVE_BENEATH | Kernel.RESOLVE_NO_XDEV);
    }

    /// <summary>Opens the file <paramref name="path"/> below /proc for reading.</summary>
    /// <returns>The descriptor or a negated errno.</returns>
    public int OpenForReading(ReadOnlySpan<byte> path)
    {
        return Kernel.openat2(
            _mount, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC, Kernel.RESOLVE_BENEATH | Kernel.RESOLVE_NO_XDEV);
    }

    /// <summary>Whether the kernel has the file <paramref name="path"/> below /proc.</summary>
    public bool Has(ReadOnlySpan<byte> path)
    {
        return Kernel.statx(_mount, path, Kernel.AT_SYMLINK_NOFOLLOW, Kernel.STATX_TYPE, out _) == 0;
    }

    /// <summary>Opens what one of our own descriptors refers to afresh, with other flags.</summary>
    /// <returns>The new descriptor or a negated errno.</returns>
    public int Reopen(int fd, int flags)
    {
        int directory = OpenDescriptors();
        if (directory < 0)
        {
            return directory;
        }

        Span<byte> name = stackalloc byte[12];
        int opened = Kernel.openat(directory, Decimal(fd, name), flags | Kernel.O_CLOEXEC);
        Kernel.close(directory);
        return opened;
    }

    /// <summary>
    /// chmod of what one of our own descriptors refers to, O_PATH ones included, which fchmod refuses.
    /// </summary>
    /// <returns>Zero or a negated errno.</returns>
    public int ChangeMode(int fd, uint mode)
    {
        int directory = OpenDescriptors();
        if (directory < 0)
        {
            return directory;
        }

        Span<byte> name = stackalloc byte[12];
        int changed = Kernel.fchmodat(directory, Decimal(fd, name), mode);
        Kernel.close(directory);
        return changed;
    }

    /// <summary>A number in decimal with a NUL behind it.</summary>
    internal static ReadOnlySpan<byte> Decimal(int number, Span<byte> buffer)
    {
        _ = number.TryFormat(buffer, out int length);
        buffer[length] = 0;
        return buffer[..(length + 1)];
    }

    private int OpenDescriptors()
    {
        return Kernel.openat2(
            _mount, "self/fd\0"u8, Kernel.O_PATH | Kernel.O_CLOEXEC, Kernel.RESOLVE_BENEATH | Kernel.RESOLVE_NO_XDEV);
    }
}
