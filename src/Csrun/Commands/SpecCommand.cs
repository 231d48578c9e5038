using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>spec</c>: a config.json to start from.</summary>
internal static class SpecCommand
{
    public static int Run(Invocation invocation)
    {
        string directory = invocation.GetString(Flag.Bundle) ?? ".";
        byte[] path = Utf8.Terminated(directory + "/config.json");
        int created = Kernel.openat(
            Kernel.AT_FDCWD, path, Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_EXCL | Kernel.O_CLOEXEC, 0x1B6);
        if (created == -(int)Errno.EEXIST)
        {
            throw new RuntimeException("File config.json exists. Remove it first");
        }

        using Fd file = new(KernelException.Check(created, "create", path, "--bundle"));
        KernelException.Check(
            Kernel.WriteAll(file.Number, DefaultSpec.Format(invocation.Dialect == Dialect.Crun ? "crun" : invocation.Dialect == Dialect.Runc ? "runc" : "csrun", hasCgroup2: HasCgroup2())), "write", path);
        return 0;
    }

    /// <summary>Whether the host has cgroup version 2 alone, where a container gets a cgroup namespace by default.</summary>
    private static bool HasCgroup2()
    {
        using Fd root = new(Kernel.openat(
            Kernel.AT_FDCWD, "/sys/fs/cgroup\0"u8, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC));
        return root.IsOpen && Kernel.FileSystemMagic(root.Number) == Kernel.CGROUP2_SUPER_MAGIC;
    }
}
