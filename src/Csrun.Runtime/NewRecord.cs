using System;
using Csrun.Linux;

namespace Csrun.Runtime;

/// <summary>The record of a container that begins to exist: all that is known before it has a process.</summary>
internal static class NewRecord
{
    public static ContainerRecord Of(CreateRequest request, Bundle bundle, CgroupPlacement placement)
    {
        Span<byte> created = stackalloc byte[40];
        _ = request.Now.TryFormat(created, out int length, "O");
        Spec.Plan plan = bundle.Plan;
        return new ContainerRecord
        {
            Id = request.Id,
            Created = Utf8.ToText(created[..length]),
            Bundle = request.Bundle,
            Rootfs = plan.Root.Path,
            CgroupPaths = placement.Cgroups.Paths,
            SystemdUnit = placement.Unit?.Name,
            SystemdBus = placement.Bus,
            Resctrl = plan.IntelRdt is null ? null : ResctrlPaths.Of(ResctrlGroup.FindRoot(), plan.IntelRdt, plan.Id),
            Namespaces = plan.Namespaces.All,
            HasSessionKeyring = plan.NewKeyring,
            HasShim = request.OpenStreams is not null,
            ConfigJson = bundle.Json.AsMemory(0, bundle.Length),
        };
    }
}
