using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using Csrun.Engines.Tests;
using Grpc.Net.Client;

namespace Csrun.Cri.Tests;

/// <summary>Debian's containerd with the interface that Kubernetes calls, and a client in place of a kubelet.</summary>
public sealed class Cri : Engine
{
    private GrpcChannel? _channel;

    public Cri()
        : base("cri")
    {
        Runtime = Connect();
    }

    internal RuntimeService.RuntimeServiceClient Runtime { get; private set; }

    /// <summary>Kills the daemon and starts another on its state.</summary>
    internal void Replace()
    {
        KillAndAwait("$(pidof containerd)");
        Start();

        // A call on the old connection may meet its end.
        Finish();
        Runtime = Connect();
    }

    protected override void Finish()
    {
        _channel?.Dispose();
    }

    private RuntimeService.RuntimeServiceClient Connect()
    {
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath()), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            },
            DisposeHttpClient = true,
        });
        return new RuntimeService.RuntimeServiceClient(_channel);
    }

    // The cell's /run, seen from outside.
    private string SocketPath()
    {
        string first = File.ReadAllText(Path.Combine(Work, "pid")).Trim();
        return $"/proc/{first}/root/run/containerd/containerd.sock";
    }
}
