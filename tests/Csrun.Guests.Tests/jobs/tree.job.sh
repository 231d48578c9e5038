# Where the container is in the cgroup v2 tree, and what it sees of it.

test_cloned_into_its_cgroup() {
    bundle .
    place "/guest/$test"
    echo "csrun $test" >>"$work/containers"
    strace -o "$work/trace" -e trace=clone3 csrun create -b "$bundle" "$test" </dev/null >/dev/null 2>&1
    grep -q CLONE_INTO_CGROUP "$work/trace" || fail "$(cat "$work/trace")"
    pid=$(csrun state "$test" | jq .pid)
    equal membership "$(cat "/proc/$pid/cgroup")" "0::/guest/$test"
}

test_exec_cloned_into_its_cgroup() {
    csrun_with .
    strace -o "$work/trace" -e trace=clone3 csrun exec -d --pid-file "$work/pid" "$test" sleep 100 \
        </dev/null >/dev/null 2>&1
    grep -q CLONE_INTO_CGROUP "$work/trace" || fail "$(cat "$work/trace")"
    equal membership "$(cat "/proc/$(cat "$work/pid")/cgroup")" "0::/guest/$test"
}

test_controllers_are_handed_down() {
    bundle .
    place "/guest/$test/a/b/c"
    launch csrun "$test"
    equal "of the container" "$(cat "$cgroup/cgroup.controllers")" "$(cat $top/cgroup.controllers)"
    equal "in between" "$(cat "$top/guest/$test/a/cgroup.subtree_control")" "$(cat $top/cgroup.controllers)"
    csrun delete -f "$test"
    gone "$top/guest/$test/a/b/c"
    rmdir "$top/guest/$test/a/b" "$top/guest/$test/a" "$top/guest/$test"
}

# What a container with systemd does: it moves its processes down and hands its controllers on.
nest='.linux.namespaces += [{type: "cgroup"}] | (.mounts[] | select(.type == "cgroup").options) -= ["ro"]'
nested='mkdir /sys/fs/cgroup/inner && echo 1 >/sys/fs/cgroup/inner/cgroup.procs
    echo +memory +pids >/sys/fs/cgroup/cgroup.subtree_control && touch /tmp/nested; sleep 1000'

launch_nested() {
    bundle "$nest | .linux.namespaces |= unique_by(.type) | .mounts += [{destination: \"/tmp\", type: \"tmpfs\", source: \"tmpfs\"}]"
    jq --arg script "$nested" '.process.args = ["sh", "-c", $script]' "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
    place "/guest/$test"
    launch csrun "$test"
    eventually test -e "/proc/$pid/root/tmp/nested"
    cgroup=$top/guest/$test
    equal "the first process" "$(cat "/proc/$pid/cgroup")" "0::/guest/$test/inner"
}

test_nested_container_is_executed_in() {
    launch_nested
    csrun exec -d --pid-file "$work/pid" "$test" sleep 100
    equal "a further process" "$(cat "/proc/$(cat "$work/pid")/cgroup")" "0::/guest/$test/inner"
    equal "ps" "$(csrun ps --format json "$test" | jq -c sort)" "$(echo "[$pid,$(cat "$work/pid")]" | jq -c sort)"
}

test_nested_container_is_frozen_and_killed() {
    launch_nested
    csrun pause "$test"
    grep -q "frozen 1" "$cgroup/inner/cgroup.events"
    equal status "$(csrun state "$test" | jq -r .status)" paused
    csrun delete -f "$test"
    gone "$cgroup"
}

test_nested_container_is_updated() {
    launch_nested
    csrun update --memory 67108864 --pids-limit 40 "$test"
    holds memory.max 67108864
    holds pids.max 40
}

# Only controllers that count threads go below a threaded cgroup.
test_threaded_cgroup_above() {
    mkdir -p "$top/guest/$test/threaded"
    echo threaded >"$top/guest/$test/threaded/cgroup.type"
    bundle '.linux.resources.pids = {limit: 64} | .process.args = ["sh", "-c", "sleep 1000 & sleep 1000"]'
    place "/guest/$test/threaded/web"
    launch csrun "$test"
    holds cgroup.type threaded
    holds pids.max 64
    eventually has_two_threads || fail "$(cat "$cgroup/cgroup.threads")"
    equal "ps" "$(csrun ps --format json "$test" | jq length)" 2
    csrun exec "$test" true
    csrun delete -f "$test"
    gone "$cgroup"
    bundle '.linux.resources.memory = {limit: 67108864}'
    place "/guest/$test/threaded/web"
    refused "linux.resources.memory.limit" csrun run -b "$bundle" "$test"
    gone "$top/guest/$test/threaded/web"
    rmdir "$top/guest/$test/threaded"
}

has_two_threads() {
    [ "$(wc -l <"$cgroup/cgroup.threads")" = 2 ]
}

test_processes_above_with_a_limit() {
    mkdir -p "$top/guest/$test"
    sleep 1000 &
    echo $! >"$top/guest/$test/cgroup.procs"
    bundle '.linux.resources.memory = {limit: 67108864}'
    place "/guest/$test/web"
    refused "linux.resources.memory.limit" csrun run -b "$bundle" "$test"
    gone "$top/guest/$test/web"
    kill %1
    wait || true
    rmdir "$top/guest/$test"
}

test_occupied_cgroup() {
    mkdir -p "$top/guest/$test"
    sleep 1000 &
    echo $! >"$top/guest/$test/cgroup.procs"
    bundle .
    place "/guest/$test"
    refused "container's cgroup is not empty" csrun run -b "$bundle" "$test"
    kill -0 $! || fail "the process of others was killed"
    [ -d "$top/guest/$test" ] || fail "the cgroup of others is gone"
    kill %1
}

test_own_cgroup_namespace() {
    inside '.linux.namespaces = (.linux.namespaces + [{type: "cgroup"}] | unique_by(.type))' \
        'cat /proc/self/cgroup; cat /sys/fs/cgroup/cgroup.controllers; grep -c . /sys/fs/cgroup/cgroup.procs
        grep " /sys/fs/cgroup " /proc/mounts; mkdir /sys/fs/cgroup/x 2>&1'
    equal membership "$(head -1 <<<"$out")" "0::/"
    equal controllers "$(sed -n 2p <<<"$out")" "$(cat $top/cgroup.controllers)"
    has mount "$out" "cgroup2 ro,"
    has writing "$out" "Read-only file system"
}

test_shared_cgroup_namespace() {
    inside '.linux.namespaces -= [{type: "cgroup"}] | .linux.resources.pids = {limit: 33}' \
        'cat /proc/self/cgroup /sys/fs/cgroup/pids.max'
    equal seen "$(echo $out)" "0::/guest/$test 33"
}

test_writable_mount() {
    inside '.linux.namespaces = (.linux.namespaces + [{type: "cgroup"}] | unique_by(.type))
        | (.mounts[] | select(.type == "cgroup").options) -= ["ro"]' \
        'mkdir /sys/fs/cgroup/x && echo 0 >/sys/fs/cgroup/x/cgroup.procs; cat /proc/self/cgroup'
    equal seen "$(tail -1 <<<"$out")" "0::/x"
    gone "$top/guest/$test"
}

test_same_view_as_runc_and_crun() {
    local runtime ours
    inside '.linux.namespaces = (.linux.namespaces + [{type: "cgroup"}] | unique_by(.type))' \
        'cat /proc/self/cgroup; ls /sys/fs/cgroup; grep " /sys/fs/cgroup " /proc/mounts | while read -r source rest; do echo "$rest"; done'
    ours=$out
    for runtime in runc crun; do
        equal "$runtime" "$(timeout 60 $runtime run -b "$bundle" "$test-$runtime" 2>&1 </dev/null)" "$ours"
    done
}

test_programs_user_owns_the_delegated_cgroup() {
    inside '.linux.namespaces = (.linux.namespaces + [{type: "cgroup"}, {type: "user"}] | unique_by(.type))
        | (.mounts[] | select(.type == "cgroup").options) -= ["ro"]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings' \
        'cd /sys/fs/cgroup && mkdir x && echo 0 >x/cgroup.procs && echo +pids >cgroup.subtree_control && echo 9 >x/pids.max
        cat /proc/self/cgroup x/pids.max; stat -c %u . cgroup.procs pids.max; echo 99 >pids.max'
    has seen "$(echo $out)" "0::/x 9 0 0 65534"
    has limit "$out" "can't create pids.max: Permission denied"
    gone "$top/guest/$test"
}

# crun's annotation for a systemd that does not know v2. The hierarchy makes no hybrid of the host.
test_hierarchy_for_an_old_systemd() {
    mkdir "$work/v1"
    mount -t cgroup -o none,name=systemd cgroup "$work/v1"
    inside '.annotations = {"run.oci.systemd.force_cgroup_v1": "/sys/fs/cgroup"} | .linux.resources.pids = {limit: 33}' \
        'grep " /sys/fs/cgroup " /proc/mounts'
    umount "$work/v1"
    has mount "$out" "cgroup /sys/fs/cgroup cgroup ro,"
    has mount "$out" ",name=systemd"
    gone "$top/guest/$test"
}

test_relative_path_is_beside_the_caller() {
    bundle .
    place "$test"
    launch csrun "$test"
    equal place "$cgroup" "$top$(dirname "$(sed -n 's/^0:://p' /proc/self/cgroup)")/$test"
}
