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
        ConfigReader.Read(json, out IReadOnlyList<Fault> faults);
        return Lines(faults);
    }

    /// <inheritdoc cref="FaultsOf(ReadOnlySpan{byte})"/>
    public static string[] FaultsOf(string json) => FaultsOf(Encoding.UTF8.GetBytes(json));

    /// <summary>The faults of the smallest good configuration with members added to its linux section.</summary>
    public static string[] FaultsOfLinux(string members) => FaultsOf(
        $$$"""{"ociVersion":"1.3.0","root":{"path":"rootfs"},"linux":{{{{members}}}}}""");

    /// <summary>The faults of the smallest good configuration with members added to its process.</summary>
    public static string[] FaultsOfProcess(string members) => FaultsOf(
        $$$"""{"ociVersion":"1.3.0","root":{"path":"rootfs"},"process":{"cwd":"/","args":["sh"],{{{members}}}}}""");

    public static string[] Lines(IReadOnlyList<Fault> faults) => [.. faults.Select(fault => fault.ToString())];

    public static string Write(ContainerConfig? config) => JsonSerializer.Serialize(config, s_context.ContainerConfig!);

    public static string Write(Process? process) => JsonSerializer.Serialize(process, s_context.Process!);

    public static string Write(LinuxResources? limits) => JsonSerializer.Serialize(limits, s_context.LinuxResources!);

    public static ContainerConfig? ByContext(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, s_context.ContainerConfig);
}
