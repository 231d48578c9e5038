using System.Collections.Generic;
using Csrun.Cgroups;
using Csrun.Cgroups.Systemd;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// Where a new container's cgroups are and who makes them: csrun itself, or systemd as those of a unit
/// (--systemd-cgroup), into whose delegated cgroups csrun writes what systemd does not.
/// </summary>
internal sealed class CgroupPlacement
{
    private readonly Plan _plan;
    private readonly SystemdManager? _manager;
    private readonly IReadOnlyList<UnitProperty> _annotated;
    private readonly bool _mayShareCaller;
    private string? _delegated;
    private bool _isStarted;
    private bool _isFilled;

    private CgroupPlacement(
        Plan plan,
        ContainerCgroups cgroups,
        SystemdManager? manager,
        SystemdUnit? unit,
        IReadOnlyList<UnitProperty> annotated,
        bool mayShareCaller)
    {
        _mayShareCaller = mayShareCaller;
        _plan = plan;
        _manager = manager;
        _annotated = annotated;
        Cgroups = cgroups;
        Unit = unit;
    }

    /// <summary>The cgroups.</summary>
    public ContainerCgroups Cgroups { get; }

    /// <summary>The unit; null without systemd.</summary>
    public SystemdUnit? Unit { get; }

    /// <summary>The socket that the unit's manager listens on; null without systemd.</summary>
    public string? Bus => _manager?.Address;

    /// <summary>Works it out. Nothing is made; a user's manager is asked for its own cgroup.</summary>
    /// <param name="plan">What the container asks for.</param>
    /// <param name="request">Who makes them.</param>
    /// <exception cref="KernelException">cgroupsPath names no place, systemd does not answer, or there are limits and
    /// no cgroups.</exception>
    public static CgroupPlacement Of(Plan plan, CreateRequest request)
    {
        CgroupLayout layout = CgroupLayout.Detect();
        if (request.NoCgroups)
        {
            return new CgroupPlacement(plan, WithoutCgroups(layout, plan), null, null, [], mayShareCaller: false);
        }

        CgroupAnnotations annotations =
            CgroupAnnotations.Read(plan.Annotations, request.Systemd is not null, layout.IsPureV2);
        if (request.Systemd is not SystemdManager manager)
        {
            ContainerCgroups located = ContainerCgroups.Locate(layout, plan.CgroupsPath, plan.Id);
            bool mayShare = !request.NeedsOwnCgroups && annotations.Delegated is null && MayShareCaller(plan);
            return new CgroupPlacement(plan, located, null, null, [], mayShare) { _delegated = annotations.Delegated };
        }

        SystemdUnit unit = SystemdUnit.Parse(plan.CgroupsPath, plan.Id, manager.IsUser);
        IReadOnlyList<UnitProperty> annotated = PropertyAnnotations.Read(plan.Annotations);
        string path = manager.ControlGroup() + unit.ControlGroup;
        ContainerCgroups cgroups = ContainerCgroups.OfUnit(
            layout, annotations.Subgroup is null ? path : path + "/" + annotations.Subgroup);
        return new CgroupPlacement(plan, cgroups, manager, unit, annotated, mayShareCaller: false)
        {
            _delegated = annotations.Delegated,
        };
    }

    /// <summary>The cgroup of the v2 tree to clone into; -1 where there is none, or none before there is a process.
    /// From here on it is known in which hierarchies the container has a cgroup of its own.</summary>
    public int OpenForClone()
    {
        if (_mayShareCaller)
        {
            Cgroups.ShareForbidden();
        }

        return Unit is null ? Cgroups.MakeUnified() : -1;
    }

    /// <summary>cgroupsPath does not count: engines give one beside the flag.</summary>
    private static ContainerCgroups WithoutCgroups(CgroupLayout layout, Plan plan)
    {
        if (ContainerCgroups.HasLimits(plan.Resources))
        {
            throw new KernelException(
                "set limits", "", Errno.EOPNOTSUPP, "linux.resources",
                "they need a cgroup, and --cgroup-manager disabled forbids one");
        }

        ContainerCgroups cgroups = ContainerCgroups.Locate(layout, null, plan.Id);
        cgroups.ShareAll();
        return cgroups;
    }

    private static bool MayShareCaller(Plan plan)
    {
        return (Kernel.geteuid() != 0 || !UserNamespace.IsHosts())
            && string.IsNullOrEmpty(plan.CgroupsPath)
            && !ContainerCgroups.HasLimits(plan.Resources);
    }

    /// <summary>Makes what is not there yet, with all limits.</summary>
    /// <param name="pid">The container's first process.</param>
    /// <param name="joins">Whether it is moved into all of it from here, because it cannot join by itself.</param>
    public void Fill(int pid, bool joins)
    {
        if (Unit is not null)
        {
            IReadOnlyList<UnitProperty> properties =
                UnitProperties.ForStart(Unit, _plan.Id, pid, _plan.Resources, Cgroups.IsPureV2);
            _manager!.Start(Unit, [.. properties, .. _annotated]);
            _isStarted = true;
            Cgroups.JoinUnified(pid);
        }

        Cgroups.MakeLegacy(_plan.Resources);
        Cgroups.ApplyUnified(_plan.Resources);
        if (joins)
        {
            Cgroups.JoinFromOutside(pid);
        }

        if (Cgroups.IsPureV2 && OwnerOf(_plan) is uint owner && owner != Kernel.geteuid())
        {
            Cgroups.GiveTo(owner);
        }

        _isFilled = true;
    }

    /// <summary>Makes all of it, and moves a process in that was not cloned into it.</summary>
    public void Take(int pid)
    {
        using Fd unified = new(OpenForClone());
        Fill(pid, joins: true);
        if (unified.IsOpen)
        {
            Cgroups.JoinUnified(pid);
        }
    }

    /// <summary>
    /// Moves the process, which has its cgroup namespace by now, to where the configuration delegates to.
    /// </summary>
    public void Delegate(int pid)
    {
        if (_delegated is not null)
        {
            Cgroups.MoveBelow(_delegated, pid, CgroupAnnotations.DelegatedPlace);
        }
    }

    /// <summary>
    /// Whose the cgroup is to be (config-linux.md, Cgroup ownership): the program's user, where the container has its
    /// own cgroup namespace and may write to what is mounted; null where it stays the caller's.
    /// </summary>
    private static uint? OwnerOf(Plan plan)
    {
        if (!plan.Namespaces.Makes(NamespaceType.Cgroup) || plan.Process is null)
        {
            return null;
        }

        bool isWritable = false;
        foreach (MountPlan mount in plan.Mounts)
        {
            isWritable |= mount.Kind == MountKind.Cgroup && (mount.SetAttributes & Kernel.MOUNT_ATTR_RDONLY) == 0;
        }

        return !isWritable ? null
            : plan.Namespaces.Makes(NamespaceType.User) ? IdMaps.HostIdOf(plan.Namespaces.UidMappings, plan.Process.Uid)
            : plan.Namespaces.Has(NamespaceType.User) ? null : plan.Process.Uid;
    }

    /// <summary>
    /// Undoes it; errors on the way are not told. Until all is made the container has no process but its first, whom
    /// the caller ended: any others belong to somebody whose cgroup or unit this was to be, and who stays unharmed. A
    /// systemd that did not start the unit is not asked again: it may be that it does not answer, and a scope without
    /// processes goes by itself.
    /// </summary>
    public void TakeBack()
    {
        if (Unit is not null && !_isStarted)
        {
            return;
        }

        try
        {
            if (_isFilled)
            {
                Cgroups.KillAll(Kernel.SIGKILL);
            }

            if (_isStarted)
            {
                _manager!.Stop(Unit!);
            }
        }
        catch (KernelException)
        {
            // The create's own error is the one to tell.
        }

        try
        {
            Cgroups.Remove();
        }
        catch (KernelException)
        {
            // As above.
        }
    }
}
