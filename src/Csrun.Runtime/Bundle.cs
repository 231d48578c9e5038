using System;
using System.Collections.Generic;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>A bundle's config.json, read and planned ("Filesystem Bundle" of the runtime-spec).</summary>
public sealed class Bundle
{

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
    /// <param name="options">What the command line adds.</param>
    /// <param name="config">A file in the place of the bundle's config.json; null takes that one.</param>
    /// <exception cref="RuntimeException">config.json is missing or has faults; all of them at once.</exception>
    public static Bundle Load(PlanOptions options, string? config = null)
    {
        byte[] json = config is null
            ? Read(options.Bundle + "/config.json", "--bundle", out int length)
            : Read(config, "--config", out length);
        ContainerConfig? read = ConfigReader.Read(json.AsSpan(0, length), out IReadOnlyList<Fault> faults);
        if (read is null)
        {
            throw RuntimeException.InDocument(config ?? "config.json", faults);
        }

        Plan? plan = PlanBuilder.Build(read, options, out faults);
        return plan is null ? throw new RuntimeException(faults) : new Bundle(read, plan, json, length);
    }

    private static byte[] Read(string name, string flag, out int length)
    {
        byte[] path = Utf8.Terminated(name);
        using Fd file = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_RDONLY | Kernel.O_CLOEXEC), "open", path, flag));
        return FileContent.Read(file.Number, FileContent.MaxDocument, out length)
            ?? throw new KernelException("read", name, Errno.EIO, flag, "it is a directory, or over 16 MiB");
    }
}
