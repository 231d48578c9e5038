using Csrun.Cgroups;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>What the parent prepared for a process that joins a container.</summary>
public sealed class ExecHandover
{
    /// <summary>The program, and who it is.</summary>
    public required ExecPlan Plan { get; init; }

    /// <summary>The program with arguments and environment.</summary>
    public required ExecImage Image { get; init; }

    /// <summary>The child's end of the <see cref="SyncChannel"/>.</summary>
    public required int Channel { get; init; }

    /// <summary>The container's first process.</summary>
    public required int InitPidfd { get; init; }

    /// <summary>The namespaces of that process still to be joined; not pid, which counts from the clone on.</summary>
    public required NamespaceType Namespaces { get; init; }

    /// <summary>The root of that process where no mount namespace brings it (O_PATH); else -1.</summary>
    public required int Root { get; init; }

    /// <summary>The cgroups to be in; of version 2 the clone made the child a member.</summary>
    public required ContainerCgroups Cgroups { get; init; }

    /// <summary>The container's id where its processes share a session keyring; else null.</summary>
    public required string? KeyringOf { get; init; }

    /// <summary>A connected socket for the terminal's master, with a terminal; else -1.</summary>
    public required int ConsoleSocket { get; init; }

    /// <summary>The seccomp filter of the program; null where there is none.</summary>
    public required SeccompFilter? Seccomp { get; init; }

    /// <summary>How many descriptors from 3 on the program keeps.</summary>
    public required int PreservedDescriptors { get; init; }

    /// <summary>How many of these are sockets of systemd's activation.</summary>
    public required int ListenDescriptors { get; init; }

    /// <summary>
    /// Whether the parent has yet to have this process moved into the container's cgroup of version 2.
    /// </summary>
    public bool AwaitsCgroup { get; set; }
}
