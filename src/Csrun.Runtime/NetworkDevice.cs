using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>One network device, through a socket of the network namespace that it is in (rtnetlink(7)).</summary>
/// <param name="Index">Its number there; a negated errno where it was not found.</param>
/// <param name="IsUp">IFF_UP.</param>
internal readonly record struct NetworkDevice(int Index, bool IsUp)
{
    /// <summary>Finds a device by its name.</summary>
    public static NetworkDevice Find(RouteSocket socket, string name)
    {
        List<byte[]> answers = [];
        int result = socket.Ask(
            RouteRequest.ForLink(RouteSocket.RTM_GETLINK, RouteSocket.NLM_F_REQUEST, index: 0)
                .With(RouteSocket.IFLA_IFNAME, Utf8.Terminated(name)),
            answers);
        if (result < 0 || answers.Count == 0)
        {
            return new NetworkDevice(result < 0 ? result : -(int)Errno.ENODEV, IsUp: false);
        }

        // struct ifinfomsg
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(answers[0].AsSpan(8));
        return new NetworkDevice(
            BinaryPrimitives.ReadInt32LittleEndian(answers[0].AsSpan(4)), (flags & RouteSocket.IFF_UP) != 0);
    }

    /// <summary>Moves it to another network namespace, where it has another name and is down.</summary>
    /// <returns>Zero or a negated errno.</returns>
    public static int Send(RouteSocket socket, int index, int networkNamespace, string name)
    {
        return socket.Change(
            Request(index).With(RouteSocket.IFLA_NET_NS_FD, (uint)networkNamespace)
                .With(RouteSocket.IFLA_IFNAME, Utf8.Terminated(name)));
    }

    /// <summary>Gives it another name; the kernel makes a number of %d.</summary>
    /// <returns>Zero or a negated errno.</returns>
    public static int Rename(RouteSocket socket, int index, string name)
    {
        return socket.Change(Request(index).With(RouteSocket.IFLA_IFNAME, Utf8.Terminated(name)));
    }

    /// <summary>Sets it up.</summary>
    /// <returns>Zero or a negated errno.</returns>
    public static int SetUp(RouteSocket socket, int index)
    {
        return socket.Change(Request(index, RouteSocket.IFF_UP));
    }

    private static RouteRequest Request(int index, uint flags = 0)
    {
        return RouteRequest.ForLink(
            RouteSocket.RTM_SETLINK, RouteSocket.NLM_F_REQUEST | RouteSocket.NLM_F_ACK, index, flags, flags);
    }
}
