namespace Csrun.Spec;

/// <summary>Kinds of hooks in the order they run. Source: config.md, POSIX-platform Hooks.</summary>
[Words]
public enum HookKind
{
    /// <summary><see cref="Hooks.Prestart"/>.</summary>
    [Word("prestart")]
    Prestart,

    /// <summary><see cref="Hooks.CreateRuntime"/>.</summary>
    [Word("createRuntime")]
    CreateRuntime,

    /// <summary><see cref="Hooks.CreateContainer"/>.</summary>
    [Word("createContainer")]
    CreateContainer,

    /// <summary><see cref="Hooks.StartContainer"/>.</summary>
    [Word("startContainer")]
    StartContainer,

    /// <summary><see cref="Hooks.Poststart"/>.</summary>
    [Word("poststart")]
    Poststart,

    /// <summary><see cref="Hooks.Poststop"/>.</summary>
    [Word("poststop")]
    Poststop,
}
