namespace Csrun.Spec;

/// <summary>What the command line adds to config.json.</summary>
public sealed record PlanOptions
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The bundle's directory, absolute.</summary>
    public required string Bundle { get; init; }

    /// <summary>How many sockets of systemd's activation the program is told of (LISTEN_FDS).</summary>
    public int ListenDescriptors { get; init; }

    /// <summary>
    /// The host's directory for the program's notify socket, absolute; null where nobody waits for it.
    /// </summary>
    public string? NotifyDirectory { get; init; }

    /// <summary>--no-pivot.</summary>
    public bool NoPivot { get; init; }

    /// <summary>--no-new-keyring.</summary>
    public bool NoNewKeyring { get; init; }
}
