using System;
using Csrun.Linux;

namespace Csrun.Init;

/// <summary>The loopback interface, which a new network namespace has but leaves down.</summary>
public static unsafe class Loopback
{
    private const ulong SIOCSIFFLAGS = 0x8914;
    private const short IFF_UP = 1;
    private const int NameSize = 16;
    private const int RequestSize = 40;

    /// <summary>Brings <c>lo</c> up (netdevice(7)).</summary>
    public static void Up()
    {
        using Fd socket = new(KernelException.Check(Kernel.socket(Kernel.AF_INET, Kernel.SOCK_DGRAM), "socket"));
        byte* request = stackalloc byte[RequestSize];
        new Span<byte>(request, RequestSize).Clear();
        request[0] = (byte)'l';
        request[1] = (byte)'o';
        *(short*)(request + NameSize) = IFF_UP;
        KernelException.Check(Kernel.ioctl(socket.Number, SIOCSIFFLAGS, request), "bring up", "lo"u8);
    }
}
