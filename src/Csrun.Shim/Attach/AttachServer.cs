using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Runtime.Shim;
using Csrun.Shim.Logs;

namespace Csrun.Shim.Attach;

/// <summary>The shim's side of attach: a socket in its directory, and the clients that are connected.</summary>
internal sealed class AttachServer : IDisposable
{
    private const int MaxClients = 32;
    private const int Backlog = 8;

    private readonly EventLoop _loop;
    private readonly StatusFile _status;
    private readonly ContainerInput _input;
    private readonly Listener _listener;
    private readonly List<AttachClientLink> _links = [];
    private int _count;
    private Action? _onFlushed;

    /// <summary>Listens. A socket of an earlier shim is replaced.</summary>
    /// <exception cref="KernelException">The socket cannot be made.</exception>
    public AttachServer(EventLoop loop, ShimDirectory directory, StatusFile status, ContainerInput input)
    {
        _loop = loop;
        _status = status;
        _input = input;
        input.OnRoom = ResumeAll;
        _ = Kernel.unlinkat(directory.Descriptor, ShimDirectory.Socket, 0);
        Fd socket = new(KernelException.Check(
            Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM | Kernel.O_NONBLOCK), "socket"));
        KernelException.Check(
            Kernel.bind_unix(socket.Number, directory.PathOf(ShimDirectory.Socket)), "bind", ShimDirectory.Socket);
        KernelException.Check(Kernel.listen(socket.Number, Backlog), "listen", ShimDirectory.Socket);
        _listener = new Listener(loop, socket, OnClient);
    }

    /// <summary>Shows all clients what the container wrote.</summary>
    public void Show(LogStream stream, ReadOnlySpan<byte> text)
    {
        ulong lost = 0;
        for (int i = _count - 1; i >= 0; i--)
        {
            lost += (ulong)_links[i].Show(stream, text);
        }

        if (lost > 0)
        {
            _status.Now.LostAttached += lost;
            _status.Save();
        }
    }

    /// <summary>Tells all clients how the container ended; they close the connection themselves.</summary>
    public void End(int shellStatus)
    {
        for (int i = _count - 1; i >= 0; i--)
        {
            _links[i].End(shellStatus);
        }
    }

    /// <summary>
    /// Takes no more clients, and calls back when those that are there are gone: at once, if there are none.
    /// </summary>
    public void Close(Action onFlushed)
    {
        Dispose();
        _onFlushed = onFlushed;
        if (_count == 0)
        {
            onFlushed();
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        _listener.Dispose();
    }

    private void OnClient(Fd socket)
    {
        // The directory is root's alone; this is for a descriptor of the socket's path that went elsewhere.
        bool isKnown = Kernel.PeerCredentials(socket.Number, out _, out uint uid, out _) == 0
            && (uid == 0 || uid == Kernel.geteuid());
        if (!isKnown || _count == MaxClients)
        {
            socket.Dispose();
            return;
        }

        if (_count == _links.Count)
        {
            _links.Add(new AttachClientLink(_loop, _input, OnGone));
        }

        AttachClientLink link = _links[_count];
        link.Open(socket.Number);
        _count++;
        link.Greet();
    }

    /// <summary>The link goes behind those in use, and is used for the next client.</summary>
    private void OnGone(AttachClientLink link)
    {
        int place = _links.IndexOf(link);
        _count--;
        _links[place] = _links[_count];
        _links[_count] = link;
        if (_count == 0)
        {
            _onFlushed?.Invoke();
        }
    }

    private void ResumeAll()
    {
        for (int i = _count - 1; i >= 0; i--)
        {
            _links[i].Resume();
        }
    }
}
