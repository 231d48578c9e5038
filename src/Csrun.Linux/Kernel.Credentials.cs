using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>Ids and capabilities of this thread, which is the only one.</summary>
public static unsafe partial class Kernel
{
    private const uint CapabilityVersion3 = 0x20080522;

    /// <summary>
    /// setresuid(2) to one id. Asked of the kernel: libc would speak to threads it believes to exist.
    /// </summary>
    public static int setresuid(uint uid)
    {
        return Result(LibC.syscall(Number.Setresuid, uid, uid, uid));
    }

    /// <summary>setresgid(2) to one id.</summary>
    public static int setresgid(uint gid)
    {
        return Result(LibC.syscall(Number.Setresgid, gid, gid, gid));
    }

    /// <summary>setgroups(2).</summary>
    public static int setgroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* g = groups)
        {
            return Result(LibC.syscall(Number.Setgroups, groups.Length, g));
        }
    }

    /// <summary>capset(2): bit N of each set is capability number N.</summary>
    public static int capset(ulong effective, ulong permitted, ulong inheritable)
    {
        uint* header = stackalloc uint[2] { CapabilityVersion3, 0 };
        uint* data = stackalloc uint[6]
        {
            (uint)effective, (uint)permitted, (uint)inheritable,
            (uint)(effective >> 32), (uint)(permitted >> 32), (uint)(inheritable >> 32),
        };
        return Result(LibC.syscall(Number.Capset, header, data));
    }

    /// <summary>capget(2) of this process: the effective, permitted and inheritable sets.</summary>
    public static int capget(out ulong effective, out ulong permitted, out ulong inheritable)
    {
        uint* header = stackalloc uint[2] { CapabilityVersion3, 0 };
        uint* data = stackalloc uint[6];
        int result = Result(LibC.syscall(IsArm64 ? 90 : 125, header, data));
        effective = data[0] | ((ulong)data[3] << 32);
        permitted = data[1] | ((ulong)data[4] << 32);
        inheritable = data[2] | ((ulong)data[5] << 32);
        return result;
    }
}
