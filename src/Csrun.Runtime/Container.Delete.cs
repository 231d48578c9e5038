using Csrun.Cgroups;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>The end of it: what is removed, and when.</summary>
public sealed partial class Container
{
    /// <summary>
    /// Removes a stopped container, or one that was created and never started; with force also a running one. Then its
    /// poststop hooks run.
    /// </summary>
    /// <exception cref="RuntimeException">It is running.</exception>
    public void Delete(bool force, HookContext context)
    {
        ContainerStatus status = Status();
        if (status is ContainerStatus.Running or ContainerStatus.Paused && !force)
        {
            throw new RuntimeException(
                "cannot delete container " + Record.Id + " that is not stopped: " + ContainerStatusWords.Word(status));
        }

        EndFirstProcess();

        // A create that was killed before it had a process may also not yet have looked whether the cgroups are free.
        bool mayBeAnothers = Record.Init.Pid == 0 && !Cgroups.BecomesEmpty();
        if (!mayBeAnothers)
        {
            Cgroups.KillAll(Kernel.SIGKILL);
            StopUnit();
            Cgroups.Remove();
        }

        if (Record.Resctrl is not null)
        {
            ResctrlGroup.Remove(Record.Resctrl);
        }

        _directory.Remove();
        RuntimeHooks.Of(Record, context)?.RunPoststop();
        if (mayBeAnothers)
        {
            throw new RuntimeException(
                "the container is removed but for its cgroups: they have processes, and its create was killed before "
                    + "it had any");
        }
    }

    /// <summary>
    /// Removes all there is of an id: a container, whatever it does, a create or a checkpoint that is at work on it,
    /// and what a create left that was killed before it had a record.
    /// </summary>
    public static void DeleteByForce(StateRoot root, string id, HookContext context)
    {
        bool isGone = false;
        while (!isGone)
        {
            using Container? container = TryOpenEndingCreate(root, id, out _, evenCheckpoint: true);
            container?.Delete(force: true, context);
            isGone = container is not null || TryRemoveRemains(root, id);
        }
    }

    /// <summary>Removes a directory whose create was killed before it could write a record.</summary>
    /// <returns>False where there is a record: a create had only not yet begun to write it.</returns>
    private static bool TryRemoveRemains(StateRoot root, string id)
    {
        using ContainerDirectory? directory = ContainerDirectory.Open(root, id);
        if (directory?.Read() is not null)
        {
            return false;
        }

        directory?.Remove();
        return true;
    }

    /// <summary>Kills the first process and waits for its end, which a pid namespace makes the end of all.</summary>
    private void EndFirstProcess()
    {
        int pidfd = Record.Init.OpenPidfd();
        if (pidfd < 0)
        {
            return;
        }

        using Fd process = new(pidfd);
        if (Cgroups.GetFreezerState() != FreezerState.Thawed)
        {
            Cgroups.KillAll(Kernel.SIGKILL);
        }

        _ = Kernel.pidfd_send_signal(pidfd, Kernel.SIGKILL);
        ProcessWait.ForEnd(pidfd);
    }
}
