using System;
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
        int result = CgroupFile.Write(fd, allows ? "devices.allow\0"u8 : "devices.deny\0"u8, "a"u8);
        if (result < 0)
        {
            throw Refused(directory, "a", allows, -1, (Errno)(-result));
        }

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
        Span<byte> text = stackalloc byte[DeviceException.LongestText];
        for (int i = 0; i < policy.Count; i++)
        {
            int length = policy[i].Format(text);
            result = Kernel.write(file.Number, text[..length]);
            int index = policy.RuleOf(i);

            // A device that every container gets is missing where the caller itself does not have it.
            if (result < 0 && (index >= 0 || result != -(int)Errno.EPERM))
            {
                throw Refused(directory, policy[i].ToKernelText(), !allows, index, (Errno)(-result));
            }
        }
    }

    private static KernelException Refused(
        CgroupDirectory directory, string rule, bool allow, int index, Errno errno)
    {
        return new KernelException(
            $"write {rule} to",
            directory.PathOf(allow ? "devices.allow" : "devices.deny"),
            errno,
            index < 0 ? "linux.resources.devices" : $"linux.resources.devices[{index}]",
            errno == Errno.EPERM ? "the parent cgroup does not allow that device" : null);
    }
}
