using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// All that will be done for one container, in order, worked out from config.json and the command line before anything
/// is touched. A value: building it needs no kernel and no privilege, and <c>csrun plan</c> prints it.
/// </summary>
public sealed record Plan
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The bundle's directory, absolute.</summary>
    public required string Bundle { get; init; }

    /// <summary>Which namespaces are made and which are joined.</summary>
    public required NamespacePlan Namespaces { get; init; }

    /// <summary>The root file system.</summary>
    public required RootPlan Root { get; init; }

    /// <summary>hostname; null leaves it.</summary>
    public string? Hostname { get; init; }

    /// <summary>domainname; null leaves it.</summary>
    public string? Domainname { get; init; }

    /// <summary>linux.sysctl, as files below /proc/sys.</summary>
    public required IReadOnlyList<SysctlPlan> Sysctl { get; init; }

    /// <summary>mounts, in their order.</summary>
    public required IReadOnlyList<MountPlan> Mounts { get; init; }

    /// <summary>Whether one of them translates ids.</summary>
    public bool HasIdMaps
    {
        get
        {
            bool has = false;
            foreach (MountPlan mount in Mounts)
            {
                has |= mount.IdMap is not null;
            }

            return has;
        }
    }

    /// <summary>linux.mountLabel, with the mount option that carries it; null labels nothing.</summary>
    public MountContext? MountContext { get; init; }

    /// <summary>linux.netDevices, in their order.</summary>
    public required IReadOnlyList<NetDevicePlan> NetDevices { get; init; }

    /// <summary>The default devices and linux.devices; empty where /dev is the host's.</summary>
    public required IReadOnlyList<DevicePlan> Devices { get; init; }

    /// <summary>Whether /dev gets its links (fd, stdin, stdout, stderr, core, ptmx).</summary>
    public required bool MakeDeviceLinks { get; init; }

    /// <summary>linux.maskedPaths.</summary>
    public required IReadOnlyList<string> MaskedPaths { get; init; }

    /// <summary>linux.readonlyPaths.</summary>
    public required IReadOnlyList<string> ReadonlyPaths { get; init; }

    /// <summary>linux.cgroupsPath; null is the runtime's own place.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>linux.resources; null changes no limit.</summary>
    public LinuxResources? Resources { get; init; }

    /// <summary>linux.intelRdt; null leaves resctrl alone.</summary>
    public LinuxIntelRdt? IntelRdt { get; init; }

    /// <summary>linux.memoryPolicy; null leaves it.</summary>
    public MemoryPolicyPlan? MemoryPolicy { get; init; }

    /// <summary>linux.personality; null leaves the caller's.</summary>
    public PersonalityDomain? Personality { get; init; }

    /// <summary>process; null makes a container that can be created but not started.</summary>
    public ProcessPlan? Process { get; init; }

    /// <summary>hooks, as in config.json.</summary>
    public required Hooks Hooks { get; init; }

    /// <summary>linux.seccomp; null filters nothing.</summary>
    public LinuxSeccomp? Seccomp { get; init; }

    /// <summary>annotations, as in config.json.</summary>
    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Whether the container gets a session keyring of its own.</summary>
    public required bool NewKeyring { get; init; }
}

/// <summary>Which namespaces are made and which are joined (linux.namespaces).</summary>
public sealed record NamespacePlan
{
    /// <summary>The namespaces to make, as CLONE_NEW* flags.</summary>
    public required NamespaceType New { get; init; }

    /// <summary>The namespaces to join by path.</summary>
    public required IReadOnlyList<NamespaceJoin> Join { get; init; }

    /// <summary>linux.uidMappings for a new user namespace.</summary>
    public required IReadOnlyList<LinuxIdMapping> UidMappings { get; init; }

    /// <summary>linux.gidMappings for a new user namespace.</summary>
    public required IReadOnlyList<LinuxIdMapping> GidMappings { get; init; }

    /// <summary>linux.timeOffsets for a new time namespace.</summary>
    public required IReadOnlyList<TimeOffsetPlan> TimeOffsets { get; init; }

    /// <summary>
    /// Those of <see cref="New"/> that the child makes after its clone: the cgroup namespace, which would be rooted
    /// where csrun is; beside a new user namespace IPC, whose mqueue belongs to who makes it, and that is the
    /// container's root only when its ids are mapped.
    /// </summary>
    public NamespaceType MadeByChild => New & (Makes(NamespaceType.User)
        ? NamespaceType.Cgroup | NamespaceType.Ipc
        : NamespaceType.Cgroup);

    /// <summary>All that the container has of its own or joins.</summary>
    public NamespaceType All
    {
        get
        {
            NamespaceType all = New;
            foreach (NamespaceJoin join in Join)
            {
                all |= join.Type;
            }

            return all;
        }
    }

    /// <summary>The namespace of this kind that is joined; null where none is.</summary>
    public NamespaceJoin? JoinOf(NamespaceType type)
    {
        foreach (NamespaceJoin join in Join)
        {
            if (join.Type == type)
            {
                return join;
            }
        }

        return null;
    }

    /// <summary>Whether a namespace of this kind is made.</summary>
    public bool Makes(NamespaceType type)
    {
        return (New & type) != 0;
    }

    /// <summary>Whether the container has a namespace of this kind that is not the caller's.</summary>
    public bool Has(NamespaceType type)
    {
        return (All & type) != 0;
    }
}

/// <summary>A namespace joined by path.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Path">Its file, absolute in the caller's mount namespace.</param>
/// <param name="Place">Where config.json names it.</param>
public sealed record NamespaceJoin(NamespaceType Type, string Path, string Place);

/// <summary>The root file system.</summary>
public sealed record RootPlan
{
    /// <summary>Its directory, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the container's / is read-only.</summary>
    public required bool Readonly { get; init; }

    /// <summary>Whether it becomes / without pivot_root (--no-pivot).</summary>
    public bool NoPivot { get; init; }

    /// <summary>linux.rootfsPropagation as an MS_* flag without MS_REC; 0 where it is not set.</summary>
    public required ulong Propagation { get; init; }

    /// <summary>
    /// What cuts a mount off from the host while the container is set up: MS_PRIVATE where the root is to be private,
    /// else MS_SLAVE, so that mounts of the host still come in.
    /// </summary>
    public ulong SetUpPropagation => (ulong)((Propagation)Propagation switch
    {
        Spec.Propagation.Private or Spec.Propagation.Unbindable => Spec.Propagation.Private,
        _ => Spec.Propagation.Slave,
    });
}

/// <summary>A network device of the host that becomes the container's.</summary>
/// <param name="Name">Its name on the host.</param>
/// <param name="NewName">Its name in the container; %d stands for a number of the kernel's choice.</param>
/// <param name="Place">Where config.json names it.</param>
public sealed record NetDevicePlan(string Name, string NewName, string Place);

/// <summary>The SELinux label of new file systems.</summary>
/// <param name="Option">The mount option that carries it: context, fscontext, defcontext or rootcontext.</param>
/// <param name="Label">The label.</param>
public sealed record MountContext(string Option, string Label);

/// <summary>One sysctl.</summary>
/// <param name="File">Its file below /proc/sys, such as <c>net/ipv4/ip_forward</c>.</param>
/// <param name="Value">What is written.</param>
/// <param name="Place">Where config.json names it.</param>
public sealed record SysctlPlan(string File, string Value, string Place);

/// <summary>One device node.</summary>
public sealed record DevicePlan
{
    /// <summary>Its path in the container.</summary>
    public required string Path { get; init; }

    /// <summary>S_IFCHR, S_IFBLK or S_IFIFO.</summary>
    public required uint Type { get; init; }

    /// <summary>The permission bits.</summary>
    public required uint Mode { get; init; }

    /// <summary>The major number.</summary>
    public required uint Major { get; init; }

    /// <summary>The minor number.</summary>
    public required uint Minor { get; init; }

    /// <summary>The owner, in the container's ids.</summary>
    public required uint Uid { get; init; }

    /// <summary>The group, in the container's ids.</summary>
    public required uint Gid { get; init; }

    /// <summary>Where config.json names it; empty for a default device.</summary>
    public required string Place { get; init; }
}

/// <summary>The container's first program and what it is given (process).</summary>
public sealed record ProcessPlan
{
    /// <summary>process.args.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>process.env with later entries of one name in the place of earlier ones.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>process.cwd.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>process.user.uid.</summary>
    public required uint Uid { get; init; }

    /// <summary>process.user.gid.</summary>
    public required uint Gid { get; init; }

    /// <summary>process.user.additionalGids.</summary>
    public required IReadOnlyList<uint> AdditionalGids { get; init; }

    /// <summary>crun's annotation that, with whatever value, keeps the groups of the caller.</summary>
    public const string KeepGroupsAnnotation = "run.oci.keep_original_groups";

    /// <summary>Whether it keeps the groups of whoever starts it, instead of getting its own.</summary>
    public bool KeepsGroups { get; init; }

    /// <summary>process.user.umask.</summary>
    public required uint Umask { get; init; }

    /// <summary>process.capabilities as bit sets; null where the property is absent.</summary>
    public CapabilitySets? Capabilities { get; init; }

    /// <summary>process.rlimits.</summary>
    public required IReadOnlyList<RlimitPlan> Rlimits { get; init; }

    /// <summary>process.noNewPrivileges.</summary>
    public required bool NoNewPrivileges { get; init; }

    /// <summary>process.apparmorProfile; null leaves it.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>process.selinuxLabel; null leaves it.</summary>
    public string? SelinuxLabel { get; init; }

    /// <summary>Whether there is one of the two.</summary>
    public bool HasLabels => ApparmorProfile is not null || SelinuxLabel is not null;

    /// <summary>process.oomScoreAdj; null leaves it.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>process.scheduler; null leaves what is inherited.</summary>
    public SchedulerPlan? Scheduler { get; init; }

    /// <summary>process.ioPriority as ioprio_set(2) takes it; null leaves what is inherited.</summary>
    public int? IOPriority { get; init; }

    /// <summary>
    /// process.execCPUAffinity.initial, bit N % 64 of word N / 64 being processor N; empty leaves them.
    /// </summary>
    public ulong[] InitialProcessors { get; init; } = [];

    /// <summary>process.execCPUAffinity.final; empty leaves them to the kernel.</summary>
    public ulong[] FinalProcessors { get; init; } = [];

    /// <summary>process.terminal.</summary>
    public required bool Terminal { get; init; }

    /// <summary>process.consoleSize; null leaves the kernel's 0 by 0.</summary>
    public Box? ConsoleSize { get; init; }
}

/// <summary>Sets of capabilities; bit N is capability number N.</summary>
/// <param name="Bounding">The bounding set.</param>
/// <param name="Effective">The effective set.</param>
/// <param name="Permitted">The permitted set.</param>
/// <param name="Inheritable">The inheritable set.</param>
/// <param name="Ambient">The ambient set.</param>
public sealed record CapabilitySets(ulong Bounding, ulong Effective, ulong Permitted, ulong Inheritable, ulong Ambient);

/// <summary>One resource limit.</summary>
/// <param name="Resource">The RLIMIT_* number.</param>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Soft">The soft limit; ulong.MaxValue is infinity.</param>
/// <param name="Hard">The hard limit.</param>
/// <param name="Place">Where config.json names it.</param>
public sealed record RlimitPlan(int Resource, string Name, ulong Soft, ulong Hard, string Place);
