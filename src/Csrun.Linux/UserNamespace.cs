using System;

namespace Csrun.Linux;

/// <summary>Which user namespace this process is in. Source: user_namespaces(7).</summary>
public static class UserNamespace
{
    /// <summary>
    /// Whether it is the host's own: that one maps all ids to themselves, others never do. True where it cannot be
    /// read, since a kernel without user namespaces has no other.
    /// </summary>
    public static bool IsHosts()
    {
        using Fd file = new(Kernel.openat(
            Kernel.AT_FDCWD, "/proc/self/uid_map\0"u8, Kernel.O_RDONLY | Kernel.O_CLOEXEC));
        Span<byte> map = stackalloc byte[128];
        int length = file.IsOpen ? Kernel.read(file.Number, map) : 0;
        return length <= 0 || map[..length].IndexOf("4294967295"u8) >= 0;
    }
}
