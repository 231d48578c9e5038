using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace Csrun.Spec.Tests;

/// <summary>Reads documents in both ways, for comparison.</summary>
internal static class Readings
{
    private static readonly SpecJsonContext s_context = SpecJsonContext.Create(indented: true);

    /// <summary>What a document is said to be at fault for, a line each; empty when it is accepted.</summary>
    public static string[] FaultsOf(ReadOnlySpan<byte> json)
    {
        ContainerConfig? config = ConfigReader.Read(json, out IReadOnlyList<Fault> faults);
        (config is null).Should().Be(faults.Count != 0, "a document is accepted or has faults");
        return Lines(faults);
    }

    /// <inheritdoc cref="FaultsOf(ReadOnlySpan{byte})"/>
    public static string[] FaultsOf(string json) => FaultsOf(Encoding.UTF8.GetBytes(json));

    /// <summary>The faults of the smallest good configuration with members added at its top.</summary>
    public static string[] FaultsOfTop(string members) => FaultsOf(WithTop(members));

    /// <summary>The faults of the smallest good configuration with members added to its linux section.</summary>
    public static string[] FaultsOfLinux(string members) => FaultsOf(WithLinux(members));

    /// <summary>The faults of the smallest good configuration with members added to its process.</summary>
    public static string[] FaultsOfProcess(string members) => FaultsOf(WithProcess(members));

    /// <summary>What is worth a warning in a configuration that must be good.</summary>
    public static string[] WarningsOf(string json)
    {
        FaultList warnings = default;
        ConfigValidator.Warn(Good(json), ref warnings);
        return Lines(warnings.Faults.ToArray());
    }

    public static string WithTop(string members) =>
        $$$"""{"ociVersion":"1.3.0","root":{"path":"rootfs"}{{{(members.Length == 0 ? "" : ",")}}}{{{members}}}}""";

    public static string WithLinux(string members) => WithTop($$$"""
        "linux":{{{{members}}}}
        """);

    public static string WithProcess(string members) => WithTop($$$"""
        "process":{"cwd":"/","args":["sh"]{{{(members.Length == 0 ? "" : ",")}}}{{{members}}}}
        """);

    /// <summary>A configuration that must be good.</summary>
    public static ContainerConfig Good(string json)
    {
        ContainerConfig? config = ConfigReader.Read(Encoding.UTF8.GetBytes(json), out IReadOnlyList<Fault> faults);
        Lines(faults).Should().BeEmpty();
        return config!;
    }

    /// <summary>The fast reading alone: null where the document has a fault that the reader itself sees.</summary>
    public static unsafe ContainerConfig? Unvalidated(ReadOnlySpan<byte> json) =>
        new JsonCursor(json, null).ReadDocument(&RecordReader.ReadContainerConfig);

    public static string[] Lines(IReadOnlyList<Fault> faults) => [.. faults.Select(fault => fault.ToString())];

    public static string Write(ContainerConfig? config) => JsonSerializer.Serialize(config, s_context.ContainerConfig!);

    public static string Write(Process? process) => JsonSerializer.Serialize(process, s_context.Process!);

    public static string Write(LinuxResources? limits) => JsonSerializer.Serialize(limits, s_context.LinuxResources!);

    public static ContainerConfig? ByContext(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, s_context.ContainerConfig);
}
