# checkpoint and restore on cgroup version 1, as systemd mounts it with systemd.unified_cgroup_hierarchy=0.
. ./checkpoint.job.sh

# where CONTROLLER: the directory of the last container's cgroup there.
where() {
    echo "$top/$1$(awk -F: -v controller="$1" '$2 == controller { print $3 }' "/proc/$pid/cgroup")"
}

limits='.linux.resources.memory = {limit: 67108864} | .linux.resources.pids = {limit: 77}'

test_goes_on_under_another_id() {
    local host was old new
    host=$(grep cgroup /proc/mounts)
    counting "$limits"
    launch csrun "$test"
    passes 5
    old=$(where memory)
    equal limit "$(cat "$old/memory.limit_in_bytes")" 67108864
    was=$(mounts)
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test" ||
        fail "$(grep Error "$work/log/dump.log")"
    last=$(cat "$shared/n")
    gone "$old"
    refused "container does not exist" csrun state "$test"
    restored csrun "$test-2"
    passes $((last + 5))
    equal limit "$(cat "$(where memory)/memory.limit_in_bytes")" 67108864
    equal limit "$(cat "$(where pids)/pids.max")" 77
    new=$(where memory)
    [ "$new" != "$old" ] || fail "$old again"
    equal mounts "$(mounts)" "$was"
    equal "the host's cgroups" "$(grep cgroup /proc/mounts)" "$host"
    csrun pause "$test-2"
    equal status "$(csrun state "$test-2" | jq -r .status)" paused
    csrun delete -f "$test-2"
    gone "$new"
}

test_cgroups_of_the_host_shown() {
    saved csrun '.linux.namespaces |= map(select(.type != "cgroup"))'
    restored csrun "$test-2"
    passes $((last + 5))
    has "what it sees" "$(csrun exec "$test-2" ls /sys/fs/cgroup)" memory
}

test_paused_container() {
    goes_on_paused
}

test_runc_beside() {
    counting "$limits"
    under_runc
    runc checkpoint --image-path "$work/images" --work-path "$work/log" "$test" || fail "$(grep Error "$work/log/dump.log")"
    last=$(cat "$shared/n")
    restored_under_runc "$test"
    equal limit "$(cat "$(where memory)/memory.limit_in_bytes")" 67108864
}
