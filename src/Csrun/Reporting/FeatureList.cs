using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;
using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Reporting;

/// <summary>
/// What <c>features</c> prints (runtime-spec, features.md): made from the tables that the code itself reads by, so that
/// it lists what is honoured and nothing else.
/// </summary>
internal static class FeatureList
{
    private const string LowestVersion = "1.0.0";

    /// <summary>The document, indented by four as runc's is.</summary>
    internal static byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(Make(), FeaturesContext.Default.Features);

    private static Features Make() => new()
    {
        OciVersionMin = LowestVersion,
        OciVersionMax = VersionText.SpecVersion,
        Hooks = HookKindWords.All(),
        MountOptions = MountOption.All(),
        Linux = new FeaturesLinux
        {
            Namespaces = NamespaceTypeWords.All(),
            Capabilities = CapabilityWords.All(),
            Cgroup = new FeaturesCgroup { V1 = true, V2 = true, Systemd = true, SystemdUser = false, Rdma = true },
            Seccomp = Seccomp(),
            Apparmor = new FeaturesApparmor { Enabled = true },
            Selinux = new FeaturesSelinux { Enabled = true },
            IntelRdt = new FeaturesIntelRdt { Enabled = true, Schemata = true, Monitoring = true },
            MemoryPolicy = new FeaturesMemoryPolicy
            {
                Modes = MemoryPolicyModeWords.All(),
                Flags = MemoryPolicyFlagWords.All(),
            },
            MountExtensions = new FeaturesMountExtensions { Idmap = new FeaturesIdMap { Enabled = true } },
            NetDevices = new FeaturesNetDevices { Enabled = true },
        },
        Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["dev.csrun.version"] = BuildInfo.Version,
            ["dev.csrun.commit"] = BuildInfo.Commit,
            ["org.opencontainers.runc.checkpoint.enabled"] = "true", // crun's word, for who asks before a checkpoint
        },
        PotentiallyUnsafeConfigAnnotations =
        [
            "org.criu.config", "org.systemd.property.", "run.oci.delegate-cgroup", "run.oci.keep_original_groups",
            "run.oci.mount_context_type", "run.oci.pidfd_receiver", "run.oci.seccomp",
            "run.oci.systemd.force_cgroup_v1", "run.oci.systemd.subgroup",
        ],
    };

    private static FeaturesSeccomp Seccomp() => new()
    {
        Enabled = Kernel.seccomp_action_available((uint)SeccompAction.SCMP_ACT_ERRNO) == 0,
        Actions = SeccompActionWords.All(),
        Operators = SeccompOperatorWords.All(),
        Archs = SeccompArchWords.All(),
        KnownFlags = SeccompFilterFlagWords.All(),
        SupportedFlags = Array.FindAll(
            SeccompFilterFlagWords.All(),
            word => SeccompFilterFlagWords.TryParse(word, out SeccompFilterFlag flag)
                && Kernel.seccomp_knows_flag((uint)flag)),
    };
}

/// <summary>
/// System.Text.Json's generated writer for <see cref="Features"/>; it only writes, which keeps it small.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    IndentSize = 4)]
[JsonSerializable(typeof(Features))]
internal sealed partial class FeaturesContext : JsonSerializerContext;
