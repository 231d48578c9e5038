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
        using SignalReader signals = new();
        CreatedContainer container = Creator.Create(request, signals);
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
            Remove(request);
            throw;
        }
    }

    /// <summary>Runs a container from beginning to end.</summary>
    /// <returns>The exit code as a shell reports it: the program's own, or 128 and the signal.</returns>
    public static int Run(CreateRequest request, bool keep)
    {
        using SignalReader signals = new();
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_CHILD_SUBREAPER, 1), "prctl", "PR_SET_CHILD_SUBREAPER"u8);
        CreatedContainer container = Creator.Create(request, signals);
        int pid = container.Record.Init.Pid;

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
            status = ForegroundWait.ForEnd(pid, pidfd, signals, console, relay);
        }
        catch
        {
            // Also where the wait failed: nobody would look after it any more.
            Remove(request);
            throw;
        }

        if (!keep)
        {
            Remove(request);
        }

        return status;
    }

    /// <summary>Removes it, whatever it is doing.</summary>
    internal static void Remove(CreateRequest request)
    {
        using Container? container = Container.TryOpen(request.Root, request.Id);
        container?.Delete(force: true, request.Hooks);
    }
}
