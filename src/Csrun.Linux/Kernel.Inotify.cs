using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>Being told of changes in directories and files (inotify(7)).</summary>
public static unsafe partial class Kernel
{
    // sys/inotify.h
    public const uint IN_MODIFY = 0x2;
    public const uint IN_ATTRIB = 0x4;
    public const uint IN_OPEN = 0x20;
    public const uint IN_MOVED_TO = 0x80;
    public const uint IN_CREATE = 0x100;
    public const uint IN_DELETE = 0x200;
    public const uint IN_DELETE_SELF = 0x400;
    public const uint IN_ONLYDIR = 0x1000000;

    /// <summary>inotify_init1(2), close-on-exec and non-blocking.</summary>
    public static int inotify_init()
    {
        return Result(LibC.syscall(Number.InotifyInit1, O_CLOEXEC | O_NONBLOCK));
    }

    /// <summary>inotify_add_watch(2): the watch's number.</summary>
    public static int inotify_add_watch(int inotify, ReadOnlySpan<byte> path, uint mask)
    {
        fixed (byte* p = path)
        {
            return Result(LibC.syscall(Number.InotifyAddWatch, inotify, Terminated(p, path.Length), mask));
        }
    }

    /// <summary>Reads and forgets all events that wait: for those who look for themselves what has changed.</summary>
    /// <returns>Whether there were any.</returns>
    public static bool DrainInotify(int inotify)
    {
        Span<byte> events = stackalloc byte[1024];
        bool any = false;
        while (read(inotify, events) > 0)
        {
            any = true;
        }

        return any;
    }
}
