using Csrun.Init;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <content>The clone of the container's first process, and what is handed over to it.</content>
public sealed partial class Creator
{
    /// <summary>The container's first process; in the child this does not return.</summary>
    private unsafe int Clone(Fd fifo, int cgroup)
    {
        KernelException.Check(
            Kernel.socketpair(Kernel.SOCK_SEQPACKET, out int ours, out int theirs), "socketpair");
        NamespaceJoin? user = _plan.Namespaces.JoinOf(NamespaceType.User);
        SeccompFilter? filter = MakeFilter();
        IdMappedMounts? idMapped = _plan.HasIdMaps ? IdMapper.Prepare(_plan) : null;
        InitHandover handover = new()
        {
            Channel = theirs,
            Cgroups = _placement.Cgroups,
            JoinsCgroups = !_plan.Namespaces.Has(NamespaceType.User),
            ParentRunsHooks = _hooks is { RunAtCreate: true },
            Hooks = _hooks?.ForContainer(),
            StartFifo = fifo.Number,
            ConsoleSocket = _consoleSocket.Number,
            Seccomp = filter,
            PreservedDescriptors = _request.PreservedDescriptors,
            IdMapped = idMapped,
            MountContext = _plan.MountContext is null
                ? null
                : SecurityModules.Applied(_plan.MountContext, _request.Warn),
            Image = _plan.Process is null ? null : new ExecImage(_plan.Process),
        };
        int pidfd = -1;
        Kernel.clone_args arguments = new()
        {
            flags = Kernel.CLONE_PIDFD | ((ulong)_plan.Namespaces.New & ~(ulong)_plan.Namespaces.MadeByChild),
            pidfd = (ulong)&pidfd,
            exit_signal = (ulong)Kernel.SIGCHLD,
        };
        if (cgroup >= 0)
        {
            arguments.flags |= Kernel.CLONE_INTO_CGROUP;
            arguments.cgroup = (ulong)cgroup;
        }

        SeccompFilters.TellPid(filter, ref arguments);
        if (TimeNamespace.IsMadeBefore(_plan.Namespaces))
        {
            arguments.flags &= ~Kernel.CLONE_NEWTIME;
        }

        ulong made = arguments.flags & (ulong)_plan.Namespaces.New;
        if (user is not null)
        {
            arguments.flags &= ~made;
        }

        int pid;
        using (TimeNamespace.Enter(_plan.Namespaces))
        using (PidNamespace.Enter(_plan.Namespaces))
        {
            pid = Kernel.clone3(in arguments);
            if (pid == 0)
            {
                // The container's copies: one of them is the lock, which must end with this command.
                Kernel.close(ours);
                _directory.Dispose();
                _signals.Dispose();
                TakeStreams(handover);
                if (user is not null)
                {
                    JoinedUserNamespace.Enter(_plan, user, handover, made);
                }

                ContainerInit.Run(_plan, handover);
            }
        }

        Kernel.close(theirs);
        SeccompFilters.CloseSocket(filter);
        idMapped?.Close();
        _consoleSocket.Dispose();
        _channel = new SyncChannel(ours);
        if (pid < 0)
        {
            Kernel.close(ours);
            throw CloneFailure((Errno)(-pid), cgroup >= 0);
        }

        if (user is not null)
        {
            pid = AdoptSibling(pidfd, out pidfd);
            filter?.Listener?.SetPid(pid);
        }

        _pidfd = new Fd(pidfd);
        return pid;
    }

    private int AdoptSibling(int between, out int pidfd)
    {
        try
        {
            int pid = ClonedSibling.Await(_channel, _signals, between, out pidfd);
            _channel.Send(SyncMessage.Adopted);
            return pid;
        }
        catch
        {
            // It waits for a word from here, and ends where none can come any more.
            Kernel.close(_channel.Descriptor);
            throw;
        }
    }

    /// <summary>In the child: an error ends it here, since further up are the parent's own steps.</summary>
    private void TakeStreams(InitHandover handover)
    {
        try
        {
            _streams?.Take();
        }
        catch (KernelException error)
        {
            new SyncChannel(handover.Channel).SendFailure(error);
            Kernel.exit_group(1);
        }
    }

    private static KernelException CloneFailure(Errno errno, bool intoCgroup)
    {
        return errno switch
        {
            Errno.EAGAIN => new KernelException(
                "clone3", string.Empty, errno, null,
                "the caller's cgroup (pids.max) or user (RLIMIT_NPROC) has all the processes it may have"),
            Errno.ENOSPC => new KernelException(
                "clone3", string.Empty, errno, "linux.namespaces", "a limit in /proc/sys/user is reached"),
            Errno.EBUSY when intoCgroup => new KernelException(
                "clone3 into the container's cgroup", string.Empty, errno, "linux.cgroupsPath",
                "it hands controllers down (cgroup.subtree_control), and cgroup v2 has processes at the ends only"),
            Errno.EOPNOTSUPP when intoCgroup => new KernelException(
                "clone3 into the container's cgroup", string.Empty, errno, "linux.cgroupsPath",
                "it is below a threaded cgroup (cgroup.type)"),
            _ => new KernelException("clone3", string.Empty, errno, "linux.namespaces"),
        };
    }

    private SeccompFilter? MakeFilter()
    {
        return _seccomp is null ? null : SeccompFilters.Make(
            _seccomp,
            _plan.Seccomp?.ListenerMetadata,
            _agent,
            () => RuntimeHooks.MakeState(_plan.Id, _plan.Bundle, _plan.Annotations),
            ContainerStatus.Creating,
            containerPid: 0);
    }
}
