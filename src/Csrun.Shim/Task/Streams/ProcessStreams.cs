using System;

namespace Csrun.Shim.Task.Streams;

/// <summary>A process's standard streams, from its making to its deletion.</summary>
internal abstract class ProcessStreams
{
    private Action? _onDrained;
    private Action? _onClosed;
    private bool _isClosed;

    /// <summary>The descriptors that become 0, 1 and 2 of the runtime, and so of the process.</summary>
    public abstract (int Input, int Output, int Error) ForProcess { get; }

    /// <summary>Whether all that the process wrote has gone where it goes.</summary>
    public abstract bool IsDrained { get; }

    /// <summary>Calls back when the process may be started: at once, or when a logger is ready.</summary>
    /// <param name="then">Takes why it may not; null where it may.</param>
    public virtual void Prepare(Action<string?> then)
    {
        then(null);
    }

    /// <summary>Makes the runtime's command line fit.</summary>
    public virtual void AddTo(RuntimeCommand command)
    {
    }

    /// <summary>The runtime has been started, and has its own copies of the descriptors.</summary>
    public abstract void Spawned();

    /// <summary>The runtime is done, and the process is there: its bytes are moved from now on.</summary>
    /// <exception cref="Ttrpc.TtrpcException">What the runtime should have brought is not there.</exception>
    public virtual void Created()
    {
    }

    /// <summary>The process has ended.</summary>
    public virtual void Exited()
    {
    }

    /// <summary>CloseIO: clients will open the input no more.</summary>
    public virtual void CloseInput()
    {
    }

    /// <summary>ResizePty.</summary>
    public virtual void Resize(ushort rows, ushort columns)
    {
    }

    /// <summary>Calls back once all is drained: at once where it is.</summary>
    public void WhenDrained(Action then)
    {
        if (IsDrained)
        {
            then();
        }
        else
        {
            _onDrained = then;
        }
    }

    /// <summary>
    /// Ends what still runs and closes everything; then calls back. To be called as often as one likes.
    /// </summary>
    public void Close(Action then)
    {
        if (_isClosed)
        {
            then();
            return;
        }

        bool isFirst = _onClosed is null;
        _onClosed += then;
        if (isFirst)
        {
            CloseAll();
        }
    }

    /// <summary>Does it, once: <see cref="Closed"/> is called at its end.</summary>
    protected abstract void CloseAll();

    /// <summary>Nothing is open any more, and nothing runs.</summary>
    protected void Closed()
    {
        _isClosed = true;
        Action? then = _onClosed;
        _onClosed = null;
        then?.Invoke();
    }

    /// <summary>To be called when <see cref="IsDrained"/> may have become true.</summary>
    protected void CheckDrained()
    {
        if (IsDrained && _onDrained is Action then)
        {
            _onDrained = null;
            then();
        }
    }
}
