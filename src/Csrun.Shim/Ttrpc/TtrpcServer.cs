using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Shim.Ttrpc;

/// <summary>Takes connections on a listening unix socket and hands their calls to one handler.</summary>
internal sealed class TtrpcServer
{
    private readonly EventLoop _loop;
    private readonly Action<TtrpcCall> _handler;
    private readonly HashSet<ServerConnection> _connections = [];

    /// <summary>Listens from now on.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="listener">The socket; the server closes it.</param>
    /// <param name="handler">Takes each call.</param>
    public TtrpcServer(EventLoop loop, Fd listener, Action<TtrpcCall> handler)
    {
        _loop = loop;
        _handler = handler;
        _ = Kernel.fcntl(listener.Number, Kernel.F_SETFL, Kernel.O_RDWR | Kernel.O_NONBLOCK);
        _ = new Listener(loop, listener, OnConnection);
    }

    /// <summary>How many connections there are.</summary>
    public int Connections => _connections.Count;

    /// <summary>Called when a connection has ended.</summary>
    public Action? OnDisconnected { get; set; }

    /// <summary>Whether all answers have gone to the kernel.</summary>
    public bool IsFlushed()
    {
        foreach (ServerConnection connection in _connections)
        {
            if (connection.HasOutput)
            {
                return false;
            }
        }

        return true;
    }

    internal void Remove(ServerConnection connection)
    {
        if (_connections.Remove(connection))
        {
            OnDisconnected?.Invoke();
        }
    }

    private void OnConnection(Fd socket)
    {
        // Only who runs the shim may use it; the socket's mode says so too.
        bool isOwn = Kernel.PeerCredentials(socket.Number, out _, out uint uid, out uint gid) == 0
            && uid == Kernel.geteuid() && gid == Kernel.getegid();
        if (isOwn)
        {
            _connections.Add(new ServerConnection(_loop, this, socket, _handler));
        }
        else
        {
            socket.Dispose();
        }
    }
}
