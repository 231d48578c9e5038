using System.Collections.Generic;
using Csrun.Spec;

namespace Csrun.Reporting;

/// <summary>
/// One error in its parts. It is rendered once, by <see cref="ErrorReport"/>, in the form of the dialect; nobody else
/// puts such parts together.
/// </summary>
internal sealed record ErrorDetail
{
    /// <summary>The command or step that failed: create, exec, a hook.</summary>
    internal string? Step { get; init; }

    /// <summary>The container's id.</summary>
    internal string? ContainerId { get; init; }

    /// <summary>The place in config.json (<c>mounts[3].source</c>) or the flag that asked for what failed.</summary>
    internal string? Place { get; init; }

    /// <summary>What was being done, as Go names it: open, mount, stat.</summary>
    internal string? Operation { get; init; }

    /// <summary>What it was done to, mostly a path.</summary>
    internal string? Object { get; init; }

    /// <summary>
    /// What went wrong, in Go's words (engines match them). Empty only where <see cref="Faults"/> say it.
    /// </summary>
    internal string Cause { get; init; } = "";

    /// <summary>The name of the errno behind the cause, such as ENOENT.</summary>
    internal string? ErrnoName { get; init; }

    /// <summary>A known cure, in one line.</summary>
    internal string? Hint { get; init; }

    /// <summary>Every fault of a validation, where there may be several.</summary>
    internal IReadOnlyList<Fault> Faults { get; init; } = [];
}
