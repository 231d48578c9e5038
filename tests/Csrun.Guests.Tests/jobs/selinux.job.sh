# process.selinuxLabel and linux.mountLabel where SELinux enforces the policy selinux.cil.
. ./checkpoint.job.sh

process=system_u:system_r:container_t:s0:c1,c2
files=system_u:object_r:container_file_t:s0:c1,c2
host=system_u:system_r:host_t:s0-s0:c0.c4
label=".process.selinuxLabel = \"$process\""
labelled="$label | .linux.mountLabel = \"$files\""

if [ ! -e /tmp/jobs/policy ]; then
    for runtime in csrun runc crun; do
        bundle "$label | .process.args = [\"echo\", \"it runs\"]"
        $runtime run -b "$bundle" early </dev/null >"/tmp/jobs/label-without-policy-$runtime" 2>&1 || true
        bundle ".linux.mountLabel = \"$files\" | .process.args = [\"echo\", \"it runs\"]"
        $runtime run -b "$bundle" early </dev/null >"/tmp/jobs/mounts-without-policy-$runtime" 2>&1 || true
    done
    secilc -o /tmp/jobs/policy -f /dev/null selinux.cil
    dd if=/tmp/jobs/policy of=/sys/fs/selinux/load bs=1M status=none
    chcon -hR system_u:object_r:container_file_t:s0 /srv/rootfs
fi

# The guest ends soon anyway.
clean() {
    :
}

# start FILTER: a container of csrun with that config, whose id is TEST.
start() {
    bundle "$1"
    launch csrun "$test"
}

# says TEXT FILTER: csrun refuses a container with that config in these words, and leaves nothing of it.
says() {
    bundle "$2"
    refused "$1" csrun run -b "$bundle" "$test"
    equal "what is left" "$(find $top /run/csrun -name "$test*")" ""
}

# SELinux is off until then. runc says so of a process's label, and has its mounts refused by the kernel.
test_before_a_policy_is_loaded() {
    grep . /tmp/jobs/*-without-policy-*
    has "process.selinuxLabel" "$(cat /tmp/jobs/label-without-policy-csrun)" "SELinux is not enabled on this host"
    has "process.selinuxLabel under runc" "$(cat /tmp/jobs/label-without-policy-runc)" "selinux is disabled"
    has "linux.mountLabel" "$(cat /tmp/jobs/mounts-without-policy-csrun)" "not applied"
    has "linux.mountLabel" "$(cat /tmp/jobs/mounts-without-policy-csrun)" "it runs"
    has "linux.mountLabel under runc" "$(cat /tmp/jobs/mounts-without-policy-runc)" "invalid argument"
    has "linux.mountLabel under crun" "$(cat /tmp/jobs/mounts-without-policy-crun)" "Invalid argument"
}

# label_of PROCESS
label_of() {
    tr -d '\0\n' <"/proc/$1/attr/current"
}

# own COMMAND...: the label that the command gives its process.
own() {
    "$@" cat /proc/self/attr/current </dev/null | tr -d '\0\n'
}

# of_files PATH...: the label and the name of each in the last container's root.
of_files() {
    (cd "/proc/$pid/root" && stat -c '%C %n' "$@")
}

# contexts: which mounts of the last container have a mount option with a label, and it; but for masked files of /proc,
# where crun takes the host's /dev/null.
contexts() {
    sed -nE 's/^([^ ]+ ){4}([^ ]+) .*[ ,]([a-z]*context="[^"]*").*/\2 \3/p' "/proc/$pid/mountinfo" |
        grep -vE '^/proc/(kcore|timer_list)' | sort
}

# like RUNTIME...: what `told` prints of a container of the last bundle is the same for csrun and for these.
like() {
    local runtime
    for runtime in csrun "$@"; do
        launch "$runtime" "$test-$runtime"
        told >"$work/told.$runtime"
        equal "$runtime against csrun" "$(cat "$work/told.$runtime")" "$(cat "$work/told.csrun")"
    done
}

test_label_of_the_process() {
    start "$labelled"
    equal outside "$(label_of "$pid")" "$process"
    equal "with no_new_privs" "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status")" 1
    equal caller "$(label_of self)" "$host"
    equal exec "$(own csrun exec "$test")" "$process"
    equal "exec --process-label" "$(own csrun exec --process-label "${process/c1,/}" "$test")" "${process/c1,/}"
    echo "{\"cwd\": \"/\", \"args\": [\"/bin/sleep\", \"100\"], \"selinuxLabel\": \"${process/,c2/}\"}" >"$work/process"
    csrun exec -d --pid-file "$work/pid" -p "$work/process" "$test" </dev/null >/dev/null 2>&1
    equal "exec -p" "$(label_of "$(cat "$work/pid")")" "${process/,c2/}"
    has "exec -t" "$(script -qec "csrun exec -t $test echo written" /dev/null </dev/null)" written
    refused "process.selinuxLabel: write to thread-self/attr/exec ${process/container/nosuch}: invalid argument" \
        csrun exec --process-label "${process/container/nosuch}" "$test" true
    csrun delete -f "$test"
}

test_without_no_new_privs() {
    start "$label | .process.noNewPrivileges = false"
    equal flag "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status")" 0
    equal label "$(label_of "$pid")" "$process"
}

# Mounts, the files in them, the keyring, the hook in the container. It reads the state: crun's container ends where the
# hook is gone before crun has written that.
test_same_labels_as_runc_and_crun() {
    mkdir "$work/dir"
    bundle "$labelled"' | .linux.maskedPaths -= ["/proc/keys"]
        | .hooks.startContainer = [{path: "/bin/sh",
            args: ["sh", "-c", "cat >/dev/null && cat /proc/self/attr/current >/dev/shm/hook"]}]
        | .mounts += [{destination: "/etc", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]},
            {destination: "/tmp", type: "tmpfs", source: "tmpfs"},
            {destination: "/mnt", type: "bind", source: "'"$work/dir"'", options: ["bind"]}]
        | .process.args = ["sh", "-c", "cat /proc/keys >/dev/shm/keys; touch /tmp/done; sleep 1000"]'
    told() {
        eventually test -e "/proc/$pid/root/tmp/done"
        label_of "$pid" | sed '$a\'
        contexts
        of_files proc sys sys/fs/cgroup dev dev/null dev/pts dev/mqueue dev/shm tmp tmp/done etc mnt
        tr -d '\0' <"/proc/$pid/root/dev/shm/hook" | sed '$a\'
        echo "it sees its keyring: $(grep -c "$test-$runtime:" "/proc/$pid/root/dev/shm/keys")"
    }
    like runc crun
    has csrun "$(cat "$work/told.csrun")" "it sees its keyring: 1"
}

# The file system of message queues must belong to the container's root, or it cannot be labelled.
test_user_namespace() {
    start "$labelled"' | .linux.namespaces += [{type: "user"}]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
    equal label "$(label_of "$pid")" "$process"
    equal mounts "$(contexts | grep -c "context=\"$files\"")" 5
    equal files "$(of_files dev dev/pts dev/mqueue dev/shm | grep -c "^$files ")" 4
    equal exec "$(own csrun exec "$test")" "$process"
}

test_other_option_for_the_label_of_mounts() {
    start "$labelled"' | .annotations["run.oci.mount_context_type"] = "rootcontext"'
    has mounts "$(contexts)" "/dev rootcontext=\"$files\""
    equal files "$(of_files dev dev/null)" "$files dev"$'\n'"${files%:*} dev/null"
}

# In quotes, since the label has commas; in two words, from who takes options apart at commas; by fsconfig(2), and by
# mount(2) for the option silent.
test_label_among_a_mounts_options() {
    bundle "$label | .mounts += [
        {destination: \"/tmp\", type: \"tmpfs\", source: \"tmpfs\", options: [\"size=1m\", \"context=\\\"$files\\\"\"]},
        {destination: \"/mnt\", type: \"tmpfs\", source: \"tmpfs\", options: [\"context=\\\"${files%,*}\", \"c2\\\"\"]},
        {destination: \"/etc\", type: \"tmpfs\", source: \"tmpfs\", options: [\"silent\", \"context=\\\"$files\\\"\"]}]"
    told() {
        contexts
        of_files tmp mnt etc
    }
    like runc
    equal mounts "$(contexts | wc -l)" 3
}

# c1,c2 against its own file, one of c1,c3, one of the host, and a mount that is not labelled.
test_what_the_policy_denies() {
    mkdir "$work/dir"
    echo text | tee "$work/dir/own" "$work/dir/others" >"$work/dir/hosts"
    chcon "$files" "$work/dir" "$work/dir/own"
    chcon "${files/c2/c3}" "$work/dir/others"
    bundle "$label | .mounts += [{destination: \"/mnt\", type: \"bind\", source: \"$work/dir\", options: [\"bind\"]}]"'
        | .process.args = ["sh", "-c", "cd /mnt; cat own && echo b >>own; cat others; echo b >>others; cat hosts; echo a >/dev/shm/a"]'
    csrun run -b "$bundle" "$test" </dev/null 2>&1 | cat >"$work/out" || true
    equal verdicts "$(sed 's/.* //' "$work/out" | tr '\n' ' ')" "text denied denied denied denied "
    equal written "$(cat "$work/dir/own")" "text"$'\n'"b"
}

test_labels_that_the_policy_does_not_know() {
    says "process.selinuxLabel: write to thread-self/attr/keycreate ${process/container/nosuch}: invalid argument" \
        ".process.selinuxLabel = \"${process/container/nosuch}\""
    says "linux.mountLabel: mount with option context ${files/container/nosuch}: invalid argument" \
        ".linux.mountLabel = \"${files/container/nosuch}\""
}

test_label_that_may_not_be_taken() {
    says "may not let csrun's processes become ${process/container/closed}" \
        ".process.selinuxLabel = \"${process/container/closed}\""
}

test_empty_labels_ask_for_nothing() {
    start '.process.selinuxLabel = "" | .linux.mountLabel = ""'
    equal label "$(label_of "$pid")" "$host"
    equal mounts "$(contexts)" ""
}

test_terminal() {
    bundle "$labelled | .process.terminal = true | .process.args = [\"sh\", \"-c\", \"echo written >/dev/console\"]"
    has run "$(script -qec "csrun run -b $bundle $test" /dev/null </dev/null)" written
}

# labelled_counting: a bundle that counts with a label. criu needs a network to try things with, and its code in the
# container writes to its logs: who calls prepares them, as podman does.
labelled_counting() {
    ip link set lo up
    counting "$labelled"
    mkdir "$work/log"
    touch "$work/$test.out" "$work/log/dump.log" "$work/log/restore.log"
    chcon "$files" "$shared" "$work/$test.out" "$work/log/"*
}

# Debian's criu was built without SELinux, and saves no labels: csrun lets the container go on.
test_checkpoint_that_would_lose_the_label() {
    labelled_counting
    launch csrun "$test"
    passes 5
    # Images of an earlier dump that had the label, as protobuf's field 15 (z): of the same process, and of another.
    mkdir "$work/images"
    printf "z\\x$(printf %x ${#process})%s" "$process" | tee "$work/images/core-1.img" >"$work/images/core-99.img"
    refused "process.selinuxLabel: criu does not save it" \
        csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    passes $((last + 5))
    equal label "$(label_of "$pid")" "$process"
}

# runc saves such a container, and its processes go on with runc's own label.
test_label_is_lost_under_runc() {
    labelled_counting
    under_runc
    equal label "$(label_of "$(cat "$work/pid")")" "$process"
    runc checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    restored_under_runc "$test"
    equal label "$(label_of "$pid")" "$host"
}

# restore_to_file [FLAG...]: restores the last one saved as TEST-2. Where that fails, shows why, and leaves the file with
# the output as long as it was, which criu looks at.
restore_to_file() {
    local size
    size=$(stat -c %s "$work/$test.out")
    csrun restore -d -b "$bundle" --image-path "$work/images" --work-path "$work/log" "$@" "$test-2" \
        </dev/null >>"$work/$test.out" 2>&1 || {
        tail -n 1 "$work/$test.out"
        truncate -s "$size" "$work/$test.out"
        return 1
    }
}

# Images without a label for a container that has one: its processes are ended before they go on.
test_restore_without_the_label() {
    ip link set lo up
    saved csrun .
    jq "$label" "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
    refused "process.selinuxLabel: criu restored the processes without it" restore_to_file
    refused "container does not exist" csrun state "$test-2"
    equal "what is left" "$(find $top /run/csrun -name "$test-2*")" ""
    equal "the counter" "$(cat "$shared/n")" "$last"
    equal "times they went on" "$(grep -c "Tasks resumed" "$work/log/restore.log" || true)" 0
    refused "process.selinuxLabel: criu restored the processes without it" restore_to_file --lsm-profile none:
    # Asked for one, criu says itself that it cannot.
    refused "selinux LSM specified but selinux not supported" csrun restore -d -b "$bundle" \
        --lsm-profile "selinux:$process" --image-path "$work/images" --work-path "$work/log" "$test-2"
}
