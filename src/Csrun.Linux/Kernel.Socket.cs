using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>Unix sockets: the pair between the two processes, and descriptors sent to engines.</summary>
public static unsafe partial class Kernel
{
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_NETLINK = 16;
    public const int SOCK_STREAM = 1;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_SEQPACKET = 5;
    public const int SOCK_CLOEXEC = O_CLOEXEC;

    private const int SOL_SOCKET = 1;
    private const int SCM_RIGHTS = 1;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int MSG_CMSG_CLOEXEC = 0x40000000;
    private const int ControlHeader = 16;
    private const int PathSize = 108; // of sockaddr_un

    /// <summary>socketpair(2), close-on-exec.</summary>
    public static int socketpair(int type, out int one, out int other)
    {
        int* ends = stackalloc int[2];
        int result = Result(LibC.socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends));
        one = ends[0];
        other = ends[1];
        return result;
    }

    /// <summary>socket(2), close-on-exec.</summary>
    public static int socket(int family, int type)
    {
        return Result(LibC.socket(family, type | SOCK_CLOEXEC, 0));
    }

    /// <summary>
    /// connect(2) to a unix socket by path (at most 108 bytes with NUL), or by an abstract name (first byte NUL).
    /// </summary>
    public static int connect_unix(int fd, ReadOnlySpan<byte> path)
    {
        byte* address = stackalloc byte[2 + PathSize];
        return UnixAddress(address, path)
            ? Result(LibC.connect(fd, (sockaddr*)address, 2 + path.Length))
            : -(int)Errno.ENAMETOOLONG;
    }

    /// <summary>bind(2) of a unix socket to a path (at most 108 bytes with NUL).</summary>
    public static int bind_unix(int fd, ReadOnlySpan<byte> path)
    {
        byte* address = stackalloc byte[2 + PathSize];
        return UnixAddress(address, path)
            ? Result(LibC.bind(fd, (sockaddr*)address, 2 + path.Length))
            : -(int)Errno.ENAMETOOLONG;
    }

    private static bool UnixAddress(byte* address, ReadOnlySpan<byte> path)
    {
        *(ushort*)address = AF_UNIX;
        return path.TryCopyTo(new Span<byte>(address + 2, PathSize));
    }

    /// <summary>
    /// sendmsg(2) of bytes and, where <paramref name="descriptor"/> is not negative, one fd by SCM_RIGHTS.
    /// </summary>
    public static int SendWithDescriptor(int socket, ReadOnlySpan<byte> bytes, int descriptor)
    {
        byte* control = stackalloc byte[ControlHeader + 8];
        fixed (byte* b = bytes)
        {
            iovec part = new() { iov_base = b, iov_len = (size_t)bytes.Length };
            msghdr message = default;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            if (descriptor >= 0)
            {
                *(ulong*)control = ControlHeader + sizeof(int);
                ((int*)control)[2] = SOL_SOCKET;
                ((int*)control)[3] = SCM_RIGHTS;
                ((int*)control)[4] = descriptor;
                ((int*)control)[5] = 0;
                message.msg_control = control;
                message.msg_controllen = ControlHeader + 8;
            }

            int result;
            do
            {
                result = Result(LibC.sendmsg(socket, &message, MSG_NOSIGNAL));
            }
            while (result == -(int)Errno.EINTR);

            return result;
        }
    }

    /// <summary>recvmsg(2) of bytes and at most one fd (close-on-exec; -1 where none came).</summary>
    public static int ReceiveWithDescriptor(int socket, Span<byte> bytes, out int descriptor)
    {
        byte* control = stackalloc byte[ControlHeader + 8];
        fixed (byte* b = bytes)
        {
            iovec part = new() { iov_base = b, iov_len = (size_t)bytes.Length };
            msghdr message = default;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control;
            message.msg_controllen = ControlHeader + 8;
            int result;
            do
            {
                result = Result(LibC.recvmsg(socket, &message, MSG_CMSG_CLOEXEC));
            }
            while (result == -(int)Errno.EINTR);

            bool came = result >= 0 && message.msg_controllen >= ControlHeader + sizeof(int)
                && ((int*)control)[3] == SCM_RIGHTS;
            descriptor = came ? ((int*)control)[4] : -1;
            return result;
        }
    }
}
