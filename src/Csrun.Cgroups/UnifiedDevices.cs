using System;
using Csrun.Linux;

namespace Csrun.Cgroups;

/// <summary>Device rules on v2: loads the program and attaches it to the container's cgroup.</summary>
internal static class UnifiedDevices
{
    private const int MemoryLocked = 8;
    private const int MostPrograms = 64;

    /// <summary>
    /// Attaches the policy's program. Programs that are there (of an earlier attempt in the same cgroup) go: the kernel
    /// asks all, and one refusal decides.
    /// </summary>
    /// <exception cref="KernelException">The kernel takes no such program. Without root or in a user namespace, where
    /// nobody may load one, devices are made or opened only by right of their owners and modes: that is no
    /// error.</exception>
    public static void Attach(CgroupDirectory directory, int cgroup, DevicePolicy policy)
    {
        if (policy.AllowsByDefault && policy.Count == 0)
        {
            return;
        }

        int loaded = Load(DeviceProgram.Assemble(policy));
        if (loaded == -(int)Errno.EPERM && (Kernel.geteuid() != 0 || !UserNamespace.IsHosts()))
        {
            return;
        }

        if (loaded < 0)
        {
            throw new KernelException(
                "load device program for", Utf8.ToText(directory.Path), (Errno)(-loaded), "linux.resources.devices",
                "the kernel needs CONFIG_CGROUP_BPF, and the caller CAP_BPF or CAP_SYS_ADMIN");
        }

        using Fd program = new(loaded);
        Span<uint> ids = stackalloc uint[MostPrograms];
        int count = Kernel.bpf_prog_query(cgroup, Kernel.BPF_CGROUP_DEVICE, ids);
        int result = Replace(cgroup, program.Number, ids[..int.Max(0, count)]);
        if (result < 0)
        {
            throw new KernelException(
                "attach device program to", Utf8.ToText(directory.Path), (Errno)(-result), "linux.resources.devices",
                result == -(int)Errno.EPERM ? "a cgroup above allows no programs below its own" : null);
        }
    }

    /// <summary>In one step where there is exactly one before; else the new one first and then the others away, so that
    /// at no time there is none.</summary>
    private static int Replace(int cgroup, int program, ReadOnlySpan<uint> before)
    {
        int result;
        if (before.Length == 1)
        {
            using Fd old = new(Kernel.bpf_prog_get_fd_by_id(before[0]));
            result = Kernel.bpf_prog_attach(
                cgroup, program, Kernel.BPF_CGROUP_DEVICE, Kernel.BPF_F_ALLOW_MULTI | Kernel.BPF_F_REPLACE, old.Number);
            if (result != -(int)Errno.EINVAL)
            {
                return result;
            }
        }

        result = Kernel.bpf_prog_attach(cgroup, program, Kernel.BPF_CGROUP_DEVICE, Kernel.BPF_F_ALLOW_MULTI);
        for (int i = 0; i < before.Length && result == 0; i++)
        {
            using Fd old = new(Kernel.bpf_prog_get_fd_by_id(before[i]));
            result = old.IsOpen ? Kernel.bpf_prog_detach(cgroup, old.Number, Kernel.BPF_CGROUP_DEVICE) : 0;
        }

        return result;
    }

    /// <summary>Kernels before 5.11 count programs as locked memory, and refuse with EPERM.</summary>
    private static int Load(ReadOnlySpan<ulong> code)
    {
        int result = LoadOnce(code);
        if (result == -(int)Errno.EPERM && Kernel.getrlimit(MemoryLocked, out ulong soft, out ulong hard) == 0
            && Kernel.setrlimit(MemoryLocked, ulong.MaxValue, ulong.MaxValue) == 0)
        {
            result = LoadOnce(code);
            _ = Kernel.setrlimit(MemoryLocked, soft, hard);
        }

        return result;
    }

    private static int LoadOnce(ReadOnlySpan<ulong> code)
    {
        return Kernel.bpf_prog_load(
            Kernel.BPF_PROG_TYPE_CGROUP_DEVICE, Kernel.BPF_CGROUP_DEVICE, code, "Apache\0"u8, default);
    }
}
