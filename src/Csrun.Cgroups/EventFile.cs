using System;
using Csrun.Linux;
using Tmds.Linux;

namespace Csrun.Cgroups;

/// <summary>
/// Files of cgroup v2 that tell of a change: poll(2) shows POLLPRI once the content is other than what was read last.
/// Source: cgroup-v2.rst, cgroup.events.
/// </summary>
internal static class EventFile
{
    /// <summary>Waits until the file holds the line.</summary>
    /// <returns>Whether it came in time; true also when the cgroup is gone meanwhile.</returns>
    public static bool WaitFor(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> line, int milliseconds)
    {
        using Fd file = new(Kernel.openat(directory, name, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        if (!file.IsOpen)
        {
            return true;
        }

        long deadline = Environment.TickCount64 + milliseconds;
        Span<byte> content = stackalloc byte[512];
        Span<pollfd> entries = stackalloc pollfd[1];
        while (true)
        {
            _ = Kernel.lseek(file.Number, 0);
            int length = Kernel.read(file.Number, content);
            if (length <= 0 || ControllerList.Contains(content[..length], line, (byte)'\n'))
            {
                return true;
            }

            int left = (int)long.Max(0, deadline - Environment.TickCount64);
            entries[0] = new pollfd { fd = file.Number, events = Kernel.POLLPRI };
            if (left == 0 || Kernel.poll(entries, left) <= 0)
            {
                return false;
            }
        }
    }
}
