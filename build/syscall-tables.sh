#!/bin/bash
# syscall-tables.sh: writes src/Csrun.Seccomp/Tables/SyscallNames.cs and SyscallNumbers.cs from the kernel headers that
# Debian packs for cross compilers. Only names and numbers are taken. Needs gcc (as preprocessor) and apt-get.
set -eu
cd "$(dirname "$0")/.."
out=src/Csrun.Seccomp/Tables
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# COLUMN PACKAGE HEADER DEFINES...: one table each. Numbers are kept without the base of the ABI.
columns() {
    cat <<'END'
X86 i386 unistd_32.h
X8664 i386 unistd_64.h
X32 i386 unistd_x32.h -D__X32_SYSCALL_BIT=0
Arm armhf unistd.h -D__ARM_EABI__
AArch64 arm64 unistd.h -D__LP64__
Mips mips unistd_o32.h -D__NR_Linux=0
Mips64 mips unistd_n64.h -D__NR_Linux=0
Mips64N32 mips unistd_n32.h -D__NR_Linux=0
Parisc hppa unistd_32.h -D__NR_Linux=0
Parisc64 hppa unistd_64.h -D__NR_Linux=0
Ppc ppc64el unistd_32.h
Ppc64 ppc64el unistd_64.h
RiscV64 riscv64 unistd.h -D__LP64__ -D__SIZEOF_POINTER__=8
S390 s390x unistd_32.h
S390X s390x unistd_64.h
M68K m68k unistd_32.h
Sh sh4 unistd_32.h
LoongArch64 arm64 ../asm-generic/unistd.h -D__LP64__ -D__ARCH_WANT_NEW_STAT -D__ARCH_WANT_SYS_CLONE3
END
}

# What the kernel added after those headers. From pidfd_send_signal (424) on a call has one number on all architectures
# (Documentation/process/adding-syscalls.rst), so the generic table is everybody's; three calls of one architecture stand below.
newer="451 cachestat 452 fchmodat2 453 map_shadow_stack 454 futex_wake 455 futex_wait 456 futex_requeue
457 statmount 458 listmount 459 lsm_get_self_attr 460 lsm_set_self_attr 461 lsm_list_modules 462 mseal
463 setxattrat 464 getxattrat 465 listxattrat 466 removexattrat 467 open_tree_attr 468 file_getattr 469 file_setattr"

while read -r column package header defines; do
    directory=$work/$package
    if [ ! -d "$directory" ]; then
        mkdir "$directory"
        (cd "$work" && apt-get download -q "linux-libc-dev-$package-cross" >/dev/null 2>&1)
        dpkg-deb -x "$work/linux-libc-dev-$package-cross_"*.deb "$directory"
    fi
    include=$(echo "$directory"/usr/*/include)

    # The names are the macros; a second pass lets the preprocessor spell their numbers, which the shell then adds up.
    # shellcheck disable=SC2086
    gcc -undef -nostdinc -E -dM $defines -I"$include" -include "$include/asm/$header" -x c /dev/null |
        sed -n 's/^#define __\(ARM_\)\{0,1\}NR_\([a-z_0-9]*\) .*/\1 \2/p' |
        grep -v -E ' (arch_specific_syscall|(.*_)?syscalls|unused[0-9]+|reserved[0-9]+|)$' |
        while read -r first second; do
            if [ -n "$second" ]; then echo "@ $second __ARM_NR_$second"; else echo "@ $first __NR_$first"; fi
        done >"$work/names"
    # shellcheck disable=SC2086
    gcc -undef -nostdinc -E -P $defines -I"$include" -include "$include/asm/$header" -x c "$work/names" |
        tr '\n@' ' \n' | sed '$a\' | while read -r name number; do
            case $number in *[!-0-9xa-fA-F\ \(\)+]* | '') continue ;; esac
            echo "$column $name $((number))"
        done
    set -- $newer
    while [ $# -gt 0 ]; do
        echo "$column $2 $1"
        shift 2
    done
    case $column in
        X8664) echo "$column uretprobe 335" ;;
        Parisc*) echo "$column cacheflush 356" ;;
        S390*) echo "$column memfd_secret 447" ;;
    esac
done <<<"$(columns)" >"$work/all"
versions=$(cd "$work" && for file in *.deb; do dpkg-deb -f "$file" Package Version | sed 's/.*: //' | paste -sd ' '; done |
    sed 's/linux-libc-dev-\(.*\)-cross/\1/' | paste -sd ',' | sed 's/,/, /g')

sort -u -o "$work/all" "$work/all"
LC_ALL=C awk -v versions="$versions" -v order="$(columns | cut -d' ' -f1 | paste -sd' ')" -v out="$out" \
    -f build/syscall-tables.awk "$work/all"
