using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// A further process of a container from clone3 to execve: cgroups, namespaces, terminal, directory, program, rights.
/// </summary>
/// <remarks>
/// The rules of <see cref="ContainerInit"/> hold here too, and one more: from the clone on the container's processes
/// see this one. It is not dumpable before that, so none of them traces it or opens its descriptors through /proc;
/// those of the same user can still stop or kill it, so nobody may hold a lock while waiting for it.
/// </remarks>
public sealed class ExecInit
{
    private readonly ExecHandover _handover;

    private ExecInit(ExecHandover handover)
    {
        _handover = handover;
    }

    /// <summary>Becomes the program. Does not return: ends in execve, or in an error told to the parent.</summary>
    public static void Run(ExecHandover handover)
    {
        ExecInit init = new(handover);
        SyncChannel parent = new(handover.Channel);
        try
        {
            init.BecomeProgram();
        }
        catch (KernelException error)
        {
            parent.SendFailure(error);
        }
        catch (Exception error)
        {
            parent.SendFailure(new KernelException(
                "join the container: " + error.GetType().Name, error.Message, Errno.None));
        }

        Kernel.exit_group(1);
    }

    private void BecomeProgram()
    {
        // Dead when csrun dies before the program begins: nobody would know of it.
        KernelException.Check(
            Kernel.prctl(Kernel.PR_SET_PDEATHSIG, (ulong)Kernel.SIGKILL), "prctl", "PR_SET_PDEATHSIG"u8);
        KernelException.Check(Kernel.setsid(), "setsid");
        if (_handover.AwaitsCgroup
            && new SyncChannel(_handover.Channel).Receive(out _) != SyncMessage.CgroupsMade)
        {
            // The parent has said why, or is gone.
            Kernel.exit_group(1);
        }

        OomScore.Set(_handover.Plan.Process);
        if (_handover.Plan.Process.HasLabels)
        {
            // By the caller's /proc: the container's could be anything, and it can hold up nobody's execve but this
            // one's.
            SecurityLabels.SetForExec(ProcFs.OfCaller(), _handover.Plan.Process);
        }

        _handover.Cgroups.JoinLegacy(memory: false);
        JoinNamespaces();

        ContainerRoot root = RootMount.Join(_handover.Root);
        ProcessPlan process = NamedUser.Resolve(root, _handover.Plan);
        if (process.Terminal)
        {
            ContainerTerminal.Open(root, process, _handover.ConsoleSocket, bindConsole: false);
        }

        if (_handover.KeyringOf is string id)
        {
            _ = SessionKeyring.Join(id);
        }

        if (_handover.ListenDescriptors > 0)
        {
            _handover.Image.AddActivation(_handover.ListenDescriptors);
        }

        _handover.Image.Prepare(root, process);

        // Memory last: what the set-up uses is not the container's.
        _handover.Cgroups.JoinLegacy(memory: true);
        ProcessAttributes.Apply(_handover.Plan);
        ProgramStart.Become(
            process, _handover.Image, hooks: null, _handover.PreservedDescriptors, _handover.Seccomp);
    }

    /// <summary>
    /// All at once, so that the kernel takes care of the order; then, in a user namespace, the container's root user.
    /// </summary>
    private void JoinNamespaces()
    {
        if (_handover.Namespaces == 0)
        {
            return;
        }

        bool entersUser = (_handover.Namespaces & NamespaceType.User) != 0;
        if (entersUser)
        {
            Credentials.DropGroups(_handover.Plan.Process);
        }

        KernelException.Check(
            Kernel.setns(_handover.InitPidfd, (ulong)_handover.Namespaces), "join the container's namespaces");
        if (entersUser)
        {
            KernelException.Check(Kernel.setresgid(0), "setresgid", "0"u8, "linux.gidMappings");
            KernelException.Check(Kernel.setresuid(0), "setresuid", "0"u8, "linux.uidMappings");
        }
    }
}
