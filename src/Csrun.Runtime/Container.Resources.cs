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
    /// <param name="changes">The limits.</param>
    /// <param name="l3CacheSchema">--l3-cache-schema, for the group of linux.intelRdt; null changes nothing.</param>
    /// <param name="memBwSchema">--mem-bw-schema, likewise.</param>
    public void Update(LinuxResources changes, string? l3CacheSchema = null, string? memBwSchema = null)
    {
        ContainerStatus status = Status();
        if (status is ContainerStatus.Stopped or ContainerStatus.Creating)
        {
            throw new RuntimeException("container not running");
        }

        bool changesResctrl = l3CacheSchema is not null || memBwSchema is not null;
        if (changesResctrl && Record.Resctrl is null)
        {
            throw new RuntimeException(
                "--l3-cache-schema, --mem-bw-schema: the container was created without linux.intelRdt");
        }

        LinuxResources all = ResourceUpdate.Merge(RecordedConfig.Resources(Record.ConfigJson), changes);
        LinuxResources complete = ResourceUpdate.Complete(changes, all);
        Cgroups.Update(complete, () =>
        {
            if (Record.SystemdUnit is string unit)
            {
                Systemd.Set(SystemdUnit.Named(unit), UnitProperties.ForUpdate(complete, Cgroups.IsPureV2));
            }

            // Last: nothing after it can fail any more.
            if (changesResctrl)
            {
                ResctrlGroup.Update(Record.Resctrl!.Group, l3CacheSchema, memBwSchema);
            }
        });
        Record = Record with { ConfigJson = RecordedConfig.WithResources(Record.ConfigJson, all) };
        _directory.Write(Record);
    }

    /// <summary>
    /// Ends the container's unit. A systemd that is gone or does not answer keeps nobody from removing the cgroups, and
    /// a scope goes by itself when its cgroup does.
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
