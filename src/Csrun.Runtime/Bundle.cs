using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>A bundle's config.json, read and planned ("Filesystem Bundle" of the runtime-spec).</summary>
public sealed class Bundle
{
    private const int MaxConfig = 64 << 20;

    private Bundle(ContainerConfig config, Plan plan, byte[] json, int length)
    {
        Config = config;
        Plan = plan;
        Json = json;
        Length = length;
    }

    /// <summary>The configuration.</summary>
    public ContainerConfig Config { get; }

    /// <summary>What will be done.</summary>
    public Plan Plan { get; }

    /// <summary>What is allowed but surely not meant, such as capabilities that nobody knows.</summary>
    public IReadOnlyList<Fault> Warnings()
    {
        FaultList warnings = default;
        ConfigValidator.Warn(Config, ref warnings);
        return warnings.Faults.ToArray();
    }

    /// <summary>config.json's bytes, in the first <see cref="Length"/> of this array.</summary>
    public byte[] Json { get; }

    /// <summary>How many bytes config.json has.</summary>
    public int Length { get; }

    /// <summary>Reads and plans; touches nothing but config.json.</summary>
    /// <exception cref="RuntimeException">config.json is missing or has faults; all of them at once.</exception>
    public static Bundle Load(PlanOptions options)
    {
        byte[] json = Read(options.Bundle, out int length);
        ContainerConfig? config = ConfigReader.Read(json.AsSpan(0, length), out IReadOnlyList<Fault> faults);
        if (config is null)
        {
            throw new RuntimeException(faults);
        }

        Plan? plan = PlanBuilder.Build(config, options, out faults);
        return plan is null ? throw new RuntimeException(faults) : new Bundle(config, plan, json, length);
    }

    private static byte[] Read(string bundle, out int length)
    {
        byte[] path = Utf8.Terminated(bundle + "/config.json");
        using Fd file = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path, "--bundle"));
        return FileContent.Read(file.Number, MaxConfig, out length)
            ?? throw new KernelException("read", Utf8.ToText(path), Errno.EIO, "--bundle", "it is a directory, or over 64 MiB");
    }
}
