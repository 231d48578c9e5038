using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>A further program in a container that exists, worked out before anything is touched (exec).</summary>
public sealed record ExecPlan
{
    /// <summary>Who it is and what it may do; its arguments and environment as far as they are text.</summary>
    public required ProcessPlan Process { get; init; }

    /// <summary>The program and its arguments, byte by byte, without NUL.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>NAME=value entries, byte by byte, each name once.</summary>
    public required IReadOnlyList<byte[]> Environment { get; init; }

    /// <summary>linux.personality of the container; null leaves the caller's.</summary>
    public PersonalityDomain? Personality { get; init; }

    /// <summary>The user by name, to be found in the container's own files; null where the ids are numbers.</summary>
    public string? UserName { get; init; }

    /// <summary>The group by name; null where it is a number or not given.</summary>
    public string? GroupName { get; init; }

    /// <summary>Whether a group was given beside the user, by number or name.</summary>
    public bool GroupIsGiven { get; init; }

    /// <summary>The groups that were added by number, which a user given by name gets too.</summary>
    public IReadOnlyList<uint> AddedGids { get; init; } = [];
}

/// <summary>What exec's flags change of the container's own process; null or empty changes nothing.</summary>
public sealed record ExecChanges
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>--env: NAME=value entries.</summary>
    public IReadOnlyList<byte[]> Environment { get; init; } = [];

    /// <summary>--cwd.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>--tty.</summary>
    public bool Terminal { get; init; }

    /// <summary>--user: UID[:GID], each a number or a name.</summary>
    public string? User { get; init; }

    /// <summary>--additional-gids, as typed.</summary>
    public IReadOnlyList<string> AdditionalGids { get; init; } = [];

    /// <summary>--cap: CAP_* names.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>--no-new-privs; null where it was not given.</summary>
    public bool? NoNewPrivileges { get; init; }

    /// <summary>--apparmor.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>--process-label.</summary>
    public string? SelinuxLabel { get; init; }
}
