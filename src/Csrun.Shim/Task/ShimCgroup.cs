using System.Text;
using Csrun.Linux;

namespace Csrun.Shim.Task;

/// <summary>
/// Puts a server where the option shim_cgroup wants it: below every controller, or in the one hierarchy.
/// </summary>
internal static class ShimCgroup
{
    private const string Top = "/sys/fs/cgroup";

    /// <summary>Moves a process.</summary>
    /// <exception cref="KernelException">There is no such cgroup.</exception>
    public static void Move(int pid, string path)
    {
        string below = "/" + path.Trim('/') + "/cgroup.procs";
        if (Files.Read(Top + "/cgroup.controllers") is not null)
        {
            Write(Top + below, pid);
            return;
        }

        using Fd top = new(KernelException.Check(
            Kernel.openat(
                Kernel.AT_FDCWD, Utf8.Terminated(Top), Kernel.O_RDONLY | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC),
            "open",
            Utf8.Terminated(Top)));
        DirectoryEntries entries = new(top.Number, new byte[2048]);
        while (entries.MoveNext())
        {
            // Links are second names of controllers that share a hierarchy.
            string name = Utf8.ToText(entries.Name);
            if (entries.Type == DirectoryEntries.Directory && name is not ("unified" or "systemd"))
            {
                Write(Top + "/" + name + below, pid);
            }
        }
    }

    private static void Write(string file, int pid)
    {
        byte[] path = Utf8.Terminated(file);
        using Fd opened = new(KernelException.Check(
            Kernel.openat(Kernel.AT_FDCWD, path, Kernel.O_WRONLY | Kernel.O_CLOEXEC), "open", path, "shim_cgroup"));
        KernelException.Check(
            Kernel.write(opened.Number, Encoding.UTF8.GetBytes(pid.ToString())), "write", path, "shim_cgroup");
    }
}
