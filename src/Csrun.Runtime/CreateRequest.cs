using System;
using Csrun.Cgroups.Systemd;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>What a create (or run) is asked to do beyond config.json.</summary>
public sealed record CreateRequest
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The bundle's directory, absolute.</summary>
    public required string Bundle { get; init; }

    /// <summary>--config: a file in the place of the bundle's config.json, absolute; null takes that one.</summary>
    public string? Config { get; init; }

    /// <summary>--no-pivot.</summary>
    public bool NoPivot { get; init; }

    /// <summary>The state root.</summary>
    public required StateRoot Root { get; init; }

    /// <summary>--pid-file; null writes none.</summary>
    public string? PidFile { get; init; }

    /// <summary>--preserve-fds: how many descriptors from 3 on the program keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>--console-socket; null where none was given.</summary>
    public string? ConsoleSocket { get; init; }

    /// <summary>--pidfd-socket; null where none was given.</summary>
    public string? PidfdSocket { get; init; }

    /// <summary>--systemd-cgroup: who makes the cgroups; null is csrun itself.</summary>
    public SystemdManager? Systemd { get; init; }

    /// <summary>Whether the container stays in the caller's cgroups (--cgroup-manager disabled); <see cref="Systemd"/>
    /// is null then.</summary>
    public bool NoCgroups { get; init; }

    /// <summary>
    /// Whether a caller who may make no cgroups of his own is an error (--rootless=false) instead of sharing his.
    /// </summary>
    public bool NeedsOwnCgroups { get; init; }

    /// <summary>--no-new-keyring.</summary>
    public bool NoNewKeyring { get; init; }

    /// <summary>
    /// Whether the caller stays and starts the container itself, so that no exec.fifo is needed (run).
    /// </summary>
    public bool StartsItself { get; init; }

    /// <summary>
    /// Whether the caller stays until the container ends and relays its terminal (run without --detach).
    /// </summary>
    public bool IsForeground { get; init; }

    /// <summary>
    /// LISTEN_FDS of systemd's socket activation: how many of the preserved descriptors are such sockets.
    /// </summary>
    public int ListenDescriptors { get; init; }

    /// <summary>$NOTIFY_SOCKET: where a manager waits for the program to be ready; null where none does.</summary>
    public string? NotifySocket { get; init; }

    /// <summary>
    /// Makes the program's streams in the container's directory: it is given that directory as a descriptor, and
    /// whether the program has a terminal; null leaves the caller's. Its answer is null where the program gets a
    /// terminal.
    /// </summary>
    public Func<int, bool, ProgramStreams?>? OpenStreams { get; init; }

    /// <summary>What hooks need of the command.</summary>
    public required HookContext Hooks { get; init; }

    /// <summary>Takes what somebody should know although the create goes on.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>The time, for state.json.</summary>
    public required DateTime Now { get; init; }

    /// <summary>
    /// Reads and plans config.json. It may be a fifo, which is waited for: signals end this process then, so it comes
    /// before a <see cref="SignalReader"/>.
    /// </summary>
    /// <exception cref="RuntimeException">The id cannot be one, or config.json is missing or has faults.</exception>
    public Bundle LoadBundle()
    {
        ContainerId.Check(Id);
        return Runtime.Bundle.Load(
            new PlanOptions
            {
                Id = Id,
                Bundle = Bundle,
                NoPivot = NoPivot,
                NoNewKeyring = NoNewKeyring,
                ListenDescriptors = ListenDescriptors,
                NotifyDirectory = NotifySocket is null ? null : ContainerDirectory.NotifyPath(Root, Id),
            },
            Config);
    }
}
