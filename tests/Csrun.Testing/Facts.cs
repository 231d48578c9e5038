using System.IO;
using System.Linq;
using Xunit;

namespace Csrun.Testing;

/// <summary>A test that needs root, and is skipped with that reason without it.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        Skip = Needs.Root;
    }
}

/// <summary>Like <see cref="RootFactAttribute"/>, for several cases.</summary>
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        Skip = Needs.Root;
    }
}

/// <summary>A test of what only csrun does: skipped where another runtime stands in for it.</summary>
public sealed class CsrunFactAttribute : FactAttribute
{
    public CsrunFactAttribute()
    {
        Skip = Needs.Csrun;
    }
}

/// <summary>Like <see cref="CsrunFactAttribute"/>, for several cases.</summary>
public sealed class CsrunTheoryAttribute : TheoryAttribute
{
    public CsrunTheoryAttribute()
    {
        Skip = Needs.Csrun;
    }
}

/// <summary>A fact about a host whose memory controller is one of cgroup version 1; elsewhere it is skipped.</summary>
public sealed class LegacyCgroupFactAttribute : FactAttribute
{
    public LegacyCgroupFactAttribute()
    {
        Skip = Needs.Root ?? Needs.Files("/sys/fs/cgroup/memory/memory.oom_control");
    }
}

/// <summary>What csrun does where the kernel lacks something; skipped where it has it.</summary>
public sealed class CsrunFactWithoutAttribute : FactAttribute
{
    /// <param name="path">What the kernel shows where it has it.</param>
    public CsrunFactWithoutAttribute(string path)
    {
        Path = path;
        Skip = Needs.Csrun ?? (System.IO.Path.Exists(path) ? $"this kernel has {path}" : null);
    }

    /// <summary>What the kernel shows where it has it.</summary>
    public string Path { get; }
}

/// <summary>What is missing for a test to run, in words; null where nothing is.</summary>
public static class Needs
{
    /// <summary>The rights of root.</summary>
    public static string? Root => Programs.IsRoot ? null : "needs root";

    /// <summary>csrun as the runtime under test.</summary>
    public static string? Csrun =>
        Root
            ?? (RuntimeBinary.UnderTest.IsCsrun
                ? null
                : "csrun's own behaviour, and CSRUN_BINARY names another runtime");

    /// <summary>Files of the machine, by their paths.</summary>
    public static string? Files(params string[] paths)
    {
        string? missing = paths.FirstOrDefault(path => !File.Exists(path));
        return missing is null ? null : "needs " + missing;
    }
}
