using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization.Metadata;

namespace Csrun.Spec.Tests;

/// <summary>
/// The specification's model, 1.3.0: each type with the JSON names of its members, as config.md has them.
/// </summary>
internal static class Model
{
    /// <summary>What config.json, process.json and the limits of update consist of.</summary>
    public static IReadOnlyDictionary<Type, string> Types { get; } = new Dictionary<Type, string>
    {
        // solaris, windows, vm, zos and freebsd are other platforms' and are not read
        [typeof(ContainerConfig)] = "ociVersion process root hostname domainname mounts hooks annotations linux",
        [typeof(Scheduler)] = "policy nice priority flags runtime deadline period",
        [typeof(Process)] = "terminal consoleSize user args commandLine env cwd capabilities rlimits noNewPrivileges "
            + "apparmorProfile oomScoreAdj scheduler selinuxLabel ioPriority execCPUAffinity",
        [typeof(LinuxCapabilities)] = "bounding effective inheritable permitted ambient",
        [typeof(LinuxIOPriority)] = "class priority",
        [typeof(CpuAffinity)] = "initial final",
        [typeof(Box)] = "height width",
        [typeof(User)] = "uid gid umask additionalGids username",
        [typeof(Root)] = "path readonly",
        [typeof(Mount)] = "destination type source options uidMappings gidMappings",
        [typeof(Hook)] = "path args env timeout",
        [typeof(Hooks)] = "prestart createRuntime createContainer startContainer poststart poststop",
        [typeof(LinuxConfig)] = "uidMappings gidMappings sysctl resources cgroupsPath namespaces devices netDevices "
            + "seccomp rootfsPropagation maskedPaths readonlyPaths mountLabel intelRdt memoryPolicy personality "
            + "timeOffsets",
        [typeof(LinuxNamespace)] = "type path",
        [typeof(LinuxIdMapping)] = "containerID hostID size",
        [typeof(LinuxTimeOffset)] = "secs nanosecs",
        [typeof(PosixRlimit)] = "type hard soft",
        [typeof(LinuxHugepageLimit)] = "pageSize limit",
        [typeof(LinuxInterfacePriority)] = "name priority",
        [typeof(LinuxWeightDevice)] = "major minor weight leafWeight",
        [typeof(LinuxThrottleDevice)] = "major minor rate",
        [typeof(LinuxBlockIO)] = "weight leafWeight weightDevice throttleReadBpsDevice throttleWriteBpsDevice "
            + "throttleReadIOPSDevice throttleWriteIOPSDevice",
        [typeof(LinuxMemory)] = "limit reservation swap kernel kernelTCP swappiness disableOOMKiller useHierarchy "
            + "checkBeforeUpdate",
        [typeof(LinuxCpu)] = "shares quota burst period realtimeRuntime realtimePeriod cpus mems idle",
        [typeof(LinuxPids)] = "limit",
        [typeof(LinuxNetwork)] = "classID priorities",
        [typeof(LinuxRdma)] = "hcaHandles hcaObjects",
        [typeof(LinuxResources)] = "devices memory cpu pids blockIO hugepageLimits network rdma unified",
        [typeof(LinuxDevice)] = "path type major minor fileMode uid gid",
        [typeof(LinuxNetDevice)] = "name",
        [typeof(LinuxDeviceCgroup)] = "allow type major minor access",
        [typeof(LinuxPersonality)] = "domain flags",
        [typeof(LinuxSeccomp)] =
            "defaultAction defaultErrnoRet architectures flags listenerPath listenerMetadata syscalls",
        [typeof(LinuxSeccompArg)] = "index value valueTwo op",
        [typeof(LinuxSyscall)] = "names action errnoRet args",
        [typeof(LinuxIntelRdt)] = "closID schemata l3CacheSchema memBwSchema enableMonitoring",
        [typeof(LinuxMemoryPolicy)] = "mode nodes flags",
    };

    /// <summary>What csrun writes and never reads.</summary>
    public static IReadOnlyDictionary<Type, string> Written { get; } = new Dictionary<Type, string>
    {
        [typeof(State)] = "ociVersion id status pid bundle annotations",
        [typeof(ContainerProcessState)] = "ociVersion fds pid metadata state",
        [typeof(Features)] = "ociVersionMin ociVersionMax hooks mountOptions linux annotations "
            + "potentiallyUnsafeConfigAnnotations",
    };

    /// <summary>The members of a type as System.Text.Json sees them.</summary>
    public static IEnumerable<JsonPropertyInfo> Members(Type type) =>
        SpecJsonContext.Default.GetTypeInfo(type)!.Properties.Where(member => member.Get is not null);
}
