using System;
using Csrun.Linux;

namespace Csrun.Shim.Task.Streams;

/// <summary>A process's standard streams, from its making to its deletion.</summary>
internal abstract class ProcessStreams
{
    private Action? _onDrained;

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

    /// <summary>One of the loggers' processes has ended.</summary>
    /// <returns>Whether it was one of these streams'.</returns>
    public virtual bool TakeExit(Kernel.ExitInfo info)
    {
        return false;
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

    /// <summary>Ends what still runs and closes everything; then calls back.</summary>
    public abstract void Close(Action then);

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
