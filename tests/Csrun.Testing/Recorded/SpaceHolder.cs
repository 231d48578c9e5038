using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Csrun.Testing.Outside;

namespace Csrun.Testing.Recorded;

/// <summary>A process with namespaces of its own, as a pod's first container has them; it sleeps.</summary>
internal sealed class SpaceHolder : IDisposable
{
    private readonly int _unshare;

    public SpaceHolder()
    {
        string[] command =
            ["unshare", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", "/bin/busybox", "sleep", "1000"];
        using Pipe nothing = new();
        IReadOnlyList<FdMove> descriptors =
            [new(nothing.ReadEnd.Number, 0), new(nothing.WriteEnd.Number, 1), new(nothing.WriteEnd.Number, 2)];
        using SpawnPlan plan = new(Programs.Find("unshare"), command, new RunOptions().Environment, descriptors);
        _unshare = plan.Start();
        Pid = AwaitChild();
    }

    /// <summary>The process whose namespaces they are.</summary>
    public int Pid { get; }

    public void Dispose()
    {
        _ = Mono.Unix.Native.Syscall.kill(_unshare, Mono.Unix.Native.Signum.SIGKILL);
        SpawnPlan.Wait(_unshare, out _);
        Processes.AwaitOrphan(Pid, TimeSpan.FromSeconds(5));
    }

    private int AwaitChild()
    {
        for (int i = 0; i < 1000; i++)
        {
            if (Processes.All().FirstOrDefault(seen => seen.Parent == _unshare && seen.Name == "busybox") is { } child)
            {
                return child.Pid;
            }

            Thread.Sleep(5);
        }

        throw new TimeoutException("unshare started nothing");
    }
}
