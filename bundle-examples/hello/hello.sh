# What a container sees of itself. Runs inside, on busybox alone.
row() { printf '  %-13s %s\n' "$1" "$2"; }
status() { sed -n "s/^$1:[[:space:]]*//p" /proc/self/status; }
size() { # of bytes; a number of 14 digits or more means that there is no limit
    case $1 in *[!0-9]* | ??????????????*) echo unlimited ;; *) echo "$(($1 / 1048576)) MiB" ;; esac
}
group() { cat "/sys/fs/cgroup/$1" 2>/dev/null || cat "/sys/fs/cgroup/$2" 2>/dev/null || echo '?'; }

printf '\n  Hello from inside.\n\n'
row 'pid' "$$, parent $PPID, and $(ls -d /proc/[0-9]* | wc -l) processes in sight"
row 'host name' "$(hostname)"
row 'user' "uid $(id -u), gid $(id -g), no_new_privs $(status NoNewPrivs)"
row 'capabilities' "$(status CapEff) effective, $(status CapBnd) bounding"
row 'descriptors' "$(ls /proc/$$/fd | grep -xE '[0-2]' | tr '\n' ' ')and a limit of $(ulimit -n)"
row 'network' "$(ls /sys/class/net | tr '\n' ' ')"
row 'devices' "$(ls /dev | tr '\n' ' ')"

# The kernel numbers the namespaces it booted with just above 0xEFFFFFF0.
own= shared=
for kind in cgroup ipc mnt net pid time user uts; do
    number=$(readlink "/proc/self/ns/$kind" | tr -dc '0-9')
    if [ "$number" -gt 4026532000 ]; then own="$own$kind "; else shared="$shared$kind "; fi
done
row 'namespaces' "its own: $own"
row '' "the host's: $shared"

quota=$(group cpu.max cpu/cpu.cfs_quota_us)
period=$(group cpu.max cpu/cpu.cfs_period_us)
row 'limits' "memory $(size "$(group memory.max memory/memory.limit_in_bytes)")"
row '' "cpu $(awk -v q="${quota%% *}" -v p="${period##* }" 'BEGIN { if (q > 0) print q / p; else print "unlimited" }')"
row '' "processes $(group pids.max pids/pids.max)"

printf '\n'
awk '{ for (i = 7; $i != "-"; i++); split($6, o, ",")
       if ($5 !~ "^/sys/fs/cgroup/.") printf "  %-3s %-10s %s\n", o[1], $(i + 1), $5 }' /proc/self/mountinfo | sort -k3 |
    awk '!/ \/(proc|sys)\/./ || /cgroup/ { print; next } { hidden++ } END { print "  and " hidden " places of /proc and /sys that are masked or read-only" }'
touch /new 2>/dev/null && printf '\n  The root can be written.\n\n' || printf '\n  The root is read-only.\n\n'
