using System;
using System.Text;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Device rules on v1. Source: the kernel's Documentation/admin-guide/cgroup-v1/devices.rst.</summary>
internal static class LegacyDevices
{
    /// <summary>The default first, which clears what was inherited, then one write an exception: the kernel takes no
    /// more at once.</summary>
    public static void Write(CgroupDirectory directory, int fd, DevicePolicy policy)
    {
        bool allows = policy.AllowsByDefault;
        Check(
            CgroupFile.Write(fd, allows ? "devices.allow\0"u8 : "devices.deny\0"u8, "a"u8),
            directory, "a", allows, "linux.resources.devices");
        if (policy.Count == 0)
        {
            return;
        }

        using Fd file = new(KernelException.Check(
            Kernel.openat(
                fd,
                allows ? "devices.deny\0"u8 : "devices.allow\0"u8,
                Kernel.O_WRONLY | Kernel.O_CLOEXEC),
            "open",
            directory.Path));
        Span<byte> text = stackalloc byte[64];
        for (int i = 0; i < policy.Count; i++)
        {
            string rule = policy[i].ToKernelText();
            int length = Encoding.UTF8.GetBytes(rule, text);
            int result = Kernel.write(file.Number, text[..length]);
            int index = policy.RuleOf(i);

            // A device that every container gets is missing where the caller itself does not have it.
            if (index >= 0 || result != -(int)Errno.EPERM)
            {
                Check(result, directory, rule, !allows, $"linux.resources.devices[{index}]");
            }
        }
    }

    private static void Check(int result, CgroupDirectory directory, string rule, bool allow, string place)
    {
        if (result < 0)
        {
            throw new KernelException(
                $"write {rule} to",
                directory.PathOf(allow ? "devices.allow" : "devices.deny"),
                (Errno)(-result),
                place,
                result == -(int)Errno.EPERM ? "the parent cgroup does not allow that device" : null);
        }
    }
}
