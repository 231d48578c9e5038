using Csrun.Spec;

namespace Csrun.Seccomp;

/// <summary>
/// What a filter must know of one of the 23 architectures: its numbers, the width and byte order of arguments, and its
/// multiplexed calls. Sources: linux/audit.h, asm/unistd.h of each architecture.
/// </summary>
/// <param name="Arch">The word of the profile.</param>
/// <param name="Column">The table of numbers.</param>
/// <param name="Base">What is added to the table's numbers.</param>
/// <param name="Is64">Arguments are compared in 64 bits; else their low 32, as libseccomp does for x32 and n32
/// too.</param>
/// <param name="IsBigEndian">The high word of an argument comes first.</param>
/// <param name="Multiplexes">Has socketcall (102) and ipc (117).</param>
internal readonly record struct Abi(
    SeccompArch Arch, SyscallColumn Column, uint Base, bool Is64, bool IsBigEndian, bool Multiplexes)
{
    /// <summary>socketcall(2), on all architectures that have it.</summary>
    public const int SocketCall = 102;

    /// <summary>ipc(2), on all architectures that have it.</summary>
    public const int Ipc = 117;

    /// <summary>The bit that x32 sets in its numbers: __X32_SYSCALL_BIT.</summary>
    public const uint X32Bit = 0x4000_0000;

    private const uint MipsO32Base = 4000;
    private const uint Mips64Base = 5000;
    private const uint MipsN32Base = 6000;

    /// <summary>AUDIT_ARCH_* as the kernel gives it to the filter.</summary>
    public uint AuditArch =>
        Arch == SeccompArch.SCMP_ARCH_X32 ? (uint)SeccompArch.SCMP_ARCH_X86_64 : (uint)Arch;

    /// <summary>The facts about an architecture.</summary>
    public static Abi Of(SeccompArch arch) => arch switch
    {
        SeccompArch.SCMP_ARCH_X86 => new(arch, SyscallColumn.X86, 0, false, false, true),
        SeccompArch.SCMP_ARCH_X86_64 => new(arch, SyscallColumn.X8664, 0, true, false, false),
        SeccompArch.SCMP_ARCH_X32 => new(arch, SyscallColumn.X32, X32Bit, false, false, false),
        SeccompArch.SCMP_ARCH_ARM => new(arch, SyscallColumn.Arm, 0, false, false, false),
        SeccompArch.SCMP_ARCH_AARCH64 => new(arch, SyscallColumn.AArch64, 0, true, false, false),
        SeccompArch.SCMP_ARCH_MIPS => new(arch, SyscallColumn.Mips, MipsO32Base, false, true, true),
        SeccompArch.SCMP_ARCH_MIPSEL => new(arch, SyscallColumn.Mips, MipsO32Base, false, false, true),
        SeccompArch.SCMP_ARCH_MIPS64 => new(arch, SyscallColumn.Mips64, Mips64Base, true, true, false),
        SeccompArch.SCMP_ARCH_MIPSEL64 => new(arch, SyscallColumn.Mips64, Mips64Base, true, false, false),
        SeccompArch.SCMP_ARCH_MIPS64N32 => new(arch, SyscallColumn.Mips64N32, MipsN32Base, false, true, false),
        SeccompArch.SCMP_ARCH_MIPSEL64N32 => new(arch, SyscallColumn.Mips64N32, MipsN32Base, false, false, false),
        SeccompArch.SCMP_ARCH_PARISC => new(arch, SyscallColumn.Parisc, 0, false, true, false),
        SeccompArch.SCMP_ARCH_PARISC64 => new(arch, SyscallColumn.Parisc64, 0, true, true, false),
        SeccompArch.SCMP_ARCH_PPC => new(arch, SyscallColumn.Ppc, 0, false, true, true),
        SeccompArch.SCMP_ARCH_PPC64 => new(arch, SyscallColumn.Ppc64, 0, true, true, true),
        SeccompArch.SCMP_ARCH_PPC64LE => new(arch, SyscallColumn.Ppc64, 0, true, false, true),
        SeccompArch.SCMP_ARCH_RISCV64 => new(arch, SyscallColumn.RiscV64, 0, true, false, false),
        SeccompArch.SCMP_ARCH_S390 => new(arch, SyscallColumn.S390, 0, false, true, true),
        SeccompArch.SCMP_ARCH_S390X => new(arch, SyscallColumn.S390X, 0, true, true, true),
        SeccompArch.SCMP_ARCH_M68K => new(arch, SyscallColumn.M68K, 0, false, true, true),
        SeccompArch.SCMP_ARCH_SH => new(arch, SyscallColumn.Sh, 0, false, false, true),
        SeccompArch.SCMP_ARCH_SHEB => new(arch, SyscallColumn.Sh, 0, false, true, true),
        _ => new(arch, SyscallColumn.LoongArch64, 0, true, false, false),
    };
}
