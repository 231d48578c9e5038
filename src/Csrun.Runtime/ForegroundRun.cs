using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>
/// run in the foreground: create, start, pass signals on, wait, remove, and end as the container ended.
/// </summary>
public static class ForegroundRun
{
    /// <summary>Creates and starts a container and leaves it to itself (run --detach).</summary>
    public static void Detach(CreateRequest request)
    {
        Bundle bundle = request.LoadBundle();
        using SignalReader signals = new();
        CreatedContainer container = Creator.Create(request, bundle, signals);
        try
        {
            using (container)
            {
                container.Start();
                using NotifyRelay? relay = container.Relay;
                if (relay is not null)
                {
                    container.Unlock();
                    relay.WaitForReady(container.Pidfd, container.Record.Init.Pid, signals);
                }
            }
        }
        catch
        {
            Remove(request, container.Record.Init);
            throw;
        }
    }

    /// <summary>Runs a container from beginning to end.</summary>
    /// <returns>The exit code as a shell reports it: the program's own, or 128 and the signal.</returns>
    public static int Run(CreateRequest request, bool keep)
    {
        Bundle bundle = request.LoadBundle();
        using SignalReader signals = new();
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_CHILD_SUBREAPER, 1), "prctl", "PR_SET_CHILD_SUBREAPER"u8);
        CreatedContainer container = Creator.Create(request, bundle, signals);
        ProcessIdentity init = container.Record.Init;

        // Before the start, so that the program finds the terminal's size set.
        using ConsoleRelay? console = container.Terminal < 0 ? null : new ConsoleRelay(container.Terminal);
        int status;
        try
        {
            int pidfd;
            using (container)
            {
                container.Start();
                pidfd = KernelException.Check(Kernel.fcntl(container.Pidfd, Kernel.F_DUPFD_CLOEXEC), "fcntl");
            }

            using NotifyRelay? relay = container.Relay;
            status = ForegroundWait.ForEnd(init.Pid, pidfd, signals, console, relay);
            if (status == 128 + Kernel.SIGKILL && container.Cgroups.HasKilledForMemory())
            {
                request.Warn(
                    $"{request.Id}: killed at the memory limit of its cgroup (linux.resources.memory.limit)");
            }
        }
        catch
        {
            // Also where the wait failed: nobody would look after it any more.
            Remove(request, init);
            throw;
        }

        if (!keep)
        {
            Remove(request, init);
        }

        return status;
    }

    /// <summary>
    /// Removes it, whatever it is doing. Somebody else may have done that already, and have made another of its id.
    /// </summary>
    public static void Remove(CreateRequest request, ProcessIdentity init)
    {
        using Container? container = Container.TryOpen(request.Root, request.Id);
        if (container?.Record.Init == init)
        {
            container.Delete(force: true, request.Hooks);
        }
    }
}
