using System.Text.Json.Serialization;

namespace Csrun.Spec;

/// <summary>
/// A process of the container: its first one, or the document that <c>exec --process</c> reads.
/// Source: config.md, Process.
/// </summary>
[JsonRecord]
public sealed record Process
{
    /// <summary>Whether the process gets a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>Size of the terminal; ignored without <see cref="Terminal"/>.</summary>
    public Box? ConsoleSize { get; init; }

    /// <summary>Who the process is; never null: absent means uid 0, gid 0.</summary>
    public User User { get; init => field = value ?? new User(); } = new();

    /// <summary>The program and its arguments, at least one; [0] is looked up like execvp does. REQUIRED.</summary>
    public string[]? Args { get; init; }

    /// <summary>Windows' command line; not used on Linux.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Environment, NAME=value each.</summary>
    public string[]? Env { get; init; }

    /// <summary>Working directory, absolute. REQUIRED.</summary>
    public string? Cwd { get; init; }

    /// <summary>The five capability sets; absent is not the same as five empty sets.</summary>
    public LinuxCapabilities? Capabilities { get; init; }

    /// <summary>Resource limits; none twice.</summary>
    public PosixRlimit[]? Rlimits { get; init; }

    /// <summary>Whether no_new_privs is set (prctl(2)).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>AppArmor profile for the process.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>oom_score_adj, -1000 to 1000 (proc(5)); null leaves it alone, 0 sets 0.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>Scheduling policy and attributes. Since 1.1.</summary>
    public Scheduler? Scheduler { get; init; }

    /// <summary>SELinux label for the process.</summary>
    public string? SelinuxLabel { get; init; }

    /// <summary>I/O scheduling class and priority. Since 1.1.</summary>
    public LinuxIOPriority? IOPriority { get; init; }

    /// <summary>CPU affinity of a process that exec starts. Since 1.2.1.</summary>
    [JsonPropertyName("execCPUAffinity")]
    public CpuAffinity? ExecCpuAffinity { get; init; }
}

/// <summary>A terminal's size in characters. Source: config.md, Process, consoleSize.</summary>
[JsonRecord]
public sealed record Box
{
    /// <summary>Rows. REQUIRED.</summary>
    public uint? Height { get; init; }

    /// <summary>Columns. REQUIRED.</summary>
    public uint? Width { get; init; }
}

/// <summary>Who a process is, in the container's user namespace. Source: config.md, User.</summary>
[JsonRecord]
public sealed record User
{
    /// <summary>User id; absent is 0.</summary>
    public uint? Uid { get; init; }

    /// <summary>Group id; absent is 0.</summary>
    public uint? Gid { get; init; }

    /// <summary>File mode creation mask, 0 to 511.</summary>
    public uint? Umask { get; init; }

    /// <summary>Supplementary groups.</summary>
    public uint[]? AdditionalGids { get; init; }

    /// <summary>Windows' user name; not used on Linux.</summary>
    public string? Username { get; init; }
}

/// <summary>The capability sets, words CAP_* (capabilities(7)). Source: config.md, Linux Process.</summary>
[JsonRecord]
public sealed record LinuxCapabilities
{
    /// <summary>Bounding set.</summary>
    public string[]? Bounding { get; init; }

    /// <summary>Effective set.</summary>
    public string[]? Effective { get; init; }

    /// <summary>Inheritable set.</summary>
    public string[]? Inheritable { get; init; }

    /// <summary>Permitted set.</summary>
    public string[]? Permitted { get; init; }

    /// <summary>Ambient set.</summary>
    public string[]? Ambient { get; init; }
}

/// <summary>One resource limit (getrlimit(2)). Source: config.md, POSIX process.</summary>
[JsonRecord]
public sealed record PosixRlimit
{
    /// <summary>RLIMIT_* word. REQUIRED.</summary>
    public string? Type { get; init; }

    /// <summary>Ceiling of the soft limit; 2^64-1 is unlimited. REQUIRED.</summary>
    public ulong? Hard { get; init; }

    /// <summary>The limit enforced, not above <see cref="Hard"/>; 2^64-1 is unlimited. REQUIRED.</summary>
    public ulong? Soft { get; init; }
}

/// <summary>Scheduling of a process (sched_setattr(2)). Source: config.md, Linux Process, scheduler.</summary>
[JsonRecord]
public sealed record Scheduler
{
    /// <summary>SCHED_* word. REQUIRED.</summary>
    public string? Policy { get; init; }

    /// <summary>Nice value, -20 to 19, for OTHER and BATCH.</summary>
    public int Nice { get; init; }

    /// <summary>Static priority, 1 to 99 for FIFO and RR, else 0.</summary>
    public int Priority { get; init; }

    /// <summary>SCHED_FLAG_* words.</summary>
    public string[]? Flags { get; init; }

    /// <summary>DEADLINE: time to run per period, nanoseconds.</summary>
    public ulong Runtime { get; init; }

    /// <summary>DEADLINE: time in which the runtime must be had, nanoseconds.</summary>
    public ulong Deadline { get; init; }

    /// <summary>DEADLINE: length of the period, nanoseconds; 0 is the same as the deadline.</summary>
    public ulong Period { get; init; }
}

/// <summary>I/O scheduling (ioprio_set(2)). Source: config.md, Linux Process, ioPriority.</summary>
[JsonRecord]
public sealed record LinuxIOPriority
{
    /// <summary>IOPRIO_CLASS_* word. REQUIRED.</summary>
    public string? Class { get; init; }

    /// <summary>Priority within the class, 0 (highest) to 7.</summary>
    public int? Priority { get; init; }
}

/// <summary>CPU affinity of an exec'd process, lists like 0-3,7. Source: config.md, Linux Process.</summary>
[JsonRecord]
public sealed record CpuAffinity
{
    /// <summary>CPUs to run on until the process is in its cgroup.</summary>
    public string? Initial { get; init; }

    /// <summary>CPUs to run on from then on; null lets the kernel decide.</summary>
    public string? Final { get; init; }
}
