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
    private bool _isStarted;

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

        if (request.Systemd is not SystemdManager manager)
        {
            ContainerCgroups located = ContainerCgroups.Locate(layout, plan.CgroupsPath, plan.Id);
            return new CgroupPlacement(
                plan, located, null, null, [], mayShareCaller: !request.NeedsOwnCgroups && MayShareCaller(plan));
        }

        SystemdUnit unit = SystemdUnit.Parse(plan.CgroupsPath, plan.Id, manager.IsUser);
        IReadOnlyList<UnitProperty> annotated = PropertyAnnotations.Read(plan.Annotations);
        ContainerCgroups cgroups = ContainerCgroups.OfUnit(layout, manager.ControlGroup() + unit.ControlGroup);
        return new CgroupPlacement(plan, cgroups, manager, unit, annotated, mayShareCaller: false);
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
    }

    /// <summary>
    /// Undoes it; errors on the way are not told. A systemd that did not start the unit is not asked again: it may be
    /// that it does not answer, and a scope without processes goes by itself.
    /// </summary>
    public void TakeBack()
    {
        try
        {
            Cgroups.KillAll(Kernel.SIGKILL);
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
