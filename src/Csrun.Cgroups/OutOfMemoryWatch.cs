using System;
using System.Text;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>
/// Tells when a container's memory limit kills. v1: an eventfd on memory.oom_control by cgroup.event_control
/// (admin-guide/cgroup-v1/memory.rst, 10); v2: memory.events, which poll(2) shows as changed (cgroup-v2.rst).
/// </summary>
public sealed class OutOfMemoryWatch : IDisposable
{
    private readonly CgroupDirectory _directory;
    private readonly Fd _file;
    private readonly Fd _eventfd;
    private ulong _kills;

    private OutOfMemoryWatch(CgroupDirectory directory, Fd file, Fd eventfd)
    {
        _directory = directory;
        _file = file;
        _eventfd = eventfd;
        _kills = ReadKills();
    }

    /// <summary>The descriptor to poll.</summary>
    public int Descriptor => _eventfd.IsOpen ? _eventfd.Number : _file.Number;

    /// <summary>What to poll it for.</summary>
    public short PollEvents => _eventfd.IsOpen ? Kernel.POLLIN : Kernel.POLLPRI;

    /// <summary>Begins to watch.</summary>
    /// <exception cref="KernelException">The kernel has no such notification.</exception>
    internal static OutOfMemoryWatch Open(CgroupDirectory directory)
    {
        using Fd cgroup = directory.Open();
        string name = directory.IsUnified ? "memory.events" : "memory.oom_control";
        byte[] path = Utf8.Terminated(name);
        Fd file = new(Kernel.openat(cgroup.Number, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        if (!file.IsOpen)
        {
            throw new KernelException(
                "open", directory.PathOf(name), Errno.ENOENT, null, "the memory controller is not enabled there");
        }

        if (directory.IsUnified)
        {
            return new OutOfMemoryWatch(directory, file, default);
        }

        Fd eventfd = new(KernelException.Check(Kernel.eventfd(), "eventfd"));
        byte[] order = Encoding.UTF8.GetBytes(eventfd.Number + " " + file.Number);
        int result = CgroupFile.Write(cgroup.Number, "cgroup.event_control\0"u8, order);
        if (result < 0)
        {
            file.Dispose();
            eventfd.Dispose();
            throw new KernelException("write to", directory.PathOf("cgroup.event_control"), (Errno)(-result));
        }

        return new OutOfMemoryWatch(directory, file, eventfd);
    }

    /// <summary>Whether it happened since this was asked last. Does not wait.</summary>
    public bool Happened()
    {
        if (_eventfd.IsOpen)
        {
            // The removal of the cgroup is told by the same eventfd.
            Span<byte> count = stackalloc byte[sizeof(ulong)];
            return Kernel.read(_eventfd.Number, count) > 0 && IsThere();
        }

        ulong before = _kills;
        _kills = ReadKills();
        return _kills > before;
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        _eventfd.Dispose();
        _file.Dispose();
    }

    private bool IsThere()
    {
        return Kernel.faccessat(Kernel.AT_FDCWD, _directory.Path, 0, 0) == 0;
    }

    /// <summary>oom_kill of memory.events.</summary>
    private ulong ReadKills()
    {
        if (_eventfd.IsOpen)
        {
            return 0;
        }

        Span<byte> content = stackalloc byte[512];
        _ = Kernel.lseek(_file.Number, 0);
        int length = Kernel.read(_file.Number, content);
        ReadOnlySpan<byte> rest = content[..int.Max(0, length)];
        int at = rest.IndexOf("oom_kill "u8);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(rest[(at + 9)..], out ulong kills, out _)
            ? kills
            : _kills;
    }
}
