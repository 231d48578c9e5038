using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;

namespace Csrun.Testing;

/// <summary>
/// Who waits for services to be ready, as systemd does: a datagram socket and its path for $NOTIFY_SOCKET.
/// </summary>
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

    /// <summary>Takes a message that starts with each of these, in any order and within that time.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">Another message came, or none.</exception>
    public void HearsAll(TimeSpan limit, params string[] starts)
    {
        List<string> missing = [.. starts];
        while (missing.Count > 0)
        {
            string? message = Next(limit);
            int found = missing.FindIndex(start => message?.StartsWith(start, StringComparison.Ordinal) == true);
            if (found < 0)
            {
                throw new Xunit.Sdk.XunitException(
                    $"waiting for {string.Join(", ", missing)}, the manager got {message ?? "nothing"}");
            }

            missing.RemoveAt(found);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Path);
    }
}
