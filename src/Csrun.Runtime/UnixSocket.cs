using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>Sockets of the caller that take a descriptor: --console-socket and --pidfd-socket.</summary>
internal static class UnixSocket
{
    /// <summary>Connects to a listening stream socket.</summary>
    /// <param name="path">The socket's path.</param>
    /// <param name="flag">The flag that named it, for the error.</param>
    public static Fd Connect(string path, string flag)
    {
        Fd socket = new(KernelException.Check(Kernel.socket(Kernel.AF_UNIX, Kernel.SOCK_STREAM), "socket"));
        byte[] name = Utf8.Terminated(path);
        int connected = Kernel.connect_unix(socket.Number, name);
        if (connected < 0)
        {
            socket.Dispose();
            throw new KernelException("connect", path, (Errno)(-connected), flag);
        }

        return socket;
    }

    /// <summary>Sends one descriptor with a name to a listening socket.</summary>
    public static void SendTo(string path, string flag, int descriptor)
    {
        using Fd socket = Connect(path, flag);
        KernelException.Check(
            Kernel.SendWithDescriptor(socket.Number, "pidfd"u8, descriptor), "send", Utf8.Terminated(path), flag);
    }
}
