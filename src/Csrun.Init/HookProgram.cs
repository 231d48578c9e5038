using System;
using Csrun.Spec;

namespace Csrun.Init;

/// <summary>One hook in the form posix_spawn takes, made before any clone (config.md, POSIX-platform Hooks).</summary>
public sealed unsafe class HookProgram
{
    private const string PlaceStart = "hooks.";

    private HookProgram(Hook hook, HookKind kind, int index)
    {
        string path = hook.Path!;
        Path = path;
        File = NativeText.Copy(path);
        Arguments = hook.Args is { Length: > 0 } ? NativeText.Vector(hook.Args) : NativeText.Vector([path]);
        Environment = hook.Env is null ? null : NativeText.Vector(hook.Env);
        TimeoutSeconds = hook.Timeout ?? 0;
        string word = HookKindWords.Word(kind);
        Place = PlaceStart + word + "[" + index + "]";
        Running = "error running " + word + " hook #" + index + ": ";
    }

    /// <summary>Its place in config.json, such as <c>hooks.createRuntime[1]</c>.</summary>
    public string Place { get; }

    /// <summary>The program.</summary>
    internal string Path { get; }

    /// <summary>The program, ended by NUL.</summary>
    internal byte* File { get; }

    /// <summary>argv.</summary>
    internal byte** Arguments { get; }

    /// <summary>The whole environment; null where config.json says nothing of it.</summary>
    internal byte** Environment { get; }

    /// <summary>Seconds until it is killed; 0 is no limit.</summary>
    internal int TimeoutSeconds { get; }

    /// <summary>How an error about it begins, in runc's words.</summary>
    internal string Running { get; }

    /// <summary>The hooks of one kind, in their order.</summary>
    public static HookProgram[] List(Hook[]? hooks, HookKind kind)
    {
        if (hooks is null || hooks.Length == 0)
        {
            return [];
        }

        HookProgram[] programs = new HookProgram[hooks.Length];
        for (int i = 0; i < hooks.Length; i++)
        {
            programs[i] = new HookProgram(hooks[i], kind, i);
        }

        return programs;
    }

    /// <summary>Whether a place in config.json is that of a hook: the hook failed.</summary>
    public static bool IsPlace(string? place)
    {
        return place is not null && place.StartsWith(PlaceStart, StringComparison.Ordinal);
    }
}
