using System;
using System.Collections.Generic;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>
/// Who is told of which child's end. A process of a container may end before the command that started it has said which
/// it is: while such a command runs, ends that belong to nobody are kept for it.
/// </summary>
internal sealed class ProcessTable
{
    private readonly Dictionary<int, Action<Kernel.ExitInfo, DateTime>> _owners = [];
    private readonly Dictionary<int, (Kernel.ExitInfo Info, DateTime Time)> _early = [];
    private int _starting;

    /// <summary>Asked about an end that belongs to nobody in the table, before it is forgotten.</summary>
    public Predicate<Kernel.ExitInfo>? Others { get; set; }

    /// <summary>Runs a command: its end is told to <paramref name="onEnd"/>, and early ends are kept until then.</summary>
    public void AddCommand(int pid, Action<Kernel.ExitInfo> onEnd)
    {
        _starting++;
        _owners[pid] = (info, _) =>
        {
            onEnd(info);
            if (--_starting == 0)
            {
                _early.Clear();
            }
        };
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
        else if (Others?.Invoke(info) != true && _starting > 0)
        {
            _early[info.Pid] = (info, now);
        }
    }
}
