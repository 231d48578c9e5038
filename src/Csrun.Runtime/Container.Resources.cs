using Csrun.Cgroups.Systemd;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>Holding a container's processes, and changing what they may use.</summary>
public sealed partial class Container
{
    private SystemdManager Systemd => new(Record.SystemdBus ?? "", isUser: false);

    /// <summary>Freezes all processes, and returns when all are.</summary>
    /// <exception cref="RuntimeException">It neither runs nor was created.</exception>
    public void Pause()
    {
        ContainerStatus status = Status();
        if (status is not (ContainerStatus.Running or ContainerStatus.Created))
        {
            throw new RuntimeException("container not running or created: " + ContainerStatusWords.Word(status));
        }

        Cgroups.Freeze();
    }

    /// <summary>Lets the processes of a paused container go on.</summary>
    /// <exception cref="RuntimeException">It is not paused.</exception>
    public void Resume()
    {
        if (Status() != ContainerStatus.Paused)
        {
            throw new RuntimeException("container not paused");
        }

        Cgroups.Thaw();
    }

    /// <summary>
    /// Changes the limits that are set here and keeps all others; the record follows, so that a later update builds on
    /// it. When one limit is refused, nothing is changed.
    /// </summary>
    /// <exception cref="RuntimeException">It is not running.</exception>
    /// <exception cref="KernelException">A limit is wrong, or the kernel refuses it.</exception>
    public void Update(LinuxResources changes)
    {
        ContainerStatus status = Status();
        if (status is ContainerStatus.Stopped or ContainerStatus.Creating)
        {
            throw new RuntimeException("container not running");
        }

        LinuxResources all = ResourceUpdate.Merge(RecordedConfig.Resources(Record.ConfigJson), changes);
        LinuxResources complete = ResourceUpdate.Complete(changes, all);
        Cgroups.Update(complete, Record.SystemdUnit is not string unit ? null : () => Systemd.Set(
            SystemdUnit.Named(unit), UnitProperties.ForUpdate(complete, Cgroups.IsPureV2)));
        Record = Record with { ConfigJson = RecordedConfig.WithResources(Record.ConfigJson, all) };
        _directory.Write(Record);
    }

    /// <summary>
    /// Ends the container's unit. A systemd that is gone or does not answer keeps nobody from removing the cgroups, and a
    /// scope goes by itself when its cgroup does.
    /// </summary>
    private void StopUnit()
    {
        try
        {
            if (Record.SystemdUnit is string unit)
            {
                Systemd.Stop(SystemdUnit.Named(unit));
            }
        }
        catch (KernelException)
        {
            // What is left, if anything is, the removal of the cgroups tells.
        }
    }
}
