using Csrun.Cgroups;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>
/// What the parent prepared for the container's first process, and what that process keeps for its start.
/// </summary>
public sealed class InitHandover
{
    /// <summary>The child's end of the <see cref="SyncChannel"/>.</summary>
    public required int Channel { get; init; }

    /// <summary>The container's cgroups.</summary>
    public required ContainerCgroups Cgroups { get; init; }

    /// <summary>Whether the child joins its version 1 cgroups itself; not from inside a new user namespace.</summary>
    public required bool JoinsCgroups { get; init; }

    /// <summary>Whether there are prestart or createRuntime hooks to wait for.</summary>
    public required bool ParentRunsHooks { get; init; }

    /// <summary>The hooks of the container's namespaces; null where there are none.</summary>
    public required ContainerHooks? Hooks { get; init; }

    /// <summary>An O_PATH descriptor of exec.fifo, or -1 where the parent stays and says when to start.</summary>
    public required int StartFifo { get; init; }

    /// <summary>A connected socket for the terminal's master, with process.terminal; else -1.</summary>
    public required int ConsoleSocket { get; init; }

    /// <summary>The seccomp filter of the program; null where there is none.</summary>
    public required SeccompFilter? Seccomp { get; init; }

    /// <summary>How many descriptors from 3 on the program keeps.</summary>
    public required int PreservedDescriptors { get; init; }

    /// <summary>What was made for id-mapped mounts; null where there are none.</summary>
    public required IdMappedMounts? IdMapped { get; init; }

    /// <summary>How new file systems are labelled; null where SELinux is not enabled or nothing asks for it.</summary>
    public required MountContext? MountContext { get; init; }

    /// <summary>The program with arguments and environment; null where config.json has no process.</summary>
    public required ExecImage? Image { get; init; }

    /// <summary>The private procfs.</summary>
    internal ProcFs Proc { get; set; }

    /// <summary>The writing end of exec.fifo once somebody started the container; -1 before.</summary>
    internal int StartFifoWriter { get; set; } = -1;
}
