# Device rules, which are a program in the kernel on cgroup v2. The guest's root disk is block device 254:0.

disk='.process.capabilities.bounding += ["CAP_MKNOD"] | .process.capabilities.effective += ["CAP_MKNOD"]
    | .process.capabilities.permitted += ["CAP_MKNOD"] | .mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}]'
try_disk='mknod /tmp/disk b 254 0; mknod /tmp/full c 1 7 2>/dev/null && echo other mknod
    dd if=/tmp/disk of=/dev/null bs=512 count=1 2>/dev/null && echo read
    dd if=/dev/zero of=/tmp/disk bs=512 count=0 2>/dev/null && echo written
    dd if=/dev/zero of=/dev/null bs=512 count=1 2>/dev/null && echo usual'

programs() {
    bpftool cgroup show "$1" | grep -c cgroup_device || true
}

test_denied_unless_allowed() {
    inside "$disk | .linux.resources.devices = [{allow: false, access: \"rwm\"}]" "$try_disk"
    equal verdicts "$(echo $out)" "other mknod usual"
}

test_read_but_not_written() {
    inside "$disk | .linux.resources.devices = [{allow: false, access: \"rwm\"},
        {allow: true, type: \"b\", major: 254, access: \"rm\"}]" "$try_disk"
    equal verdicts "$(echo $out)" "other mknod read usual"
}

test_all_but_one() {
    inside "$disk | .linux.resources.devices = [{allow: true, access: \"rwm\"},
        {allow: false, type: \"b\", major: 254, minor: 0, access: \"w\"}]" "$try_disk"
    equal verdicts "$(echo $out)" "other mknod read usual"
}

test_hundred_rules() {
    inside "$disk | .linux.resources.devices = [{allow: false, access: \"rwm\"}]
        + [range(100) | {allow: true, type: \"c\", major: (. + 300), minor: ., access: \"rw\"}]
        + [{allow: true, type: \"b\", major: 254, minor: 0, access: \"rwm\"}]" "$try_disk"
    equal verdicts "$(echo $out)" "other mknod read written usual"
}

test_same_verdicts_as_runc_and_crun() {
    local runtime ours
    inside "$disk | .linux.resources.devices = [{allow: false, access: \"rwm\"},
        {allow: true, type: \"b\", major: 254, access: \"rm\"}]" "$try_disk"
    ours=$out
    for runtime in runc crun; do
        equal "$runtime" "$(timeout 60 $runtime run -b "$bundle" "$test-$runtime" 2>&1 </dev/null)" "$ours"
    done
}

test_one_program() {
    csrun_with .
    equal programs "$(programs "$cgroup")" 1
    csrun update --pids-limit 50 "$test"
    equal "programs after an update" "$(programs "$cgroup")" 1
}

test_exec_is_bound_too() {
    local out
    csrun_with "$disk"
    out=$(csrun exec "$test" sh -c "$try_disk" 2>&1)
    equal verdicts "$(echo $out)" "other mknod usual"
}
