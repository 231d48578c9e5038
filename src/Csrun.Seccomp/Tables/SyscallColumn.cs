#pragma warning disable CS1591 // the kernel's names of the ABIs

namespace Csrun.Seccomp;

/// <summary>The tables of numbers; architectures that differ only in byte order share one.</summary>
internal enum SyscallColumn
{
    X86,
    X8664,
    X32,
    Arm,
    AArch64,
    Mips,
    Mips64,
    Mips64N32,
    Parisc,
    Parisc64,
    Ppc,
    Ppc64,
    RiscV64,
    S390,
    S390X,
    M68K,
    Sh,
    LoongArch64,
}
