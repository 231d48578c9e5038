#!/bin/bash
# run.sh IMAGE JOBS RESULTS SECONDS [PARAMETER...]: boots the guest of that directory under QEMU's own emulator, with
# further parameters of its kernel, lets it run JOBS/run.sh as root, and brings home what that leaves in /results, with
# log, journal, dmesg and console. Exits with the status of run.sh; 125 where the guest brought none home, 124 where it
# was still running after SECONDS.
set -euo pipefail
image=$1 jobs=$2 results=$3 seconds=$4
shift 4
work=$(mktemp -d "${TMPDIR:-/tmp}/csrun-guest.XXXXXX")
trap 'rm -rf "$work"' EXIT
tar -C "$jobs" --owner=0 --group=0 -cf "$work/jobs.tar" .
truncate -s 256M "$work/results.tar"
rm -rf "$results"
mkdir -p "$results"

line="console=ttyS0 panic=-1 quiet loglevel=3 rw mitigations=off nokaslr random.trust_cpu=on tsc=reliable no_timer_check"
line="$line cryptomgr.notests psi=1 systemd.show_status=0 systemd.unified_cgroup_hierarchy=1 $*"
# disk NAME FILE OPTION: what the guest writes to its root is thrown away.
disk() {
    echo "-drive if=none,id=$1,file=$2,format=raw,cache=unsafe,$3 -device virtio-blk-pci,drive=$1"
}
code=0
timeout --foreground -k 5 "$seconds" qemu-system-x86_64 -M q35 -accel tcg,thread=multi,tb-size=512 -cpu max -m 2048 -smp 2 \
    -nodefaults -no-user-config -no-reboot -display none -serial "file:$results/console" \
    $(disk root "$image/root.ext4" snapshot=on) $(disk jobs "$work/jobs.tar" readonly=on) \
    $(disk results "$work/results.tar" readonly=off) \
    -kernel "$image/vmlinuz" -initrd "$image/initrd.gz" -append "$line" >"$results/qemu" 2>&1 </dev/null || code=$?
tar -C "$results" -xf "$work/results.tar" 2>/dev/null || true
[ "$code" != 124 ] || exit 124
exit "$(cat "$results/status" 2>/dev/null || echo 125)"
