using Csrun.Reporting;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Commands;

/// <summary>A container as state and list show it.</summary>
internal static class ContainerViews
{
    public static ContainerView Of(Container container)
    {
        ContainerStatus status = container.Status();
        ContainerRecord record = container.Record;
        return new ContainerView
        {
            OciVersion = State.Version,
            Id = record.Id,
            Pid = status == ContainerStatus.Stopped ? 0 : record.Init.Pid,
            Status = ContainerStatusWords.Word(status),
            Bundle = record.Bundle,
            Rootfs = record.Rootfs,
            Created = record.Created,
            Owner = UserName.Of(container.OwnerId()),
            SystemdScope = record.SystemdUnit ?? "",
            Annotations = record.ReadAnnotations(),
        };
    }
}
