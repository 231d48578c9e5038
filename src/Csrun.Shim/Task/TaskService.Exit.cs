using System;
using Csrun.Linux;
using Csrun.Shim.Messages.Types;

namespace Csrun.Shim.Task;

/// <summary>Ends of processes: told once each, and the first process's last.</summary>
internal sealed partial class TaskService
{
    private void TakeInitExit(TaskContainer container, Kernel.ExitInfo info, DateTime time)
    {
        container.InitExit = ((uint)info.ShellStatus, time);
        if (!container.HasOwnPidNamespace)
        {
            try
            {
                container.Cgroups?.KillAll(Kernel.SIGKILL);
            }
            catch (KernelException)
            {
                // The cgroup is gone, and with it all that was in it.
            }
        }

        if (container.IsBeingSaved)
        {
            // csrun removes the cgroup before the end is told, and a watch on what is removed never rests.
            TellOutOfMemory(container);
            Forget(container);
        }

        container.StartWait?.InitEnded();
        TellInitExit(container);
    }

    /// <summary>Tells the first process's end, once nothing is left that would have to be told before.</summary>
    private void TellInitExit(TaskContainer container)
    {
        if (container.InitExit is not (uint status, DateTime time) || container.LiveExecs > 0
            || container.IsStarting || container.IsBeingSaved || container.Init.Status == Status.Stopped)
        {
            return;
        }

        TellOutOfMemory(container);
        Forget(container);
        container.Init.Stop(status, time);
        _events.Exited(container.Init);
        container.Init.OnStopped?.Invoke();
    }

    private void TakeExecExit(TaskProcess exec, Kernel.ExitInfo info, DateTime time)
    {
        exec.Stop((uint)info.ShellStatus, time);
        _events.Exited(exec);
        exec.Container.LiveExecs--;
        TellInitExit(exec.Container);
    }
}
