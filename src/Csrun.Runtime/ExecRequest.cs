using System;
using System.Collections.Generic;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>What an exec is asked to do.</summary>
public sealed record ExecRequest
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The state root.</summary>
    public required StateRoot Root { get; init; }

    /// <summary>What the flags change of the container's process; null with <see cref="ProcessFile"/>.</summary>
    public ExecChanges? Changes { get; init; }

    /// <summary>
    /// --process: a process.json in the place of the container's process; null where it was not given.
    /// </summary>
    public string? ProcessFile { get; init; }

    /// <summary>--cgroup: [CONTROLLER[,CONTROLLER...]:]PATH, cgroups below the container's.</summary>
    public IReadOnlyList<string> SubCgroups { get; init; } = [];

    /// <summary>--detach: return as soon as the program runs.</summary>
    public bool IsDetached { get; init; }

    /// <summary>--ignore-paused.</summary>
    public bool IgnoresPaused { get; init; }

    /// <summary>The caller's environment, NAME=value entries.</summary>
    public required Func<IReadOnlyList<byte[]>> Environment { get; init; }

    /// <summary>Takes what somebody should know although the program is started.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>--pid-file; null writes none.</summary>
    public string? PidFile { get; init; }

    /// <summary>--console-socket; null where none was given.</summary>
    public string? ConsoleSocket { get; init; }

    /// <summary>--pidfd-socket; null where none was given.</summary>
    public string? PidfdSocket { get; init; }

    /// <summary>--preserve-fds and activation: how many descriptors from 3 on the program keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>
    /// LISTEN_FDS of systemd's socket activation: how many of the preserved descriptors are such sockets.
    /// </summary>
    public int ListenDescriptors { get; init; }
}
