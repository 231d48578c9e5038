using System;
using Csrun.Init;
using Csrun.Linux;
using Csrun.Runtime;

namespace Csrun.Shim.Task;

/// <summary>
/// The start of a created container, waited for in the loop: its first process goes on once the fifo is opened, and the
/// fifo's end is its execve; bytes before that are why it could not be.
/// </summary>
internal sealed class StartWait
{
    private readonly EventLoop _loop;
    private readonly Container _container;
    private readonly Fd _fifo;
    private readonly Action<string?> _onEnd;
    private readonly byte[] _packet = new byte[SyncChannel.MaxMessage];
    private int _length;
    private bool _isOver;

    /// <summary>Lets the container's first process go on.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="container">The container.</param>
    /// <param name="onEnd">Takes why its program does not run; null where it does.</param>
    /// <exception cref="RuntimeException">It is not created.</exception>
    public StartWait(EventLoop loop, TaskContainer container, Action<string?> onEnd)
    {
        _loop = loop;
        _onEnd = onEnd;
        _container = Container.Look(container.Root, container.Id);
        try
        {
            _fifo = _container.OpenStart();
        }
        catch
        {
            _container.Dispose();
            throw;
        }

        loop.Watch(_fifo.Number, Kernel.EPOLLIN, _ => Read());
    }

    /// <summary>The first process has ended, which may be after its program ran or before it could.</summary>
    public void InitEnded()
    {
        while (!_isOver && Kernel.CanRead(_fifo.Number))
        {
            Read();
        }

        End("cannot start a container that has stopped");
    }

    private void Read()
    {
        int read = Kernel.read(_fifo.Number, _packet.AsSpan(_length));
        if (read > 0)
        {
            _length += read;
            return;
        }

        if (read == -(int)Errno.EAGAIN)
        {
            return;
        }

        string? why = null;
        try
        {
            _container.EndStart(_packet.AsSpan(0, _length));
        }
        catch (Exception error) when (error is RuntimeException or KernelException)
        {
            why = ErrorText.Of(error);
        }

        End(why);
    }

    private void End(string? why)
    {
        if (!_isOver)
        {
            _isOver = true;
            _loop.Unwatch(_fifo.Number);
            _fifo.Dispose();
            _container.Dispose();
            _onEnd(why is null ? null : "OCI runtime start failed: " + why);
        }
    }
}
