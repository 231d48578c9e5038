#pragma warning disable CS1591 // libseccomp's names say it
#pragma warning disable CA1069 // KILL and KILL_THREAD are one action

using System;

namespace Csrun.Spec;

/// <summary>
/// seccomp actions with what the filter returns for them, SECCOMP_RET_* of linux/seccomp.h; the low 16 bits take the
/// errno of ERRNO and the message of TRACE. Source: config-linux.md, Seccomp.
/// </summary>
[Words]
public enum SeccompAction : uint
{
    SCMP_ACT_KILL = 0x0000_0000,
    SCMP_ACT_KILL_THREAD = 0x0000_0000,
    SCMP_ACT_KILL_PROCESS = 0x8000_0000,
    SCMP_ACT_TRAP = 0x0003_0000,
    SCMP_ACT_ERRNO = 0x0005_0000,
    SCMP_ACT_TRACE = 0x7FF0_0000,
    SCMP_ACT_NOTIFY = 0x7FC0_0000,
    SCMP_ACT_LOG = 0x7FFC_0000,
    SCMP_ACT_ALLOW = 0x7FFF_0000,
}

/// <summary>
/// Comparisons of seccomp, unsigned, 64 bits, by libseccomp's number. Source: seccomp.h of libseccomp.
/// </summary>
[Words]
public enum SeccompOperator
{
    SCMP_CMP_NE = 1, // arg != value
    SCMP_CMP_LT = 2, // arg < value
    SCMP_CMP_LE = 3, // arg <= value
    SCMP_CMP_EQ = 4, // arg == value
    SCMP_CMP_GE = 5, // arg >= value
    SCMP_CMP_GT = 6, // arg > value
    SCMP_CMP_MASKED_EQ = 7, // (arg & value) == valueTwo
}

/// <summary>Flags of seccomp(2) that a profile may ask for; in comments the kernel that brought them.</summary>
[Flags]
[Words]
public enum SeccompFilterFlag : uint
{
    SECCOMP_FILTER_FLAG_TSYNC = 0x1, // 3.17
    SECCOMP_FILTER_FLAG_LOG = 0x2, // 4.14
    SECCOMP_FILTER_FLAG_SPEC_ALLOW = 0x4, // 4.17
    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 0x20, // 5.19
}

/// <summary>
/// Architectures of a profile with libseccomp's token, which is the kernel's AUDIT_ARCH_* (linux/audit.h) but for X32:
/// the kernel says X86_64 there and sets bit 30 of the call's number. SH and SHEB are inferred, their headers were not
/// at hand.
/// </summary>
[Words]
public enum SeccompArch : uint
{
    SCMP_ARCH_X86 = 0x4000_0003,
    SCMP_ARCH_X86_64 = 0xC000_003E,
    SCMP_ARCH_X32 = 0x4000_003E,
    SCMP_ARCH_ARM = 0x4000_0028,
    SCMP_ARCH_AARCH64 = 0xC000_00B7,
    SCMP_ARCH_MIPS = 0x0000_0008,
    SCMP_ARCH_MIPS64 = 0x8000_0008,
    SCMP_ARCH_MIPS64N32 = 0xA000_0008,
    SCMP_ARCH_MIPSEL = 0x4000_0008,
    SCMP_ARCH_MIPSEL64 = 0xC000_0008,
    SCMP_ARCH_MIPSEL64N32 = 0xE000_0008,
    SCMP_ARCH_PPC = 0x0000_0014,
    SCMP_ARCH_PPC64 = 0x8000_0015,
    SCMP_ARCH_PPC64LE = 0xC000_0015,
    SCMP_ARCH_S390 = 0x0000_0016,
    SCMP_ARCH_S390X = 0x8000_0016,
    SCMP_ARCH_PARISC = 0x0000_000F,
    SCMP_ARCH_PARISC64 = 0x8000_000F,
    SCMP_ARCH_RISCV64 = 0xC000_00F3,
    SCMP_ARCH_LOONGARCH64 = 0xC000_0102,
    SCMP_ARCH_M68K = 0x0000_0004,
    SCMP_ARCH_SH = 0x4000_002A,
    SCMP_ARCH_SHEB = 0x0000_002A,
}
