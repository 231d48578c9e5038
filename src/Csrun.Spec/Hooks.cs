namespace Csrun.Spec;

/// <summary>
/// Programs run at points of the container's life, in order. Source: config.md, POSIX-platform Hooks.
/// </summary>
[JsonRecord]
public sealed record Hooks
{
    /// <summary>Deprecated: at create, in the runtime's namespaces, before <see cref="CreateRuntime"/>.</summary>
    public Hook[]? Prestart { get; init; }

    /// <summary>At create, in the runtime's namespaces, once the container's exist.</summary>
    public Hook[]? CreateRuntime { get; init; }

    /// <summary>At create, in the container's namespaces, before pivot_root; path in the runtime's.</summary>
    public Hook[]? CreateContainer { get; init; }

    /// <summary>At start, in the container, before the program.</summary>
    public Hook[]? StartContainer { get; init; }

    /// <summary>At start, in the runtime's namespaces, after the program began; failure stops the container.</summary>
    public Hook[]? Poststart { get; init; }

    /// <summary>At delete, in the runtime's namespaces; failure is a warning.</summary>
    public Hook[]? Poststop { get; init; }
}

/// <summary>One hook. Source: config.md, POSIX-platform Hooks.</summary>
[JsonRecord]
public sealed record Hook
{
    /// <summary>The program, absolute. REQUIRED.</summary>
    public string? Path { get; init; }

    /// <summary>argv; null means the path alone.</summary>
    public string[]? Args { get; init; }

    /// <summary>Environment; null is the runtime's own, an empty array is empty.</summary>
    public string[]? Env { get; init; }

    /// <summary>Seconds until the hook is killed, at least 1; null is no limit.</summary>
    public int? Timeout { get; init; }
}
