# The commands on running containers that rest on cgroup v2.

# A container of three processes that ignore SIGTERM.
launch_family() {
    bundle '.process.args = ["sh", "-c", "trap \"\" TERM; sleep 1000 & sleep 1000 & sleep 1000"]'
    place "/guest/$test"
    launch csrun "$test"
    eventually is_family || fail "$(cat "$cgroup/cgroup.procs")"
}

is_family() {
    [ "$(wc -l <"$cgroup/cgroup.procs")" = 3 ]
}

test_pause_and_resume() {
    launch_family
    csrun pause "$test"
    holds cgroup.freeze 1
    has events "$(cat "$cgroup/cgroup.events")" "frozen 1"
    equal state "$(csrun state "$test" | jq -r .status)" paused
    equal list "$(csrun list --format json | jq -r ".[] | select(.id == \"$test\").status")" paused
    refused "paused" csrun exec "$test" true
    csrun resume "$test"
    has events "$(cat "$cgroup/cgroup.events")" "frozen 0"
    equal state "$(csrun state "$test" | jq -r .status)" running
}

test_paused_by_csrun_is_paused_for_crun_and_runc_alike() {
    local runtime
    for runtime in runc crun; do
        bundle .
        place "/guest/$test-$runtime"
        launch $runtime "$test-$runtime"
        $runtime pause "$test-$runtime"
        holds cgroup.freeze 1
    done
    csrun_with .
    csrun pause "$test"
    holds cgroup.freeze 1
}

test_kill_of_a_paused_container() {
    launch_family
    csrun pause "$test"
    csrun kill "$test" KILL
    stops csrun state "$test"
    csrun delete "$test"
    gone "$cgroup"
}

# Without a pid namespace of its own the first process' end takes nobody along.
test_kill_by_cgroup() {
    bundle '.linux.namespaces -= [{type: "pid"}] | .process.args = ["sh", "-c", "sleep 1000 & sleep 1000 & sleep 1000"]'
    place "/guest/$test"
    launch csrun "$test"
    strace -o "$work/trace" -e trace=openat,openat2,write,pidfd_send_signal csrun kill --all "$test" KILL
    has trace "$(cat "$work/trace")" "cgroup.kill"
    eventually grep -q "populated 0" "$cgroup/cgroup.events"
    csrun delete "$test"
    gone "$cgroup"
}

test_delete_waits_by_notification() {
    launch_family
    strace -o "$work/trace" csrun delete -f "$test"
    gone "$cgroup"
    has trace "$(cat "$work/trace")" "cgroup.kill"
    ! grep -qE "nanosleep|sched_yield" "$work/trace" || fail "it polls: $(grep -E "nanosleep|sched_yield" "$work/trace")"
}

test_update() {
    csrun_with '.linux.resources.memory = {limit: 67108864} | .linux.resources.cpu = {quota: 50000, period: 100000}'
    csrun update --memory 134217728 --memory-swap 201326592 --cpu-quota 20000 --pids-limit 20 --cpuset-cpus 0 "$test"
    holds memory.max 134217728
    holds memory.swap.max 67108864
    holds cpu.max "20000 100000"
    holds pids.max 20
    holds cpuset.cpus 0
}

test_update_is_all_or_nothing() {
    csrun_with '.linux.resources.memory = {limit: 67108864} | .linux.resources.pids = {limit: 64}'
    refused "linux.resources.cpu.cpus" csrun update --memory 134217728 --pids-limit 20 --cpuset-cpus 77 "$test"
    holds memory.max 67108864
    holds pids.max 64
    holds cpuset.cpus ""
}

test_update_below_usage_with_check() {
    csrun_with '.linux.resources.memory = {limit: 67108864}'
    echo '{"memory": {"limit": 4096, "checkBeforeUpdate": true}}' >"$work/limits"
    refused "checkBeforeUpdate" csrun update -r "$work/limits" "$test"
    holds memory.max 67108864
}

test_statistics() {
    local ours theirs
    csrun_with '.linux.resources.memory = {limit: 67108864} | .linux.resources.pids = {limit: 64}'
    csrun events --stats "$test" >"$work/ours"
    place "/guest/$test-runc"
    launch runc "$test-runc"
    runc events --stats "$test-runc" >"$work/theirs"
    # Every value that runc tells is there, under the same name and of the same type.
    ours=$(jq -c '[paths(scalars) as $p | {p: $p, t: getpath($p) | type}]' "$work/ours")
    theirs=$(jq -c '[paths(scalars) as $p | {p: $p, t: getpath($p) | type}
        | select(.p | map(tostring) | join("/") | test("(^|/)id$|percpu|/raw/|intel") | not)]' "$work/theirs")
    equal missing "$(jq -cn --argjson ours "$ours" --argjson theirs "$theirs" '$theirs - $ours')" "[]"
    equal limit "$(jq .data.memory.usage.limit "$work/ours")" 67108864
    equal pids "$(jq -c .data.pids "$work/ours")" '{"current":1,"limit":64}'
    equal "raw values" "$(jq '.data.memory.raw.anon > 0' "$work/ours")" true
    equal peak "$(jq '.data.memory.usage.max > 0' "$work/ours")" true
}

test_pressure_statistics() {
    csrun_with .
    csrun events --stats "$test" >"$work/ours"
    equal psi "$(jq -c '[.data.cpu.psi, .data.memory.psi, .data.blkio.psi | .some.total | type]' "$work/ours")" \
        '["number","number","number"]'
}

# has_open PROCESS FILE
has_open() {
    [[ $(readlink "/proc/$1/fd/"*) == *"$2"* ]]
}

test_out_of_memory_is_told() {
    bundle '.linux.resources.memory = {limit: 16777216, swap: 16777216}
        | .mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}]
        | .process.args = ["sh", "-c", "dd if=/dev/zero of=/tmp/big bs=1M count=64"]'
    place "/guest/$test"
    echo "csrun $test" >>"$work/containers"
    csrun create -b "$bundle" "$test" </dev/null >/dev/null 2>&1
    csrun events --interval 1s "$test" >"$work/events" &
    eventually has_open $! memory.events
    csrun start "$test"
    wait
    has events "$(cat "$work/events")" '"type":"oom"'
}

test_ps() {
    launch_family
    equal pids "$(csrun ps --format json "$test" | jq -c sort)" "$(jq -cs sort "$cgroup/cgroup.procs")"
}

test_out_of_memory_says_so() {
    bundle '.linux.resources.memory = {limit: 4096, swap: 4096}'
    place "/guest/$test"
    refused "memory" csrun run -b "$bundle" "$test"
    gone "$top/guest/$test"
}

test_smallest_memory_limit() {
    local limit
    for limit in 128 192 256 384 512 768 1024 2048 4096; do
        bundle ".linux.resources.memory = {limit: $((limit * 1024)), swap: $((limit * 1024))} | .process.args = [\"true\"]"
        place "/guest/$test"
        if csrun run -b "$bundle" "$test" </dev/null >"$work/out" 2>&1; then
            break
        fi
    done
    echo "csrun starts busybox true in $limit KiB"
    [ "$limit" -le 1024 ] || fail "csrun starts busybox true only in $limit KiB: $(cat "$work/out")"
}
