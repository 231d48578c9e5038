using Csrun.Reporting;
using Csrun.Runtime;
using Csrun.Spec;

namespace Csrun.Commands;

/// <summary>A container as state and list show it.</summary>
internal static class ContainerViews
{
    /// <summary>The version of the runtime-spec that the state follows.</summary>
    public const string OciVersion = "1.3.0";

    public static ContainerView Of(Container container)
    {
        ContainerStatus status = container.Status();
        ContainerRecord record = container.Record;
        return new ContainerView
        {
            OciVersion = OciVersion,
            Id = record.Id,
            Pid = status == ContainerStatus.Stopped ? 0 : record.Init.Pid,
            Status = ContainerStatusWords.Word(status),
            Bundle = record.Bundle,
            Rootfs = record.Rootfs,
            Created = record.Created,
            Owner = UserName.Of(container.OwnerId()),
            Annotations = record.ReadAnnotations(),
        };
    }
}
