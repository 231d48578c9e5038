# --systemd-cgroup with the system's systemd: the container as a transient unit.

flags=(--systemd-cgroup)
unit=web-$test.scope
limited='.linux.resources.memory = {limit: 67108864, reservation: 33554432, swap: 100663296}
    | .linux.resources.cpu = {shares: 2, quota: 50000, period: 200000, cpus: "1", mems: "0"}
    | .linux.resources.pids = {limit: 64}'
properties=MemoryMax,MemoryLow,MemorySwapMax,CPUWeight,CPUQuotaPerSecUSec,CPUQuotaPeriodUSec,AllowedCPUs
properties=$properties,AllowedMemoryNodes,TasksMax,Delegate,DevicePolicy,Slice,DefaultDependencies,MemoryAccounting
properties=$properties,CPUAccounting,IOAccounting,TasksAccounting

shown() { # UNIT: its properties that limits go into
    systemctl show "$1" -p "$properties" --no-pager
}

devices() { # UNIT: without tun, which runc leaves out where the guest has no such device
    systemctl show "$1" -p DeviceAllow --no-pager | grep -v 10:200 | sort
}

loaded() { # UNIT
    systemctl show "$1" -p LoadState --value
}

launch_unit() { # FILTER [RUNTIME]: the container $test, or $test-RUNTIME, in guest.slice
    bundle "$1"
    place "guest.slice:web:$test${2:+-$2}"
    launch "${2:-csrun}" "$test${2:+-$2}"
}

test_scope_with_all_limits() {
    launch_unit "$limited"
    equal place "$cgroup" "$top/guest.slice/$unit"
    holds memory.max 67108864
    holds memory.low 33554432
    holds memory.swap.max 33554432
    holds cpu.max "50000 200000"
    holds cpu.weight 1
    holds cpuset.cpus 1
    holds pids.max 64
    has unit "$(shown "$unit")" "MemoryMax=67108864"
    has unit "$(shown "$unit")" "TasksMax=64"
    has unit "$(shown "$unit")" "CPUQuotaPerSecUSec=250ms"
    has unit "$(shown "$unit")" "DevicePolicy=strict"
}

test_same_properties_as_runc() {
    local ours=$unit
    launch_unit "$limited"
    launch_unit "$limited" runc
    equal properties "$(shown "$ours")" "$(shown "web-$test-runc.scope")"
    equal devices "$(devices "$ours")" "$(devices "web-$test-runc.scope")"
}

test_same_files_as_runc_and_crun() {
    local ours file runtime
    launch_unit "$limited"
    ours=$cgroup
    for runtime in runc crun; do
        launch_unit "$limited" $runtime
        for file in memory.max memory.low memory.swap.max cpu.max cpu.weight cpuset.cpus cpuset.mems pids.max; do
            equal "$file, csrun against $runtime" "$(cat "$ours/$file")" "$(cat "$cgroup/$file")"
        done
    done
}

test_default_slice_and_name() {
    bundle .
    place ":web:$test"
    launch csrun "$test"
    equal place "$cgroup" "$top/system.slice/$unit"
    bundle 'del(.linux.cgroupsPath)'
    launch csrun "$test-2"
    equal place "$cgroup" "$top/system.slice/csrun-$test-2.scope"
}

test_nested_slice_without_prefix() {
    bundle .
    place "guest-inner-most.slice::$test"
    launch csrun "$test"
    equal place "$cgroup" "$top/guest.slice/guest-inner.slice/guest-inner-most.slice/$test.scope"
    csrun "${flags[@]}" delete -f "$test"
    gone "$cgroup"
}

test_other_form_of_path() {
    bundle .
    place "/guest/$test"
    refused "slice:prefix:name" csrun --systemd-cgroup run -b "$bundle" "$test"
}

test_properties_by_annotations() {
    launch_unit '.annotations = {"org.systemd.property.TimeoutStopUSec": "uint64 4000000",
        "org.systemd.property.CollectMode": "'"'inactive-or-failed'"'",
        "org.systemd.property.MemoryHigh": "uint64 50331648",
        "org.systemd.property.After": "['"'dbus.service'"']"}'
    equal timeout "$(systemctl show "$unit" -p TimeoutStopUSec --value)" 4s
    equal mode "$(systemctl show "$unit" -p CollectMode --value)" inactive-or-failed
    holds memory.high 50331648
    has order "$(systemctl show "$unit" -p After --value)" dbus.service
}

test_dangerous_annotation() {
    bundle '.annotations = {"org.systemd.property.ExecStart": "['"'/bin/sh'"']"}'
    place "guest.slice:web:$test"
    refused "org.systemd.property.ExecStart" csrun --systemd-cgroup run -b "$bundle" "$test"
    equal unit "$(loaded "$unit")" not-found
}

test_limits_survive_a_reload() {
    local file before after
    launch_unit "$limited"' | .linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 4194304}]
        | .linux.resources.unified = {"memory.high": "60000000"}'
    before=$(cd "$cgroup" && grep -H . memory.max memory.high cpu.max cpu.weight cpuset.cpus pids.max hugetlb.2MB.max)
    systemctl daemon-reload
    systemctl set-property --runtime "$unit" TasksMax=63
    eventually grep -qx 63 "$cgroup/pids.max" # systemd answers before it writes
    after=$(cd "$cgroup" && grep -H . memory.max memory.high cpu.max cpu.weight cpuset.cpus pids.max hugetlb.2MB.max)
    equal files "$after" "${before/pids.max:64/pids.max:63}"
}

test_devices_stay_closed_after_a_reload() {
    launch_unit '.process.capabilities.bounding += ["CAP_MKNOD"] | .process.capabilities.effective += ["CAP_MKNOD"]
        | .process.capabilities.permitted += ["CAP_MKNOD"] | .mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}]'
    systemctl daemon-reload
    systemctl set-property --runtime "$unit" TasksMax=63
    eventually grep -qx 63 "$cgroup/pids.max" # written after the devices
    csrun exec "$test" mknod /tmp/disk b 254 0
    refused "not permitted" csrun exec "$test" head -c 1 /tmp/disk
    csrun exec "$test" sh -c 'echo >/dev/null && head -c 1 /dev/zero >/dev/null'
}

test_update_changes_unit_and_files() {
    launch_unit "$limited"
    csrun update --memory 134217728 --memory-swap 134217728 --pids-limit 20 --cpu-quota 30000 --cpu-period 100000 \
        --cpuset-cpus 0 "$test"
    holds memory.max 134217728
    holds memory.swap.max 0
    holds pids.max 20
    holds cpu.max "30000 100000"
    holds cpuset.cpus 0
    has unit "$(shown "$unit")" "MemoryMax=134217728"
    has unit "$(shown "$unit")" "TasksMax=20"
    has unit "$(shown "$unit")" "CPUQuotaPerSecUSec=300ms"
    has unit "$(shown "$unit")" "AllowedCPUs=0"
}

test_update_is_all_or_nothing() {
    local before
    launch_unit "$limited"
    before=$(shown "$unit")
    refused "cpus" csrun update --memory 50331648 --cpuset-cpus 77 "$test"
    holds memory.max 67108864
    equal properties "$(shown "$unit")" "$before"
}

test_delete_ends_the_scope() {
    launch_unit .
    csrun delete -f "$test"
    gone "$cgroup"
    equal unit "$(loaded "$unit")" not-found
}

test_delete_of_one_that_ended() {
    launch_unit '.process.args = ["sleep", "1000"]'
    csrun kill "$test" KILL
    stops csrun state "$test"
    csrun delete "$test"
    gone "$top/guest.slice/$unit"
    equal unit "$(loaded "$unit")" not-found
}

test_foreground_run_leaves_nothing() {
    bundle '.process.args = ["sh", "-c", "exit 7"]'
    place "guest.slice:web:$test"
    code=0
    csrun --systemd-cgroup run -b "$bundle" "$test" </dev/null || code=$?
    equal code "$code" 7
    equal unit "$(loaded "$unit")" not-found
    gone "$top/guest.slice/$unit"
}

test_unit_in_use() {
    launch_unit .
    refused "UnitExists" csrun --systemd-cgroup run -b "$bundle" "$test-2"
    equal status "$(csrun state "$test" | jq -r .status)" running
    equal unit "$(systemctl is-active "$unit")" active
}

# is_inactive UNIT
is_inactive() {
    [ "$(systemctl is-active "$1")" != active ]
}

test_name_of_a_failed_unit() {
    launch_unit '.annotations = {"org.systemd.property.RuntimeMaxUSec": "uint64 1000000"}'
    eventually is_inactive "$unit"
    csrun delete -f "$test"
    launch_unit .
    equal unit "$(systemctl is-active "$unit")" active
}

test_pause_and_kill() {
    launch_unit '.process.args = ["sh", "-c", "sleep 1000 & sleep 1000"]'
    csrun pause "$test"
    holds cgroup.freeze 1
    equal status "$(csrun state "$test" | jq -r .status)" paused
    csrun kill "$test" KILL
    stops csrun state "$test"
    csrun delete "$test"
    equal unit "$(loaded "$unit")" not-found
}

test_exec_is_in_the_scope() {
    launch_unit .
    csrun exec -d --pid-file "$work/pid" "$test" sleep 100
    equal membership "$(cat "/proc/$(cat "$work/pid")/cgroup")" "0::/guest.slice/$unit"
}

test_many_at_once() {
    local i
    for i in 1 2 3 4 5 6; do
        bundle '.process.args = ["true"]'
        place "guest.slice:web:$test-$i"
        csrun --systemd-cgroup run -b "$bundle" "$test-$i" </dev/null >"$work/out$i" 2>&1 &
        pids[i]=$!
    done
    for i in 1 2 3 4 5 6; do
        wait "${pids[i]}" || fail "$(cat "$work/out$i")"
        equal unit "$(loaded "web-$test-$i.scope")" not-found
    done
}

test_subgroup() {
    launch_unit "$limited"' | .annotations = {"run.oci.systemd.subgroup": "inner"}'
    equal place "$cgroup" "$top/guest.slice/$unit/inner"
    holds memory.max 67108864
    holds pids.max 64
    has unit "$(shown "$unit")" "MemoryMax=67108864"
    csrun exec -d --pid-file "$work/pid" "$test" sleep 100
    equal "a further process" "$(cat "/proc/$(cat "$work/pid")/cgroup")" "0::/guest.slice/$unit/inner"
    csrun delete -f "$test"
    gone "$top/guest.slice/$unit"
}

test_subgroup_as_crun() {
    launch_unit '.annotations = {"run.oci.systemd.subgroup": "inner"}' crun
    equal place "$cgroup" "$top/guest.slice/web-$test-crun.scope/inner"
}

test_delegated_group() {
    launch_unit '.annotations = {"run.oci.systemd.subgroup": "inner", "run.oci.delegate-cgroup": "payload"}
        | .linux.namespaces = (.linux.namespaces + [{type: "cgroup"}] | unique_by(.type)) | .linux.resources.pids = {limit: 64}'
    equal place "$cgroup" "$top/guest.slice/$unit/inner/payload"
    equal "seen inside" "$(csrun exec "$test" cat /proc/1/cgroup)" "0::/payload"
    equal "limits above" "$(cat "$top/guest.slice/$unit/inner/pids.max")" 64
    equal pids "$(csrun ps --format json "$test" | jq -c .)" "[$pid]"
    csrun delete -f "$test"
    gone "$top/guest.slice/$unit"
}
