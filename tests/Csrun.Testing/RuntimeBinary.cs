using System;
using System.Collections.Generic;
using System.IO;

namespace Csrun.Testing;

/// <summary>A container runtime's executable: ours, or one of Debian's that stands beside it or in for it.</summary>
public sealed class RuntimeBinary
{
    private RuntimeBinary(string path)
    {
        Path = path;
        Name = System.IO.Path.GetFileName(path);
    }

    /// <summary>What the suites test: $CSRUN_BINARY, or bin/csrun of this repository.</summary>
    public static RuntimeBinary UnderTest { get; } =
        new(Environment.GetEnvironmentVariable("CSRUN_BINARY") ?? System.IO.Path.Combine(Repository.Root, "bin", "csrun"));

    /// <summary>Absolute path of the executable.</summary>
    public string Path { get; }

    /// <summary>Where every user gets to it: <see cref="Path"/>, or a copy where that lies below a private directory.</summary>
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
        return File.Exists(Path)
            ? Programs.Run(options, Path, arguments)
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
}
