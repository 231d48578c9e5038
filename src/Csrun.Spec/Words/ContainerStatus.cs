namespace Csrun.Spec;

/// <summary>What a container is doing. Source: runtime.md, State.</summary>
[Words]
public enum ContainerStatus
{
    /// <summary>create is at work.</summary>
    [Word("creating")]
    Creating,

    /// <summary>create has ended; the program has not begun.</summary>
    [Word("created")]
    Created,

    /// <summary>The program has begun and not ended.</summary>
    [Word("running")]
    Running,

    /// <summary>The process has ended.</summary>
    [Word("stopped")]
    Stopped,

    /// <summary>Frozen; not in the specification, but what runc and crun say.</summary>
    [Word("paused")]
    Paused,
}
