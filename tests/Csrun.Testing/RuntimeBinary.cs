using System;
using System.Collections.Generic;
using System.IO;

namespace Csrun.Testing;

/// <summary>A container runtime's executable: ours, or one of Debian's that stands beside it or in for it.</summary>
public sealed class RuntimeBinary
{
    private static readonly RuntimeBinary s_underTest =
        new(Environment.GetEnvironmentVariable("CSRUN_BINARY")
            ?? System.IO.Path.Combine(Repository.Root, "bin", "csrun"));

    private static RuntimeBinary? s_broken;
    private Mutation? _mutation;
    private string _script = "";

    private RuntimeBinary(string path)
    {
        Path = path;
        Name = System.IO.Path.GetFileName(path);
    }

    /// <summary>What the suites test: $CSRUN_BINARY, or bin/csrun of this repository.</summary>
    public static RuntimeBinary UnderTest => s_broken ?? s_underTest;

    /// <summary>Absolute path of the executable.</summary>
    public string Path { get; }

    /// <summary>
    /// Where every user gets to it: <see cref="Path"/>, or a copy where that lies below a private directory.
    /// </summary>
    public string PathForUsers => ReachableCopy.Of(Path);

    /// <summary>The name it is called by.</summary>
    public string Name { get; }

    /// <summary>Whether it is ours, whatever name it is called by.</summary>
    public bool IsCsrun => !Path.StartsWith("/usr/", StringComparison.Ordinal);

    /// <summary>Debian's runtime of that name; null where it is not installed.</summary>
    public static RuntimeBinary? Installed(string name)
    {
        string? path = Programs.TryFind(name);
        return path is null ? null : new RuntimeBinary(path);
    }

    /// <summary>Another build of ours.</summary>
    public static RuntimeBinary At(string path)
    {
        return new RuntimeBinary(path);
    }

    /// <summary>Makes the binary under test one that does something wrong, until the scope is left.</summary>
    public static IDisposable Break(Mutation mutation)
    {
        s_broken = new RuntimeBinary(s_underTest.Path) { _mutation = mutation };
        return new Mending();
    }

    /// <summary>The same, called by a shell that has run a script before: how its caller is.</summary>
    public RuntimeBinary Through(string script)
    {
        return script.Length == 0 ? this : new RuntimeBinary(Path) { _mutation = _mutation, _script = script };
    }

    /// <summary>The binary under test by its name "runc": the link beside it where it is ours.</summary>
    public RuntimeBinary As(string name)
    {
        return IsCsrun ? new RuntimeBinary(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, name)) : this;
    }

    /// <summary>Runs a command to its end.</summary>
    public RunResult Run(params string[] arguments)
    {
        return Run(new RunOptions(), arguments);
    }

    /// <summary>Runs a command to its end, the caller deciding how it is started.</summary>
    public RunResult Run(RunOptions options, params string[] arguments)
    {
        if (_mutation is not null)
        {
            return _mutation(arguments, changed => Start(options, changed));
        }

        return File.Exists(Path)
            ? Start(options, arguments)
            : throw new FileNotFoundException($"{Path} is not built: run make");
    }

    /// <summary>The same for arguments that need not be UTF-8.</summary>
    public RunResult Run(RunOptions options, IReadOnlyList<byte[]> arguments)
    {
        return Programs.Run(options, Path, arguments);
    }

    public override string ToString()
    {
        return Path;
    }

    private RunResult Start(RunOptions options, string[] arguments)
    {
        return _script.Length == 0 ? Programs.Run(options, Path, arguments)
            : Programs.Run(options, "sh", ["-c", _script + "; exec \"$@\"", "sh", Path, .. arguments]);
    }

    private sealed class Mending : IDisposable
    {
        public void Dispose() => s_broken = null;
    }
}

/// <summary>What a broken runtime does instead: it may run the sound one.</summary>
/// <param name="arguments">What it was called with.</param>
/// <param name="run">Runs the sound one with these arguments.</param>
public delegate RunResult Mutation(string[] arguments, Func<string[], RunResult> run);
