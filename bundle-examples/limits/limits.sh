# Meets its limits, one after the other. Runs inside, on busybox alone.
row() { printf '  %-13s %s\n' "$1" "$2"; }
group() { cat "/sys/fs/cgroup/$1" 2>/dev/null || cat "/sys/fs/cgroup/$2" 2>/dev/null || echo '?'; }
used() { # microseconds of CPU time
    sed -n 's/^usage_usec //p' /sys/fs/cgroup/cpu.stat 2>/dev/null | grep . ||
        awk '{ printf "%.0f\n", $1 / 1000 }' /sys/fs/cgroup/cpuacct/cpuacct.usage
}
clock() { awk '{ printf "%.0f\n", $1 * 1000000 }' /proc/uptime; }

printf '\n'
row 'memory' "$(group memory.max memory/memory.limit_in_bytes) bytes"
row 'and swap' "$(group memory.swap.max memory/memory.memsw.limit_in_bytes) bytes"
row 'cpu' "$(group cpu.max cpu/cpu.cfs_quota_us) of $(group cpu.max cpu/cpu.cfs_period_us) microseconds"

began=$(clock) before=$(used)
for i in 1 2 3 4; do timeout 2 sh -c 'while :; do :; done' & done
wait
row 'four loops' "used $(awk -v u=$(($(used) - before)) -v t=$(($(clock) - began)) 'BEGIN { printf "%.2f", u / t }') CPUs"

dd if=/dev/zero of=/dev/null bs=1200M count=1 2>/dev/null
code=$?
row '1200 MiB' "$([ $code = 137 ] && echo 'killed by the kernel' || echo "exit code $code")"
printf '\n'
