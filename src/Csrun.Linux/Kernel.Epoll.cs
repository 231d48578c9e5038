using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>
/// Waiting for many descriptors (epoll(7)), and moving bytes between two without reading them (splice(2)).
/// </summary>
public static unsafe partial class Kernel
{
    // sys/epoll.h
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;
    public const uint EPOLLIN = 1;
    public const uint EPOLLPRI = 2;
    public const uint EPOLLOUT = 4;
    public const uint EPOLLERR = 8;
    public const uint EPOLLHUP = 16;
    public const uint EPOLLET = 0x80000000;

    public const uint SPLICE_F_MOVE = 1;
    public const uint SPLICE_F_NONBLOCK = 2;

    /// <summary>epoll_create1(2), close-on-exec.</summary>
    public static int epoll_create()
    {
        return Result(LibC.epoll_create1(O_CLOEXEC));
    }

    /// <summary>epoll_ctl(2).</summary>
    /// <param name="epoll">The epoll descriptor.</param>
    /// <param name="operation">EPOLL_CTL_*.</param>
    /// <param name="fd">The descriptor to watch.</param>
    /// <param name="events">EPOLL* bits; EPOLLERR and EPOLLHUP are always told.</param>
    /// <param name="data">What epoll_wait gives back with each event.</param>
    public static int epoll_ctl(int epoll, int operation, int fd, uint events, ulong data)
    {
        epoll_event entry = default;
        entry.events = (int)events;
        entry.data.u64 = data;
        return Result(LibC.epoll_ctl(epoll, operation, fd, &entry));
    }

    /// <summary>epoll_wait(2); an interrupted call returns 0 events.</summary>
    /// <param name="epoll">The epoll descriptor.</param>
    /// <param name="entries">Where the events go.</param>
    /// <param name="timeoutMilliseconds">Negative: no limit.</param>
    /// <returns>How many entries are filled, or a negated errno.</returns>
    public static int epoll_wait(int epoll, Span<epoll_event> entries, int timeoutMilliseconds)
    {
        fixed (epoll_event* e = entries)
        {
            int result = Result(LibC.epoll_wait(epoll, e, entries.Length, timeoutMilliseconds));
            return result == -(int)Errno.EINTR ? 0 : result;
        }
    }

    /// <summary>splice(2) between two descriptors without offsets, one of which is a pipe.</summary>
    /// <returns>How many bytes went over; 0 at the end of <paramref name="from"/>; or a negated errno.</returns>
    public static int splice(int from, int to, int length, uint flags)
    {
        int result;
        do
        {
            result = Result(LibC.splice(from, null, to, null, (size_t)length, flags));
        }
        while (result == -(int)Errno.EINTR);

        return result;
    }
}
