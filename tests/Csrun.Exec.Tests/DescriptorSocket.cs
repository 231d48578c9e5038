using System;
using System.Net.Sockets;
using System.Text;
using Mono.Unix.Native;

namespace Csrun.Exec.Tests;

/// <summary>The listening end of --console-socket and --pidfd-socket, as an engine has it.</summary>
internal sealed unsafe class DescriptorSocket : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    internal DescriptorSocket(string path)
    {
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
    }

    internal string Path { get; }

    /// <summary>Takes one connection and the descriptor that comes over it, with the bytes beside it.</summary>
    internal OwnedFd Receive(out string name)
    {
        if (!_listener.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead))
        {
            throw new TimeoutException($"nobody connected to {Path}");
        }

        using Socket peer = _listener.Accept();
        byte[] text = new byte[256];
        byte[] control = new byte[256];
        fixed (byte* bytes = text)
        {
            Iovec part = new() { iov_base = (nint)bytes, iov_len = (ulong)text.Length };
            Msghdr message =
                new() { msg_iov = [part], msg_iovlen = 1, msg_control = control, msg_controllen = control.Length };
            long length = Syscall.recvmsg((int)peer.Handle, message, 0);
            name = Encoding.UTF8.GetString(text, 0, (int)Math.Max(length, 0));
            long data = Syscall.CMSG_DATA(message, Syscall.CMSG_FIRSTHDR(message));
            return new OwnedFd(BitConverter.ToInt32(control, (int)data));
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
    }
}
