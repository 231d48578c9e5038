using System;
using System.Globalization;
using System.Text;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// A new time namespace with offsets: these can be set only before its first process, so the parent makes it, writes
/// them and goes back after the clone. Without offsets the clone makes it. Source: time_namespaces(7).
/// </summary>
/// <remarks>It belongs to the caller's user namespace, also where the container gets one of its own.</remarks>
internal readonly struct TimeNamespace : IDisposable
{
    private readonly Fd _own;

    private TimeNamespace(Fd own)
    {
        _own = own;
    }

    /// <summary>Whether the plan's time namespace is made here, not by the clone.</summary>
    public static bool IsMadeBefore(NamespacePlan namespaces)
    {
        return namespaces.Makes(NamespaceType.Time) && namespaces.TimeOffsets.Count != 0;
    }

    /// <summary>Makes the time namespace of the plan for the next child, if it has offsets.</summary>
    public static TimeNamespace Enter(NamespacePlan namespaces)
    {
        if (!IsMadeBefore(namespaces))
        {
            return default;
        }

        Fd own = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/proc/self/ns/time\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC),
            "open", "/proc/self/ns/time"u8, "linux.namespaces"));
        TimeNamespace entered = new(own);
        try
        {
            KernelException.Check(
                Kernel.unshare(Kernel.CLONE_NEWTIME), "unshare", "CLONE_NEWTIME"u8, "linux.namespaces");
            foreach (TimeOffsetPlan offset in namespaces.TimeOffsets)
            {
                Write(offset);
            }

            return entered;
        }
        catch
        {
            entered.Dispose();
            throw;
        }
    }

    /// <summary>Back to the caller's own; in the child the descriptor is closed by its execve.</summary>
    public void Dispose()
    {
        if (_own.IsOpen)
        {
            _ = Kernel.setns(_own.Number, Kernel.CLONE_NEWTIME);
            _own.Dispose();
        }
    }

    private static void Write(TimeOffsetPlan offset)
    {
        string clock = TimeClockWords.Word(offset.Clock);
        string place = "linux.timeOffsets[\"" + clock + "\"]";
        string value = string.Create(CultureInfo.InvariantCulture, $"{offset.Seconds} {offset.Nanoseconds}");
        byte[] line = Encoding.ASCII.GetBytes(clock + " " + value + "\n");
        using Fd file = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, "/proc/self/timens_offsets\0"u8, Kernel.O_WRONLY | Kernel.O_CLOEXEC),
            "open", "/proc/self/timens_offsets"u8, place));
        int written = Kernel.write(file.Number, line);
        if (written < 0)
        {
            throw new KernelException(
                "write /proc/self/timens_offsets", clock + " " + value, (Errno)(-written), place,
                written switch
                {
                    -(int)Errno.ERANGE => "the clock would be before its beginning, or beyond its end",
                    -(int)Errno.EPERM => "setting a clock's offset needs CAP_SYS_TIME",
                    _ => null,
                });
        }
    }
}
