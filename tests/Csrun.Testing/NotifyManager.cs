using System;
using System.IO;
using System.Net.Sockets;
using System.Text;

namespace Csrun.Testing;

/// <summary>Who waits for services to be ready, as systemd does: a datagram socket and its path for $NOTIFY_SOCKET.</summary>
public sealed class NotifyManager : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <param name="path">Where the socket is made.</param>
    public NotifyManager(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    public string Path { get; }

    /// <summary>The environment entry that tells of it.</summary>
    public string Variable => "NOTIFY_SOCKET=" + Path;

    /// <summary>The next message; null where none comes within that time.</summary>
    public string? Next(TimeSpan limit)
    {
        byte[] message = new byte[4096];
        return _socket.Poll(limit, SelectMode.SelectRead)
            ? Encoding.UTF8.GetString(message, 0, _socket.Receive(message))
            : null;
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Path);
    }
}
