# process.apparmorProfile. The guest has loaded csrun-guest, which denies /tmp/forbidden and nothing else.

confined='.process.apparmorProfile = "csrun-guest" | .mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}]'

test_label_inside_and_outside() {
    csrun_with "$confined"
    equal outside "$(cat "/proc/$pid/attr/current")" "csrun-guest (enforce)"
    equal inside "$(csrun exec "$test" cat /proc/1/attr/current)" "csrun-guest (enforce)"
}

test_exec_is_confined_too() {
    csrun_with "$confined"
    equal "as the container" "$(csrun exec "$test" cat /proc/self/attr/current)" "csrun-guest (enforce)"
    csrun_with_other_profile
    equal "by --apparmor" "$(csrun exec --apparmor csrun-guest "$test-2" cat /proc/self/attr/current)" "csrun-guest (enforce)"
}

csrun_with_other_profile() {
    bundle '.process.apparmorProfile = "unconfined"'
    place "/guest/$test-2"
    launch csrun "$test-2"
    equal unconfined "$(cat "/proc/$pid/attr/current")" unconfined
}

test_denied_path() {
    inside "$confined" 'echo a >/tmp/allowed && echo written; echo a >/tmp/forbidden'
    has verdicts "$out" written
    has verdicts "$out" "/tmp/forbidden: Permission denied"
}

test_same_label_as_runc_and_crun() {
    local runtime ours
    inside "$confined" 'cat /proc/self/attr/current'
    ours=$out
    for runtime in runc crun; do
        equal "$runtime" "$(timeout 60 $runtime run -b "$bundle" "$test-$runtime" 2>&1 </dev/null)" "$ours"
    done
}

test_profile_that_is_not_loaded() {
    bundle '.process.apparmorProfile = "nosuch"'
    place "/guest/$test"
    refused "process.apparmorProfile" csrun run -b "$bundle" "$test"
    gone "$top/guest/$test"
}
