using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Csrun.Testing;

/// <summary>recvmsg(2) for one descriptor, on 64-bit machines.</summary>
internal static unsafe partial class Libc
{
    private const int SOL_SOCKET = 1;
    private const int SCM_RIGHTS = 1;
    private const int MSG_CMSG_CLOEXEC = 0x40000000;

    /// <summary>Receives a message that brings one descriptor.</summary>
    internal static int ReceiveFd(int socket)
    {
        byte* text = stackalloc byte[4096];
        long* control = stackalloc long[8];
        Iovec vector = new() { iov_base = text, iov_len = 4096 };
        Msghdr message = new() { msg_iov = &vector, msg_iovlen = 1, msg_control = control, msg_controllen = 64 };
        if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "recvmsg");
        }

        Cmsghdr* header = (Cmsghdr*)control;
        bool brings = message.msg_controllen >= (nuint)sizeof(Cmsghdr) + sizeof(int)
            && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS;
        return brings ? *(int*)(header + 1) : throw new Win32Exception("the message brought no descriptor");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int socket, Msghdr* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct Iovec
    {
        internal void* iov_base;
        internal nuint iov_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Msghdr
    {
        internal void* msg_name;
        internal uint msg_namelen;
        internal Iovec* msg_iov;
        internal nuint msg_iovlen;
        internal void* msg_control;
        internal nuint msg_controllen;
        internal int msg_flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Cmsghdr
    {
        internal nuint cmsg_len;
        internal int cmsg_level;
        internal int cmsg_type;
    }
}
