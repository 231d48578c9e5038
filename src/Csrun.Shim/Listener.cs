using System;
using Csrun.Linux;

namespace Csrun.Shim;

/// <summary>A listening unix socket in a loop: hands on each connection that is made.</summary>
internal sealed class Listener : IDisposable
{
    private const int AgainMilliseconds = 500;

    private readonly EventLoop _loop;
    private readonly Fd _socket;
    private readonly Action<Fd> _onConnection;
    private readonly LoopTimer _again;

    /// <summary>Takes connections from now on.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">The socket, which listens and does not block; taken over.</param>
    /// <param name="onConnection">
    /// Takes over a connection, close-on-exec and non-blocking; where it throws a KernelException the connection is
    /// closed.
    /// </param>
    /// <exception cref="KernelException">It cannot be watched.</exception>
    public Listener(EventLoop loop, Fd socket, Action<Fd> onConnection)
    {
        _loop = loop;
        _socket = socket;
        _onConnection = onConnection;
        _again = new LoopTimer(() => loop.Change(socket.Number, Kernel.EPOLLIN));
        loop.Watch(socket.Number, Kernel.EPOLLIN, _ => Accept());
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        _loop.Cancel(_again);
        _loop.Unwatch(_socket.Number);
        _socket.Dispose();
    }

    private void Accept()
    {
        int result;
        while ((result = Kernel.accept(_socket.Number)) >= 0)
        {
            HandOn(new Fd(result));
        }

        if (result != -(int)Errno.EAGAIN)
        {
            // No descriptor is left, or no memory: who connects waits, and is not asked for all the time meanwhile.
            _loop.Change(_socket.Number, 0);
            _loop.Set(_again, AgainMilliseconds);
        }
    }

    private void HandOn(Fd connection)
    {
        try
        {
            _onConnection(connection);
        }
        catch (KernelException)
        {
            connection.Dispose();
        }
    }
}
