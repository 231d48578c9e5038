# A user without privileges, to whom systemd (user@.service, Delegate=) or root (chown) delegated a cgroup.

runtime_directory=/run/user/1000
rootless='.linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1}]
    | .linux.gidMappings = .linux.uidMappings | .linux.namespaces += [{type: "user"}]
    | (.mounts[] | select(.type == "devpts").options) -= ["gid=5"]
    | .linux.resources = {memory: {limit: 67108864}, pids: {limit: 50}, cpu: {quota: 50000, period: 100000}}'
flags=(--root "$runtime_directory/csrun")

as_user() {
    setpriv --reuid 1000 --regid 1000 --init-groups env HOME=/home/user XDG_RUNTIME_DIR=$runtime_directory \
        DBUS_SESSION_BUS_ADDRESS=unix:path=$runtime_directory/bus "$@"
}

begin() {
    systemctl start user@1000.service
    chown -R 1000:1000 "$work"
    [ -d $runtime_directory ] || fail "no $runtime_directory"
    bundle "$1"
    chown -R 1000:1000 "$bundle"
    chmod 0755 "$bundle"
    echo "csrun $test" >>"$work/containers"
}

start_as_user() { # FLAGS: creates and starts it
    as_user csrun "$@" create --pid-file "$work/pid" -b "$bundle" "$test" </dev/null >"$work/out" 2>&1 || fail "$(cat "$work/out")"
    as_user csrun start "$test"
    pid=$(cat "$work/pid")
    cgroup=$top$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
}

limits_are_applied() {
    holds memory.max 67108864
    holds pids.max 50
    holds cpu.max "50000 100000"
}

test_user_manager_makes_a_scope() {
    begin "$rootless"
    place "user.slice:web:$test"
    start_as_user --systemd-cgroup
    equal place "$cgroup" "$top/user.slice/user-1000.slice/user@1000.service/user.slice/web-$test.scope"
    limits_are_applied
    equal unit "$(as_user systemctl --user show "web-$test.scope" -p MemoryMax --value)" 67108864
    equal owner "$(stat -c %u "$cgroup")" 1000
    equal "exec" "$(as_user csrun exec "$test" id -u)" 0
    as_user csrun exec -d --pid-file "$work/second" "$test" sleep 100
    equal "a further process" "$(cat "/proc/$(cat "$work/second")/cgroup")" "$(cat "/proc/$pid/cgroup")"
    as_user csrun update --pids-limit 40 "$test"
    holds pids.max 40
    as_user csrun pause "$test"
    holds cgroup.freeze 1
    as_user csrun resume "$test"
    as_user csrun kill "$test" KILL
    stops as_user csrun state "$test"
    as_user csrun delete "$test"
    gone "$cgroup"
    equal "unit" "$(as_user systemctl --user show "web-$test.scope" -p LoadState --value)" not-found
}

test_user_manager_without_a_path() {
    begin "$rootless"' | del(.linux.cgroupsPath)'
    start_as_user --systemd-cgroup
    equal place "$cgroup" "$top/user.slice/user-1000.slice/user@1000.service/user.slice/csrun-$test.scope"
    limits_are_applied
    as_user csrun delete -f "$test"
    gone "$cgroup"
}

test_same_limits_as_crun() {
    begin "$rootless"' | .process.args = ["cat", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/cpu.max"]
        | .linux.namespaces = (.linux.namespaces + [{type: "cgroup"}] | unique_by(.type))'
    place "user.slice:web:$test"
    equal csrun "$(echo $(as_user csrun --systemd-cgroup run -b "$bundle" "$test" 2>&1 </dev/null))" \
        "67108864 50 50000 100000"
    equal crun "$(echo $(as_user crun --systemd-cgroup run -b "$bundle" "$test" 2>&1 </dev/null))" "67108864 50 50000 100000"
}

# What a login shell of a delegated session can do: its own cgroup is below one that belongs to the user.
test_delegated_tree_without_systemd() {
    local tree=$top/delegated
    mkdir -p "$tree/caller"
    echo "+cpu +memory +pids" >$top/cgroup.subtree_control
    echo "+cpu +memory +pids" >"$tree/cgroup.subtree_control"
    chown -R 1000:1000 "$tree"
    begin "$rootless"' | del(.linux.cgroupsPath)'
    echo $BASHPID >"$tree/caller/cgroup.procs"
    start_as_user
    equal place "$cgroup" "$tree/$test"
    limits_are_applied
    as_user csrun delete -f "$test"
    gone "$cgroup"
}

test_ranges_of_ids() {
    begin "$rootless"' | .linux.uidMappings += [{containerID: 1, hostID: 100000, size: 65536}]
        | .linux.gidMappings = .linux.uidMappings | .process.user = {uid: 7, gid: 9, additionalGids: [11]}'
    place "user.slice:web:$test"
    start_as_user --systemd-cgroup
    equal ids "$(sed -n "s/^Uid:\t\([0-9]*\).*/\1/p; s/^Gid:\t\([0-9]*\).*/\1/p; s/^Groups:\t\([0-9]*\).*/\1/p" \
        "/proc/$pid/status" | tr '\n' ' ')" "100006 100008 100010 "
    as_user csrun delete -f "$test"
    gone "$cgroup"
}

test_ids_of_others() {
    begin "$rootless"' | .linux.uidMappings += [{containerID: 1, hostID: 500000, size: 10}]'
    refused "linux.uidMappings" as_user csrun --systemd-cgroup create -b "$bundle" "$test"
}

test_nothing_delegated() {
    begin "$rootless"' | del(.linux.cgroupsPath)'
    refused "a delegated cgroup is needed" as_user csrun create -b "$bundle" "$test"
    bundle "$rootless"' | del(.linux.resources) | del(.linux.cgroupsPath)'
    chown -R 1000:1000 "$bundle"
    chmod 0755 "$bundle"
    start_as_user
    equal membership "$(cat "/proc/$pid/cgroup")" "$(cat /proc/self/cgroup)"
    as_user csrun delete -f "$test"
}
