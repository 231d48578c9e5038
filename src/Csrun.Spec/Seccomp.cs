namespace Csrun.Spec;

/// <summary>System call filter (seccomp(2)). Source: config-linux.md, Seccomp.</summary>
[JsonRecord]
public sealed record LinuxSeccomp
{
    /// <summary>What happens to a call that no rule matches, SCMP_ACT_*. REQUIRED.</summary>
    public string? DefaultAction { get; init; }

    /// <summary>errno (or message of TRACE) for <see cref="DefaultAction"/>; null is EPERM.</summary>
    public uint? DefaultErrnoRet { get; init; }

    /// <summary>SCMP_ARCH_* words; null is the native one.</summary>
    public string[]? Architectures { get; init; }

    /// <summary>SECCOMP_FILTER_FLAG_* words; null is the runtime's choice, an empty array none.</summary>
    public string[]? Flags { get; init; }

    /// <summary>Stream socket that is sent the listener of NOTIFY.</summary>
    public string? ListenerPath { get; init; }

    /// <summary>Opaque data sent along; needs <see cref="ListenerPath"/>.</summary>
    public string? ListenerMetadata { get; init; }

    /// <summary>The rules.</summary>
    public LinuxSyscall[]? Syscalls { get; init; }
}

/// <summary>One rule for calls. Source: config-linux.md, Seccomp.</summary>
[JsonRecord]
public sealed record LinuxSyscall
{
    /// <summary>Names of the calls, at least one. REQUIRED.</summary>
    public string[]? Names { get; init; }

    /// <summary>What happens, SCMP_ACT_*. REQUIRED.</summary>
    public string? Action { get; init; }

    /// <summary>errno (or message of TRACE) for <see cref="Action"/>; null is EPERM.</summary>
    public uint? ErrnoRet { get; init; }

    /// <summary>Conditions on arguments; all must hold.</summary>
    public LinuxSeccompArg[]? Args { get; init; }
}

/// <summary>One condition on an argument, 64 bits unsigned. Source: config-linux.md, Seccomp.</summary>
[JsonRecord]
public sealed record LinuxSeccompArg
{
    /// <summary>Which argument, 0 to 5. REQUIRED.</summary>
    public uint? Index { get; init; }

    /// <summary>What it is compared with; the mask of MASKED_EQ. REQUIRED.</summary>
    public ulong? Value { get; init; }

    /// <summary>What the masked argument must be, for MASKED_EQ.</summary>
    public ulong ValueTwo { get; init; }

    /// <summary>SCMP_CMP_* word. REQUIRED.</summary>
    public string? Op { get; init; }
}
