using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// A user namespace joined by path. The container's new namespaces must belong to it, and the parent could not leave it
/// again: so a process between the two joins, clones the container's first process as its own sibling, hands its pidfd
/// to the parent, and ends.
/// </summary>
public static class JoinedUserNamespace
{
    /// <summary>
    /// In the process between; returns in the container's first process, which is the parent's child.
    /// </summary>
    /// <param name="plan">The container.</param>
    /// <param name="join">The namespace.</param>
    /// <param name="handover">What the parent prepared.</param>
    /// <param name="flags">The namespaces to make.</param>
    public static void Enter(Plan plan, NamespaceJoin join, InitHandover handover, ulong flags)
    {
        SyncChannel parent = new(handover.Channel);
        try
        {
            KernelException.Check(
                Kernel.prctl(Kernel.PR_SET_PDEATHSIG, (ulong)Kernel.SIGKILL), "prctl", "PR_SET_PDEATHSIG"u8);
            OomScore.Set(plan.Process);

            // Who is root in there could else attach to a process that still has the host's directories and
            // descriptors.
            KernelException.Check(Kernel.prctl(Kernel.PR_SET_DUMPABLE, 0), "prctl", "PR_SET_DUMPABLE"u8);
            Credentials.DropGroups(plan.Process);
            NamespaceEntry.Enter(join);
            KernelException.Check(Kernel.setresgid(0), "setresgid", "0"u8, join.Place);
            KernelException.Check(Kernel.setresuid(0), "setresuid", "0"u8, join.Place);
            int pid = Clone(flags, out int pidfd);
            if (pid == 0)
            {
                AwaitParent(parent);
                return;
            }

            KernelException.Check(pid, "clone3", default, "linux.namespaces");
            parent.SendDescriptor(SyncMessage.Cloned, pidfd);
        }
        catch (KernelException error)
        {
            parent.SendFailure(error);
        }
        catch (Exception error)
        {
            // Further up are the parent's own steps, its cleaning up among them.
            parent.SendFailure(
                new KernelException("join the user namespace: " + error.GetType().Name, error.Message, Errno.None));
        }

        Kernel.exit_group(0);
    }

    /// <summary>Both processes speak through one end: the first word is to be that of the one between.</summary>
    private static void AwaitParent(SyncChannel parent)
    {
        if (parent.Receive(out _) != SyncMessage.Adopted)
        {
            Kernel.exit_group(1);
        }
    }

    private static unsafe int Clone(ulong flags, out int pidfd)
    {
        int descriptor = -1;
        Kernel.clone_args arguments = new()
        {
            flags = flags | Kernel.CLONE_PIDFD | Kernel.CLONE_PARENT,
            pidfd = (ulong)&descriptor,
        };
        int pid = Kernel.clone3(in arguments);
        pidfd = descriptor;
        return pid;
    }
}
