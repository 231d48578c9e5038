namespace Csrun.Checkpoint;

/// <summary>What the command line says to checkpoint and restore beside the container.</summary>
public sealed record CheckpointOptions
{
    /// <summary>--image-path: the directory of the images, absolute.</summary>
    public required string ImagePath { get; init; }

    /// <summary>--work-path: the directory for criu's log, absolute; null is the images' own.</summary>
    public string? WorkPath { get; init; }

    /// <summary>Where criu's log is, absolute.</summary>
    public string LogDirectory => WorkPath ?? ImagePath;

    /// <summary>--parent-path: the images of an earlier --pre-dump, relative to <see cref="ImagePath"/>.</summary>
    public string? ParentPath { get; init; }

    /// <summary>--leave-running.</summary>
    public bool LeaveRunning { get; init; }

    /// <summary>--pre-dump.</summary>
    public bool PreDump { get; init; }

    /// <summary>
    /// --lazy-pages. A dump waits as a page server until somebody has fetched the memory; a restore lets <c>criu
    /// lazy-pages</c>, which waits in the directory of criu's log, fetch it.
    /// </summary>
    public bool LazyPages { get; init; }

    /// <summary>--page-server: where the memory is sent; with --lazy-pages, where it waits.</summary>
    public PageServer? PageServer { get; init; }

    /// <summary>--status-fd: gets a zero byte when the page server of --lazy-pages waits; -1 is none.</summary>
    public int StatusDescriptor { get; init; } = -1;

    /// <summary>--tcp-established.</summary>
    public bool TcpEstablished { get; init; }

    /// <summary>--tcp-skip-in-flight.</summary>
    public bool TcpSkipInFlight { get; init; }

    /// <summary>--tcp-close.</summary>
    public bool TcpClose { get; init; }

    /// <summary>--ext-unix-sk.</summary>
    public bool ExternalUnixSockets { get; init; }

    /// <summary>--shell-job.</summary>
    public bool ShellJob { get; init; }

    /// <summary>--file-locks.</summary>
    public bool FileLocks { get; init; }

    /// <summary>--link-remap.</summary>
    public bool LinkRemap { get; init; }

    /// <summary>--auto-dedup.</summary>
    public bool AutoDedup { get; init; }

    /// <summary>--empty-ns network.</summary>
    public bool EmptyNetwork { get; init; }

    /// <summary>--manage-cgroups-mode; null is soft.</summary>
    public string? ManageCgroupsMode { get; init; }

    /// <summary>--network-lock; null leaves it to criu.</summary>
    public string? NetworkLock { get; init; }

    /// <summary>--lsm-profile: TYPE:NAME.</summary>
    public string? LsmProfile { get; init; }

    /// <summary>--lsm-mount-context.</summary>
    public string? LsmMountContext { get; init; }
}
