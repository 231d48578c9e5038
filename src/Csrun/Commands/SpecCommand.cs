using Csrun.CommandLine;
using Csrun.Linux;
using Csrun.Reporting;
using Csrun.Runtime;

namespace Csrun.Commands;

/// <summary><c>spec</c>: a config.json to start from.</summary>
internal static class SpecCommand
{
    private const uint FileMode = 0x1B6; // 0666, less the umask

    public static int Run(Invocation invocation)
    {
        string name = invocation.GetString(Flag.File) ?? "config.json";
        string directory = invocation.GetString(Flag.Bundle) ?? ".";
        byte[] path = Utf8.Terminated(name.StartsWith('/') ? name : directory + "/" + name);
        int created = Kernel.openat(
            Kernel.AT_FDCWD, path, Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_EXCL | Kernel.O_CLOEXEC, FileMode);
        if (created == -(int)Errno.EEXIST)
        {
            throw new RuntimeException("File " + name + " exists. Remove it first");
        }

        using Fd file = new(KernelException.Check(created, "create", path, "--bundle"));
        KernelException.Check(Kernel.WriteAll(file.Number, Format(invocation)), "write", path);
        return 0;
    }

    private static byte[] Format(Invocation invocation)
    {
        string hostname = invocation.Dialect switch
        {
            Dialect.Crun => "crun",
            Dialect.Runc => "runc",
            _ => "csrun",
        };
        return invocation.IsSet(Flag.ForRootless)
            ? DefaultSpec.FormatRootless(hostname, HasCgroup2(), Kernel.geteuid(), Kernel.getegid())
            : DefaultSpec.Format(hostname, HasCgroup2());
    }

    /// <summary>
    /// Whether the host has cgroup version 2 alone, where a container gets a cgroup namespace by default.
    /// </summary>
    private static bool HasCgroup2()
    {
        using Fd root = new(Kernel.openat(
            Kernel.AT_FDCWD, "/sys/fs/cgroup\0"u8, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC));
        return root.IsOpen && Kernel.FileSystemMagic(root.Number) == Kernel.CGROUP2_SUPER_MAGIC;
    }
}
