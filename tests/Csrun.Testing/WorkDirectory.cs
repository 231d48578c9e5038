using System;
using System.Globalization;
using System.IO;
using System.Threading;

namespace Csrun.Testing;

/// <summary>A test's own place on a real file system: bundles, state and canary. Removed with the test.</summary>
public sealed class WorkDirectory : IDisposable
{
    private static int s_last;

    public WorkDirectory()
    {
        Name = string.Create(
            CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}");
        Path = System.IO.Path.Combine(Top, Name);
        Directory.CreateDirectory(Path);
    }

    /// <summary>Below it lies all that tests make.</summary>
    public static string Top
    {
        get
        {
            string top = Programs.IsRoot
                ? "/var/tmp/csrun-tests"
                : System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"csrun-tests-{Environment.UserName}");
            Directory.CreateDirectory(top);
            return top;
        }
    }

    /// <summary>Unique on the machine while the test lasts: part of container ids.</summary>
    public string Name { get; }

    public string Path { get; }

    /// <summary>A path in it.</summary>
    public string At(params string[] parts)
    {
        return System.IO.Path.Combine([Path, .. parts]);
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
