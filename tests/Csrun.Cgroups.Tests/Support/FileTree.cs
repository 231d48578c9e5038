using System;
using System.IO;
using Csrun.Linux;

namespace Csrun.Cgroups.Tests.Support;

/// <summary>Plain files that stand for a cgroup's.</summary>
internal sealed class FileTree : IDisposable
{
    public FileTree(params (string Name, string Content)[] files)
    {
        Path = Directory.CreateTempSubdirectory("csrun-test-").FullName;
        foreach ((string name, string content) in files)
        {
            File.WriteAllText(System.IO.Path.Combine(Path, name), content);
        }

        Fd = Kernel.openat(
            Kernel.AT_FDCWD, Utf8.Terminated(Path), Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC);
    }

    public string Path { get; }

    public int Fd { get; }

    public void Dispose()
    {
        Kernel.close(Fd);
        Directory.Delete(Path, recursive: true);
    }
}
