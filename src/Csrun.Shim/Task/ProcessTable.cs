using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>
/// Who is told of which child's end. A process of a container may end before the command that started it has said
/// which it is: while such a command runs, ends that belong to nobody are kept for it.
/// </summary>
internal sealed class ProcessTable
{
    private readonly Dictionary<int, Action<Kernel.ExitInfo, DateTime>> _owners = [];
    private readonly Dictionary<int, (Kernel.ExitInfo Info, DateTime Time)> _early = [];
    private int _starting;

    /// <summary>Adds a program that was started just now.</summary>
    public void AddChild(int pid, Action<Kernel.ExitInfo> onEnd)
    {
        // An early end under this number was another process's.
        _ = _early.Remove(pid);
        _owners[pid] = (info, _) => onEnd(info);
    }

    /// <summary>
    /// The same for a command that starts a process: early ends are kept until <paramref name="onEnd"/> was called.
    /// </summary>
    public void AddCommand(int pid, Action<Kernel.ExitInfo> onEnd)
    {
        _starting++;
        AddChild(pid, info =>
        {
            onEnd(info);
            if (--_starting == 0)
            {
                _early.Clear();
            }
        });
    }

    /// <summary>Whether a process that a command started was reaped already: its number may be another's.</summary>
    public bool HasEnded(int pid)
    {
        return _early.ContainsKey(pid);
    }

    /// <summary>Adds a process of a container; where it has ended already its owner is told at once.</summary>
    public void Add(int pid, Action<Kernel.ExitInfo, DateTime> onEnd)
    {
        if (_early.Remove(pid, out (Kernel.ExitInfo Info, DateTime Time) end))
        {
            onEnd(end.Info, end.Time);
        }
        else
        {
            _owners[pid] = onEnd;
        }
    }

    /// <summary>A child has ended.</summary>
    public void Take(Kernel.ExitInfo info)
    {
        DateTime now = DateTime.UtcNow;
        if (_owners.Remove(info.Pid, out Action<Kernel.ExitInfo, DateTime>? owner))
        {
            owner(info, now);
        }
        else if (_starting > 0)
        {
            _early[info.Pid] = (info, now);
        }
    }
}
