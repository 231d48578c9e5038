using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// The container's first process from clone3 to execve, told in the order it happens: namespaces, mounts, the new root,
/// restrictions, waiting for the start, credentials, the program.
/// </summary>
/// <remarks>
/// Runs managed code in a process that was cloned, not started: one thread, no collection, no locks, no lazy
/// initialisation. The rules and their reasons: docs/decisions/fork-zone.md.
/// </remarks>
public sealed class ContainerInit
{
    private readonly Plan _plan;
    private readonly InitHandover _handover;
    private readonly SyncChannel _parent;
    private bool _cgroupsMade;
    private bool _memoryCgroupJoined;

    private ContainerInit(Plan plan, InitHandover handover)
    {
        _plan = plan;
        _handover = handover;
        _parent = new SyncChannel(handover.Channel);
    }

    /// <summary>
    /// Becomes the container's program. Does not return: ends in execve, or in an error told to the parent.
    /// </summary>
    public static void Run(Plan plan, InitHandover handover)
    {
        ContainerInit init = new(plan, handover);
        try
        {
            init.SetUp();
            init.WaitForStart();
            init.BecomeProgram();
        }
        catch (KernelException error)
        {
            init.Report(error);
        }
        catch (Exception error)
        {
            init.Report(
                new KernelException("set up the container: " + error.GetType().Name, error.Message, Errno.None));
        }

        Kernel.exit_group(1);
    }

    private void SetUp()
    {
        DetachFromCaller();
        if (_plan.Namespaces.JoinOf(NamespaceType.User) is null)
        {
            OomScore.Set(_plan.Process);
        }

        NamespaceEntry.Join(_plan.Namespaces);
        if (_plan.Namespaces.Makes(NamespaceType.User))
        {
            BecomeMappedRoot();
        }

        // A change of ids or of the user namespace has cleared it.
        DieWithCaller();

        // Not before the maps are written: an unprivileged parent cannot map a process that is not dumpable.
        KernelException.Check(Kernel.prctl(Kernel.PR_SET_DUMPABLE, 0), "prctl", "PR_SET_DUMPABLE"u8);

        MountPlan? procMount = FindProcMount();
        if (_plan.Namespaces.Has(NamespaceType.Mount))
        {
            RootMount.StopPropagation(_plan.Root);
        }

        ProcFs proc = ProcFs.Create(procMount?.SetAttributes ?? 0);
        SetKernelState(proc);

        ContainerRoot root = RootMount.Attach(_plan);
        Mounter mounter = new(_plan, _handover, root, proc, procMount, MakeSureOfCgroups, PrepareCgroupMount);
        mounter.MountAll();
        DeviceNodes.Make(_plan, root, proc);
        JoinCgroups();
        RunHooks(root);

        RootMount.Enter(_plan, root, proc);
        PathRestrictions.Apply(_plan, root, _handover.MountContext);
        if (_plan.Process is { Terminal: true } process)
        {
            ContainerTerminal.Open(root, process, _handover.ConsoleSocket, bindConsole: true);
        }

        JoinMemoryCgroup();
        if (_plan.NewKeyring)
        {
            MakeKeyring(proc);
        }

        if (_plan.Process is not null)
        {
            _handover.Image?.Prepare(root, _plan.Process);
        }

        ProcessAttributes.Apply(_plan);
        _handover.Proc = proc;
        if (_handover.StartFifo >= 0)
        {
            // From here on the channel tells of csrun's death: it ends, or says that the container is on record.
            Kernel.prctl(Kernel.PR_SET_PDEATHSIG, 0);
        }

        Tell(SyncMessage.Created);
    }

    /// <summary>A session of its own, dead when csrun dies before the container is created.</summary>
    private static void DetachFromCaller()
    {
        DieWithCaller();
        KernelException.Check(Kernel.setsid(), "setsid");
    }

    private static void DieWithCaller()
    {
        KernelException.Check(
            Kernel.prctl(Kernel.PR_SET_PDEATHSIG, (ulong)Kernel.SIGKILL), "prctl", "PR_SET_PDEATHSIG"u8);
    }

    private void BecomeMappedRoot()
    {
        Tell(SyncMessage.WantsIdMaps);
        Await(SyncMessage.IdMapsWritten);
        KernelException.Check(Kernel.setresgid(0), "setresgid", "0"u8, "linux.gidMappings");
        KernelException.Check(Kernel.setresuid(0), "setresuid", "0"u8, "linux.uidMappings");
        if ((_plan.Namespaces.MadeByChild & NamespaceType.Ipc) != 0)
        {
            KernelException.Check(
                Kernel.unshare(Kernel.CLONE_NEWIPC), "unshare", "CLONE_NEWIPC"u8, "linux.namespaces");
        }
    }

    /// <summary>
    /// The procfs that is made first serves us and then becomes the container's, where it wants a plain one.
    /// </summary>
    private MountPlan? FindProcMount()
    {
        foreach (MountPlan mount in _plan.Mounts)
        {
            if (mount.Kind == MountKind.FileSystem && mount.Type == "proc")
            {
                return mount.Data.Count == 0 && mount.SuperblockFlags.Count == 0 && mount.IdMap is null ? mount : null;
            }
        }

        return null;
    }

    private void SetKernelState(ProcFs proc)
    {
        if (_plan.Hostname is string hostname)
        {
            byte[] name = Utf8.Terminated(hostname);
            KernelException.Check(Kernel.sethostname(name.AsSpan(0, name.Length - 1)), "sethostname", name, "hostname");
        }

        if (_plan.Domainname is string domainname)
        {
            byte[] name = Utf8.Terminated(domainname);
            KernelException.Check(
                Kernel.setdomainname(name.AsSpan(0, name.Length - 1)), "setdomainname", name, "domainname");
        }

        if (_plan.Namespaces.Makes(NamespaceType.Network))
        {
            Loopback.Up();
        }

        if (_plan.NetDevices.Count != 0)
        {
            // Before the sysctls, some of which are a device's own.
            Tell(SyncMessage.WantsNetDevices);
            Await(SyncMessage.NetDevicesMoved);
        }

        foreach (SysctlPlan sysctl in _plan.Sysctl)
        {
            byte[] file = Utf8.Terminated("sys/"u8, System.Text.Encoding.UTF8.GetBytes(sysctl.File));
            byte[] value = Utf8.Terminated(sysctl.Value);
            KernelException.Check(
                proc.Write(file, value.AsSpan(0, value.Length - 1)),
                "write /proc/" + Utf8.ToText(file), value, sysctl.Place);
        }
    }

    /// <summary>
    /// prestart and createRuntime in the parent, then createContainer here: all is mounted, the root not yet entered.
    /// </summary>
    private void RunHooks(ContainerRoot root)
    {
        if (_handover.ParentRunsHooks)
        {
            Tell(SyncMessage.WantsHooks);
            Await(SyncMessage.HooksDone);
        }

        if (_handover.Hooks is { HasCreateContainer: true } hooks)
        {
            // Its hooks are to see all of the container's namespaces, the cgroup namespace too.
            JoinMemoryCgroup();
            hooks.RunCreateContainer(root, _handover.Image);
        }
    }

    /// <summary>
    /// The parent makes the cgroup directories while this process mounts; waits for it when they are needed.
    /// </summary>
    private void MakeSureOfCgroups()
    {
        if (!_cgroupsMade)
        {
            Await(SyncMessage.CgroupsMade);
            _cgroupsMade = true;
        }
    }

    /// <summary>
    /// A mount of cgroup2 shows the tree from the root of the cgroup namespace in which it is made: the container's own
    /// comes first, or the mount would show the host's whole tree.
    /// </summary>
    private void PrepareCgroupMount()
    {
        MakeSureOfCgroups();
        if (_handover.Cgroups.IsPureV2)
        {
            JoinMemoryCgroup();
        }
    }

    /// <summary>All hierarchies of version 1 but memory; of version 2 the clone made this process a member.</summary>
    private void JoinCgroups()
    {
        MakeSureOfCgroups();
        if (_handover.JoinsCgroups)
        {
            _handover.Cgroups.JoinLegacy(memory: false);
        }
    }

    /// <summary>
    /// Memory last, so that a small limit meets the program and not its set-up; but before the cgroup namespace, which
    /// would otherwise show a path outside of itself.
    /// </summary>
    private void JoinMemoryCgroup()
    {
        if (_memoryCgroupJoined)
        {
            return;
        }

        _memoryCgroupJoined = true;
        if (_handover.JoinsCgroups)
        {
            _handover.Cgroups.JoinLegacy(memory: true);
        }

        if (_plan.Namespaces.Makes(NamespaceType.Cgroup))
        {
            KernelException.Check(
                Kernel.unshare(Kernel.CLONE_NEWCGROUP), "unshare", "CLONE_NEWCGROUP"u8, "linux.namespaces");
        }
    }

    private void MakeKeyring(ProcFs proc)
    {
        string? label = _plan.Process?.SelinuxLabel;
        if (label is not null)
        {
            SecurityLabels.SetForKeys(proc, label);
        }

        SessionKeyring.Make(_plan.Id);
        if (label is not null)
        {
            SecurityLabels.SetForKeys(proc, null);
        }
    }

    private void WaitForStart()
    {
        if (_handover.StartFifo < 0)
        {
            Await(SyncMessage.Start);
            return;
        }

        Await(SyncMessage.Recorded);
        _handover.StartFifoWriter = KernelException.Check(
            _handover.Proc.Reopen(_handover.StartFifo, Kernel.O_WRONLY), "open", "exec.fifo"u8);
    }

    private void BecomeProgram()
    {
        ExecImage image = _handover.Image
            ?? throw new KernelException("start: config.json has no process", string.Empty, Errno.None, "process");
        if (_plan.Process!.HasLabels)
        {
            // Before rights go and the filter comes; the startContainer hooks get them too, as from runc.
            SecurityLabels.SetForExec(_handover.Proc, _plan.Process);
        }

        ProgramStart.Become(_plan.Process, image, _handover.Hooks, _handover.PreservedDescriptors, _handover.Seccomp);
    }

    private void Tell(SyncMessage message)
    {
        _parent.Send(message);
    }

    private void Await(SyncMessage expected)
    {
        if (_parent.Receive(out _) != expected)
        {
            // Whoever told us to stop, or died, has said why elsewhere.
            Kernel.exit_group(1);
        }
    }

    private void Report(KernelException error)
    {
        if (_handover.StartFifoWriter >= 0)
        {
            SyncChannel.WriteFailure(_handover.StartFifoWriter, error);
        }
        else
        {
            _parent.SendFailure(error);
        }
    }
}
