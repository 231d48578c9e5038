#!/bin/bash
# cell.sh up|run|down DIRECTORY [COMMAND...]: a machine of an engine's own, made of namespaces. Its processes end with its
# process 1, its mounts with its mount namespace, its cgroups lie below one that bears the test's name, and /etc,
# /var/lib and /run can be written without a trace.
set -eu
verb=$1 cell=$2
shift 2
group=csrun-test-$(basename "$cell")

hierarchies() {
    awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts
}

# join: moves this shell into the cell's cgroup of every hierarchy.
join() {
    local top file
    for top in $(hierarchies); do
        mkdir -p "$top/$group"
        for file in cpuset.cpus cpuset.mems; do
            [ ! -e "$top/$group/$file" ] || cat "$top/$file" >"$top/$group/$file"
        done
        echo $$ >"$top/$group/cgroup.procs"
    done
}

# overlay DIRECTORY: what is written there stays in the cell.
overlay() {
    local upper=$cell/overlay$1
    mkdir -p "$upper/upper" "$upper/work"
    mount -t overlay -o "lowerdir=$1,upperdir=$upper/upper,workdir=$upper/work" overlay "$1"
}

# open_to_users: what engines need of users and devices to map ids and to work without root.
open_to_users() {
    local node
    printf 'dockremap:x:400000:400000::/:/bin/false\ncontainers:x:500000:500000::/:/bin/false\n' >>/etc/passwd
    printf 'dockremap:x:400000:\ncontainers:x:500000:\n' >>/etc/group
    printf 'dockremap:400000:65536\ncontainers:500000:1000000\n1000:300000:65536\n' | tee /etc/subuid >/etc/subgid
    for node in /dev/fuse /dev/net/tun; do
        [ -e $node ] || continue
        mknod -m 666 "$cell/${node##*/}" c $(stat -c '0x%t 0x%T' $node)
        mount --bind "$cell/${node##*/}" $node
    done
}

# mount_cgroups: in the cell's mount namespace, the same hierarchies at the same places, each from the cell's cgroup on.
mount_cgroups() {
    local list type target options
    list=$(awk '$3 == "cgroup" || $3 == "cgroup2" { print $3, $2, $4 }' /proc/mounts)
    umount -R /sys/fs/cgroup
    mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
    while read -r type target options; do
        options=$(tr , '\n' <<<"$options" | grep -vxE 'r[ow]|relatime|noatime|nosuid|nodev|noexec' | paste -sd,) || true
        mkdir -p "$target"
        [[ $options != name=* ]] || options=none,$options
        mount -t "$type" ${options:+-o "$options"} cgroup "$target"
    done <<<"$list"
}

case $verb in
    up)
        join
        setsid unshare --mount --net --pid --cgroup --ipc --uts --fork --kill-child --propagation private \
            "$0" inside "$cell" >"$cell/cell.log" 2>&1 </dev/null &
        while [ ! -e "$cell/ready" ] && kill -0 $! 2>/dev/null && [ $SECONDS -lt 60 ]; do
            sleep 0.05
        done
        [ -e "$cell/ready" ] || { cat "$cell/cell.log" >&2; exit 1; }
        tr -d ' ' <"/proc/$!/task/$!/children" >"$cell/pid"
        ;;
    inside)
        [ $$ = 1 ] || exit 1 # not in a cell: what follows would change the machine
        mount -t proc proc /proc
        overlay /etc
        overlay /var/lib
        mount -t tmpfs -o mode=755 tmpfs /run
        mount_cgroups
        open_to_users
        hostname cell
        ip link set lo up
        touch "$cell/ready"
        exec catatonit -P
        ;;
    run)
        join
        exec nsenter --target "$(cat "$cell/pid")" --mount --net --pid --cgroup --ipc --uts env -C / "$@"
        ;;
    down)
        # A frozen process does not die before it thaws.
        for top in $(hierarchies); do
            find "$top/$group" -name freezer.state -exec sh -c 'echo THAWED >"$1"' thaw {} \; 2>/dev/null || true
        done
        [ ! -s "$cell/pid" ] || kill -KILL "$(cat "$cell/pid")"
        for top in $(hierarchies); do
            while [ -d "$top/$group" ] && [ $SECONDS -lt 60 ]; do
                find "$top/$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
            done
        done
        ;;
esac
