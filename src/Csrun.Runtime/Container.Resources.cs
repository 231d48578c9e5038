using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>Holding a container's processes, and changing what they may use.</summary>
public sealed partial class Container
{
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
    /// <exception cref="Linux.KernelException">A limit is wrong, or the kernel refuses it.</exception>
    public void Update(LinuxResources changes)
    {
        ContainerStatus status = Status();
        if (status is ContainerStatus.Stopped or ContainerStatus.Creating)
        {
            throw new RuntimeException("container not running");
        }

        LinuxResources all = ResourceUpdate.Merge(RecordedConfig.Resources(Record.ConfigJson), changes);
        Cgroups.Update(ResourceUpdate.Complete(changes, all));
        Record = Record with { ConfigJson = RecordedConfig.WithResources(Record.ConfigJson, all) };
        _directory.Write(Record);
    }
}
