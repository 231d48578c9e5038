using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Csrun.Linux;

/// <summary>A socket of rtnetlink(7): it speaks for the network namespace in which it was opened.</summary>
public readonly struct RouteSocket : IDisposable
{
    // if_link.h, if_addr.h, rtnetlink.h, netlink.h
    public const ushort RTM_NEWLINK = 16;
    public const ushort RTM_GETLINK = 18;
    public const ushort RTM_SETLINK = 19;
    public const ushort RTM_NEWADDR = 20;
    public const ushort RTM_GETADDR = 22;
    public const ushort NLM_F_REQUEST = 0x1;
    public const ushort NLM_F_ACK = 0x4;
    public const ushort NLM_F_DUMP = 0x300;
    public const ushort NLM_F_EXCL = 0x200;
    public const ushort NLM_F_CREATE = 0x400;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_NET_NS_FD = 28;
    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
    public const ushort IFA_BROADCAST = 4;
    public const ushort IFA_FLAGS = 8;
    public const ushort IFA_RT_PRIORITY = 9;
    public const ushort IFA_PROTO = 11;
    public const uint IFA_F_NODAD = 0x2;
    public const uint IFA_F_HOMEADDRESS = 0x10;
    public const uint IFA_F_PERMANENT = 0x80;
    public const uint IFA_F_NOPREFIXROUTE = 0x200;
    public const uint IFA_F_MCAUTOJOIN = 0x400;
    public const uint IFF_UP = 1;
    public const byte RT_SCOPE_UNIVERSE = 0;

    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const int HeaderLength = 16; // struct nlmsghdr
    private const int BufferSize = 32768; // of the kernel's own answers to a dump

    private readonly Fd _socket;

    private RouteSocket(Fd socket)
    {
        _socket = socket;
    }

    /// <summary>Opens one in the network namespace that this process is in.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static RouteSocket Open()
    {
        return new RouteSocket(new Fd(KernelException.Check(
            Kernel.socket(Kernel.AF_NETLINK, Kernel.SOCK_RAW), "socket", "AF_NETLINK"u8)));
    }

    /// <summary>Asks for a change.</summary>
    /// <returns>Zero or a negated errno.</returns>
    public int Change(RouteRequest request)
    {
        return Ask(request, null);
    }

    /// <summary>Asks for one object or, with NLM_F_DUMP, for all.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answers">Gets each answer: its fixed part with the attributes behind.</param>
    /// <returns>Zero or a negated errno.</returns>
    public int Ask(RouteRequest request, ICollection<byte[]>? answers)
    {
        int sent = Kernel.write(_socket.Number, request.Bytes);
        byte[] buffer = new byte[BufferSize];
        while (sent >= 0)
        {
            int length = Kernel.read(_socket.Number, buffer);
            if (length <= 0)
            {
                return length;
            }

            if (Take(buffer.AsSpan(0, length), answers, out int result))
            {
                return result;
            }
        }

        return sent;
    }

    /// <summary>Closes the socket.</summary>
    public void Dispose()
    {
        _socket.Dispose();
    }

    /// <summary>
    /// Whether these messages end the answer: an error or its absence, the end of a dump, a single object.
    /// </summary>
    private static bool Take(ReadOnlySpan<byte> messages, ICollection<byte[]>? answers, out int result)
    {
        const ushort Multi = 2; // NLM_F_MULTI
        result = 0;
        while (messages.Length >= HeaderLength)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(messages);
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(messages[4..]);
            if (length < HeaderLength || length > messages.Length)
            {
                result = -(int)Errno.EBADMSG;
                return true;
            }

            if (type is NLMSG_ERROR or NLMSG_DONE)
            {
                result = length < HeaderLength + sizeof(int)
                    ? 0
                    : BinaryPrimitives.ReadInt32LittleEndian(messages[HeaderLength..]);
                return true;
            }

            answers?.Add(messages[HeaderLength..length].ToArray());
            if ((BinaryPrimitives.ReadUInt16LittleEndian(messages[6..]) & Multi) == 0)
            {
                return true;
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return false;
    }
}
