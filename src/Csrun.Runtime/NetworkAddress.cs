using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>One address of a network device, of any family, as the kernel told it.</summary>
internal sealed class NetworkAddress
{
    private const int FixedLength = 8; // struct ifaddrmsg

    /// <summary>What is set by whoever adds an address; the other flags say what became of it.</summary>
    private const uint KeptFlags = RouteSocket.IFA_F_NODAD | RouteSocket.IFA_F_HOMEADDRESS
        | RouteSocket.IFA_F_NOPREFIXROUTE | RouteSocket.IFA_F_MCAUTOJOIN;

    private readonly byte[] _message;

    private NetworkAddress(byte[] message)
    {
        _message = message;
    }

    private byte Scope => _message[3];

    private int Index => BinaryPrimitives.ReadInt32LittleEndian(_message.AsSpan(4));

    private uint Flags
    {
        get
        {
            RouteAttributes attributes = Attributes();
            while (attributes.MoveNext())
            {
                if (attributes.Type == RouteSocket.IFA_FLAGS)
                {
                    return BinaryPrimitives.ReadUInt32LittleEndian(attributes.Value);
                }
            }

            return _message[2];
        }
    }

    /// <summary>
    /// The addresses that go along with a device: permanent ones of global scope. Those with a lifetime belong to
    /// whoever renews them here, those of the link are made anew there.
    /// </summary>
    /// <exception cref="KernelException">The kernel does not tell.</exception>
    public static IReadOnlyList<NetworkAddress> Of(RouteSocket socket, int index, string place)
    {
        List<byte[]> answers = [];
        KernelException.Check(
            socket.Ask(
                RouteRequest.ForAddress(
                    RouteSocket.RTM_GETADDR, RouteSocket.NLM_F_REQUEST | RouteSocket.NLM_F_DUMP, family: 0),
                answers),
            "read the addresses of a network device", default, place);
        List<NetworkAddress> addresses = [];
        foreach (byte[] answer in answers)
        {
            NetworkAddress address = new(answer);
            if (answer.Length >= FixedLength && address.Index == index && address.Scope == RouteSocket.RT_SCOPE_UNIVERSE
                && (address.Flags & RouteSocket.IFA_F_PERMANENT) != 0)
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    /// <summary>Adds it to a device.</summary>
    /// <returns>Zero or a negated errno.</returns>
    public int AddTo(RouteSocket socket, int index)
    {
        const ushort How =
            RouteSocket.NLM_F_REQUEST | RouteSocket.NLM_F_ACK | RouteSocket.NLM_F_CREATE | RouteSocket.NLM_F_EXCL;
        RouteRequest request = RouteRequest.ForAddress(
            RouteSocket.RTM_NEWADDR, How, _message[0], _message[1], Scope, index);
        RouteAttributes attributes = Attributes();
        while (attributes.MoveNext())
        {
            // The label has the device's old name, the lifetimes are without end.
            if (attributes.Type is RouteSocket.IFA_ADDRESS or RouteSocket.IFA_LOCAL or RouteSocket.IFA_BROADCAST
                or RouteSocket.IFA_RT_PRIORITY or RouteSocket.IFA_PROTO)
            {
                request.With(attributes.Type, attributes.Value);
            }
        }

        return socket.Change(request.With(RouteSocket.IFA_FLAGS, Flags & KeptFlags));
    }

    private RouteAttributes Attributes()
    {
        return new RouteAttributes(_message.AsSpan(FixedLength));
    }
}
