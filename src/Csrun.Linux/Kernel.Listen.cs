using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>The listening side of unix sockets.</summary>
public static unsafe partial class Kernel
{
    private const int SO_PEERCRED = 17;

    /// <summary>listen(2).</summary>
    public static int listen(int fd, int backlog)
    {
        return Result(LibC.listen(fd, backlog));
    }

    /// <summary>accept4(2), close-on-exec and non-blocking; interrupted calls are made again.</summary>
    public static int accept(int fd)
    {
        int result;
        do
        {
            result = Result(LibC.accept4(fd, null, null, O_CLOEXEC | O_NONBLOCK));
        }
        while (result == -(int)Errno.EINTR);

        return result;
    }

    /// <summary>
    /// send(2) with MSG_NOSIGNAL; interrupted calls are made again, short ones are returned as they are.
    /// </summary>
    public static int send(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* b = bytes)
        {
            int result;
            do
            {
                result = Result(LibC.send(fd, b, (size_t)bytes.Length, MSG_NOSIGNAL));
            }
            while (result == -(int)Errno.EINTR);

            return result;
        }
    }

    /// <summary>
    /// getsockopt(2) SO_PEERCRED: who connected, as this user namespace counts; zero or a negated errno.
    /// </summary>
    public static int PeerCredentials(int fd, out int pid, out uint uid, out uint gid)
    {
        uint* credentials = stackalloc uint[3];
        socklen_t length = 3 * sizeof(uint);
        int result = Result(LibC.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, &length));
        pid = (int)credentials[0];
        uid = credentials[1];
        gid = credentials[2];
        return result;
    }
}
