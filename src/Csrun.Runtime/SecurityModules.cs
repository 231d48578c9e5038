using System;
using Csrun.Linux;
using Csrun.Spec;

namespace Csrun.Runtime;

/// <summary>
/// Whether the kernel has AppArmor and SELinux and they are enabled: asked before anything is made, so that a container
/// which must not run unconfined is refused with that reason.
/// </summary>
internal static class SecurityModules
{
    /// <summary>Refuses a profile or label that this kernel cannot give.</summary>
    /// <param name="process">The process.</param>
    /// <param name="flags">The flags that may have asked for it; null where config.json has.</param>
    /// <exception cref="RuntimeException">The module is not there.</exception>
    public static void Require(ProcessPlan process, ExecChanges? flags = null)
    {
        if (process.ApparmorProfile is string profile && !IsApparmorEnabled())
        {
            throw Refusal(
                string.IsNullOrEmpty(flags?.ApparmorProfile) ? "process.apparmorProfile" : "--apparmor",
                "AppArmor is not enabled on this host: " + profile);
        }

        if (process.SelinuxLabel is string label && !IsSelinuxEnabled())
        {
            throw Refusal(
                string.IsNullOrEmpty(flags?.SelinuxLabel) ? "process.selinuxLabel" : "--process-label",
                "SELinux is not enabled on this host: " + label);
        }
    }

    /// <summary>
    /// The label of mounts; null without SELinux, where files have none (a mount would fail for the option), with a
    /// warning.
    /// </summary>
    public static MountContext? Applied(MountContext context, Action<string> warn)
    {
        if (IsSelinuxEnabled())
        {
            return context;
        }

        warn("linux.mountLabel: not applied, as SELinux is not enabled on this host");
        return null;
    }

    private static bool IsApparmorEnabled()
    {
        using Fd file = new(Kernel.openat(
            Kernel.AT_FDCWD, "/sys/module/apparmor/parameters/enabled\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        Span<byte> answer = stackalloc byte[8];
        return file.IsOpen && Kernel.read(file.Number, answer) > 0 && answer[0] == (byte)'Y';
    }

    /// <summary>
    /// Its file system is mounted exactly where the kernel has it; until a policy is loaded all processes have one
    /// label, and the kernel takes no other.
    /// </summary>
    private static bool IsSelinuxEnabled()
    {
        using Fd directory = new(Kernel.openat(
            Kernel.AT_FDCWD, "/sys/fs/selinux\0"u8, Kernel.O_PATH | Kernel.O_DIRECTORY | Kernel.O_CLOEXEC));
        if (!directory.IsOpen || Kernel.FileSystemMagic(directory.Number) != Kernel.SELINUX_MAGIC)
        {
            return false;
        }

        using Fd label = new(Kernel.openat(
            Kernel.AT_FDCWD, "/proc/self/attr/current\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        Span<byte> text = stackalloc byte[16];
        int length = label.IsOpen ? Kernel.read(label.Number, text) : 0;
        return !(length > 0 && text[..length].TrimEnd("\0\n"u8).SequenceEqual("kernel"u8));
    }

    private static RuntimeException Refusal(string place, string message)
    {
        return new RuntimeException([new Fault(place, message)]);
    }
}
