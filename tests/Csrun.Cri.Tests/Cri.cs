using System;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using Csrun.Engines.Tests;
using Grpc.Core;
using Grpc.Net.Client;

namespace Csrun.Cri.Tests;

/// <summary>Debian's containerd with the interface that Kubernetes calls, and a client in place of a kubelet.</summary>
public sealed class Cri : Engine
{
    private GrpcChannel? _channel;
    private RuntimeService.RuntimeServiceClient? _runtime;

    public Cri()
        : base("cri")
    {
    }

    internal RuntimeService.RuntimeServiceClient Runtime => _runtime ??= Connect();

    /// <summary>Kills the daemon and starts another on its state.</summary>
    /// <param name="between">What happens while there is none.</param>
    internal void Replace(Action between)
    {
        KillAndAwait("$(pidof containerd)");
        between();
        Start();

        // A call on the old connection may meet its end.
        Finish();
        _runtime = null;
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
        RuntimeService.RuntimeServiceClient runtime = new(_channel);

        // It takes connections, and refuses nearly all calls, before it knows again what pods it had.
        Wait.Until(
            () => RefusalOfNoPod(runtime), seen => seen.Contains("NotFound", StringComparison.Ordinal), seconds: 30);
        return runtime;
    }

    // How it refuses to tell of a pod that is not there.
    private static string RefusalOfNoPod(RuntimeService.RuntimeServiceClient runtime)
    {
        try
        {
            return runtime.PodSandboxStatus(new PodSandboxRequest { PodSandboxId = "none" }).ToString();
        }
        catch (RpcException refusal)
        {
            return refusal.Status.ToString();
        }
    }

    // The cell's /run, seen from outside.
    private string SocketPath()
    {
        string first = File.ReadAllText(Path.Combine(Work, "pid")).Trim();
        return $"/proc/{first}/root/run/containerd/containerd.sock";
    }
}
