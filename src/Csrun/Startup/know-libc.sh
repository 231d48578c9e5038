#!/bin/sh
# know-libc.sh [LIBC]: whether the start of this static libc (the linker's own libc.a by default) is the one that
# LibcStart.cs stands for: its object asks for exactly the symbols below. Fails where it asks for others.
set -eu
libc=${1:-$(gcc -print-file-name=libc.a)}
known='_GLOBAL_OFFSET_TABLE_ __assert_fail __cxa_atexit __environ __fini_array_end __fini_array_start __init_array_end
__init_array_start __libc_check_standard_fds __libc_early_init __libc_enable_secure __libc_fatal __libc_init_first
__libc_setup_tls __libc_stack_end __nptl_deallocate_tsd __nptl_nthreads __preinit_array_end __preinit_array_start
__pthread_initialize_minimal __rela_iplt_end __rela_iplt_start __tunable_get_val __tunable_set_val __tunables_init
_dl_aux_init _dl_debug_initialize _dl_hwcap _dl_minsigstacksize _dl_platform _dl_random _dl_relocate_static_pie
_dl_tunable_set_hwcaps _dl_x86_cpu_features _fini _init _setjmp exit'
object=$(mktemp)
trap 'rm -f "$object"' EXIT
ar p "$libc" libc-start.o >"$object" 2>/dev/null || { echo "$libc: error CSRUN003: no libc-start.o" >&2; exit 1; }
asked=$(nm --undefined-only --format=posix "$object" | cut -d ' ' -f 1 | LC_ALL=C sort)
if [ "$asked" != "$(printf '%s\n' $known | LC_ALL=C sort)" ]; then
    echo "$libc: error CSRUN003: its start is not one that LibcStart.cs knows: build with -p:CsrunReplaceLibcStart=false" >&2
    exit 1
fi
