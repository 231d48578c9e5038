using System.Collections.Generic;

namespace Csrun.Spec.Tests;

/// <summary>Plans of small configurations.</summary>
internal static class Plans
{
    public static PlanOptions Options { get; } = new() { Id = "web", Bundle = "/bundle" };

    /// <summary>The plan of a configuration that csrun does whole.</summary>
    public static Plan Of(string json, PlanOptions? options = null)
    {
        Plan? plan = PlanBuilder.Build(Readings.Good(json), options ?? Options, out IReadOnlyList<Fault> faults);
        Readings.Lines(faults).Should().BeEmpty();
        return plan!;
    }

    public static Plan OfLinux(string members) => Of(Readings.WithLinux(members));

    /// <summary>The plan of one mount.</summary>
    public static MountPlan OfMount(string members) => Of(WithMounts($"{{{members}}}")).Mounts[0];

    public static ProcessPlan OfProcess(string members) => Of(Readings.WithProcess(members)).Process!;

    /// <summary>What csrun refuses of a valid configuration.</summary>
    public static string[] FaultsOf(string json)
    {
        Plan? plan = PlanBuilder.Build(Readings.Good(json), Options, out IReadOnlyList<Fault> faults);
        (plan is null).Should().Be(faults.Count != 0);
        return Readings.Lines(faults);
    }

    public static string WithMounts(string mounts) => Readings.WithTop(
        $"\"linux\":{{\"namespaces\":[{{\"type\":\"mount\"}},{{\"type\":\"user\",\"path\":\"/x\"}}]}},"
        + $"\"mounts\":[{mounts}]");
}
