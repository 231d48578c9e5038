using System;
using System.IO;
using Csrun.Linux;

namespace Csrun.Shim.Tests;

/// <summary>Connections to a shim.</summary>
public sealed class ListenerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("csrun-listener-").FullName;
    private readonly EventLoop _loop = new();

    private byte[] Path => Utf8.Terminated(System.IO.Path.Combine(_directory, "socket"));

    public void Dispose()
    {
        _loop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_connection_that_cannot_be_taken_is_closed_and_the_next_one_comes()
    {
        int calls = 0;
        int taken = -1;
        using Listener listener = new(_loop, Listen(), connection =>
        {
            if (++calls == 1)
            {
                throw new KernelException("watch", "", Errno.ENOSPC);
            }

            taken = connection.Number;
            _loop.Stop();
        });
        using Fd first = Connect();
        using Fd second = Connect();

        _loop.Run();

        calls.Should().Be(2);
        Kernel.read(first.Number, new byte[1]).Should().Be(0, "it is closed");
        Kernel.read(second.Number, new byte[1]).Should().Be(-(int)Errno.EAGAIN);
        Kernel.close(taken);
    }

    private Fd Listen()
    {
        Fd socket = NewSocket();
        KernelException.Check(Kernel.bind_unix(socket.Number, Path), "bind");
        KernelException.Check(Kernel.listen(socket.Number, 8), "listen");
        return socket;
    }

    private Fd Connect()
    {
        Fd socket = NewSocket();
        KernelException.Check(Kernel.connect_unix(socket.Number, Path), "connect");
        return socket;
    }

    private static Fd NewSocket()
    {
        return new Fd(KernelException.Check(
            Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM | Kernel.O_NONBLOCK), "socket"));
    }
}
