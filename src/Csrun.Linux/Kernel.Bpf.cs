using System;
using Tmds.Linux;

namespace Csrun.Linux;

/// <summary>BPF programs, as far as cgroups need them.</summary>
public static unsafe partial class Kernel
{
    // bpf.h
    public const uint BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    public const uint BPF_CGROUP_DEVICE = 6;
    public const uint BPF_F_ALLOW_MULTI = 2;
    public const uint BPF_F_REPLACE = 4;

    private const int BPF_PROG_LOAD = 5;
    private const int BPF_PROG_ATTACH = 8;
    private const int BPF_PROG_DETACH = 9;
    private const int BPF_PROG_GET_FD_BY_ID = 13;
    private const int BPF_PROG_QUERY = 16;

    /// <summary>bpf(2) BPF_PROG_LOAD: the program's fd, close-on-exec as the kernel makes it.</summary>
    /// <param name="type">BPF_PROG_TYPE_*.</param>
    /// <param name="attachType">Where it will be attached.</param>
    /// <param name="instructions">struct bpf_insn, eight bytes each.</param>
    /// <param name="license">The program's license, with NUL.</param>
    /// <param name="log">Takes the verifier's words, with NUL; may be empty.</param>
    public static int bpf_prog_load(
        uint type, uint attachType, ReadOnlySpan<ulong> instructions, ReadOnlySpan<byte> license, Span<byte> log)
    {
        fixed (ulong* code = instructions)
        fixed (byte* words = license)
        fixed (byte* text = log)
        {
            // The part of union bpf_attr up to expected_attach_type (72 bytes).
            ulong* attr = stackalloc ulong[9];
            new Span<ulong>(attr, 9).Clear();
            attr[0] = type | ((ulong)(uint)instructions.Length << 32);
            attr[1] = (ulong)code;
            attr[2] = (ulong)Terminated(words, license.Length);
            attr[3] = log.IsEmpty ? 0 : 1 | ((ulong)(uint)log.Length << 32);
            attr[4] = (ulong)text;
            attr[8] = (ulong)attachType << 32;
            return Result(LibC.syscall(Number.Bpf, BPF_PROG_LOAD, attr, 72));
        }
    }

    /// <summary>bpf(2) BPF_PROG_ATTACH; <paramref name="replaced"/> is the fd of a program, with
    /// BPF_F_REPLACE.</summary>
    public static int bpf_prog_attach(int target, int program, uint attachType, uint flags, int replaced = 0)
    {
        uint* attr = stackalloc uint[5] { (uint)target, (uint)program, attachType, flags, (uint)replaced };
        return Result(LibC.syscall(Number.Bpf, BPF_PROG_ATTACH, attr, 20));
    }

    /// <summary>bpf(2) BPF_PROG_DETACH.</summary>
    public static int bpf_prog_detach(int target, int program, uint attachType)
    {
        uint* attr = stackalloc uint[4] { (uint)target, (uint)program, attachType, 0 };
        return Result(LibC.syscall(Number.Bpf, BPF_PROG_DETACH, attr, 16));
    }

    /// <summary>bpf(2) BPF_PROG_QUERY: the ids of the programs attached to this very target; their number, or a negated
    /// errno (ENOSPC when the span is too short).</summary>
    public static int bpf_prog_query(int target, uint attachType, Span<uint> ids)
    {
        fixed (uint* first = ids)
        {
            ulong* attr = stackalloc ulong[4];
            attr[0] = (uint)target | ((ulong)attachType << 32);
            attr[1] = 0;
            attr[2] = (ulong)first;
            attr[3] = (uint)ids.Length;
            int result = Result(LibC.syscall(Number.Bpf, BPF_PROG_QUERY, attr, 32));
            return result < 0 ? result : (int)(uint)attr[3];
        }
    }

    /// <summary>bpf(2) BPF_PROG_GET_FD_BY_ID.</summary>
    public static int bpf_prog_get_fd_by_id(uint id)
    {
        uint* attr = stackalloc uint[3] { id, 0, 0 };
        return Result(LibC.syscall(Number.Bpf, BPF_PROG_GET_FD_BY_ID, attr, 12));
    }
}
