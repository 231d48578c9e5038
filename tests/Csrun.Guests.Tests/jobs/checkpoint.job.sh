# checkpoint and restore, by Debian's criu.

# A counter in a shell's memory, which it writes to /tmp, the host's $shared, and to standard output.
count='i=0; while [ ! -e /tmp/end ]; do i=$((i+1)); echo $i; echo $i >/tmp/new; mv /tmp/new /tmp/n; sleep 0.1; done; exit 7'

# counting FILTER: a bundle whose program counts.
counting() {
    shared=$work/shared
    mkdir -p "$shared"
    bundle "$1"
    jq --arg script "$count" --arg shared "$shared" '.process.args = ["sh", "-c", $script]
        | .mounts += [{destination: "/tmp", type: "bind", source: $shared, options: ["rbind", "rw"]}]' \
        "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
}

# passes N: the counter comes to be more than that.
passes() {
    local try
    for try in $(seq 200); do
        [ "$(cat "$shared/n" 2>/dev/null || echo 0)" -le "$1" ] || return 0
        sleep 0.1
    done
    fail "the counter stays at $(cat "$shared/n")"
}

# saved RUNTIME FILTER [FLAG...]: launches a counting container of that config as TEST, saves it to $work/images, and
# leaves in $last how far it counted.
saved() {
    local runtime=$1
    counting "$2"
    shift 2
    launch "$runtime" "$test"
    passes 5
    "$runtime" "${flags[@]}" checkpoint --image-path "$work/images" --work-path "$work/log" "$@" "$test" || {
        grep Error "$work/log/dump.log"
        fail "$runtime checkpoint"
    }
    last=$(cat "$shared/n")
}

# restored RUNTIME ID [FLAG...]: restores the last one saved, detached; its output goes on in the same file.
restored() {
    local runtime=$1 id=$2
    shift 2
    echo "$runtime $id" >>"$work/containers"
    "$runtime" "${flags[@]}" restore -d --pid-file "$work/$id.pid" -b "$bundle" --image-path "$work/images" \
        --work-path "$work/log" "$@" "$id" </dev/null >>"$work/$test.out" 2>&1 || {
        grep Error "$work/log/restore.log"
        fail "$runtime restore: $(tail -n 5 "$work/$test.out")"
    }
    pid=$(cat "$work/$id.pid")
    cgroup=$top$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
}

# mounts: what a container has mounted, as its own /proc tells.
mounts() {
    sort "/proc/$pid/mounts" | sed 's/ cgroup2 .*/ cgroup2/'
}

test_goes_on_under_another_id() {
    local host was old
    host=$(grep cgroup2 /proc/mounts)
    has "the host's cgroup2" "$host" nsdelegate
    counting .
    launch csrun "$test"
    passes 5
    was=$(mounts)
    old=$cgroup
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    refused "container does not exist" csrun state "$test"
    gone "$old"
    equal descriptors "$(jq length "$work/images/descriptors.json")" 3
    [ -e "$work/log/dump.log" ]
    sleep 0.5
    equal "counter of the saved" "$(cat "$shared/n")" "$last"

    restored csrun "$test-2"
    passes $((last + 5))
    equal status "$(csrun state "$test-2" | jq -r .status)" running
    equal pid "$(csrun state "$test-2" | jq .pid)" "$pid"
    equal mounts "$(mounts)" "$was"
    equal "the root" "$(csrun exec "$test-2" touch /x 2>&1 || true)" "touch: /x: Read-only file system"
    equal "the host's cgroup2" "$(grep cgroup2 /proc/mounts)" "$host"
    equal "mounts of the host" "$(grep -c "$test" /proc/self/mountinfo || true)" 0
    csrun kill "$test-2" KILL
    # Each number once and in order: no step of the loop was lost or done again.
    equal counts "$(cat "$work/$test.out")" "$(seq "$(wc -l <"$work/$test.out")")"
    csrun delete -f "$test-2"
    gone "$cgroup"
}

test_leaves_it_running() {
    saved csrun . --leave-running
    passes $((last + 5))
    equal status "$(csrun state "$test" | jq -r .status)" running
    csrun delete -f "$test"
}

# confinement: what holds the container's first process.
confinement() {
    local kind
    grep -E '^(Cap|NoNewPrivs|Seccomp|Uid|Gid|Groups)' "/proc/$pid/status"
    cat "/proc/$pid/attr/current" "/proc/$pid/oom_score_adj" "/proc/$pid/limits"
    for kind in cgroup ipc mnt net pid user uts; do
        echo "$kind: $([ "/proc/$pid/ns/$kind" -ef "/proc/self/ns/$kind" ] && echo "the host's")"
    done
}

test_stays_confined() {
    counting '.process.apparmorProfile = "csrun-guest" | .process.noNewPrivileges = true | .process.oomScoreAdj = 77
        | .process.user = {uid: 0, gid: 0, additionalGids: [7, 8]}
        | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}]
        | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["ptrace"], action: "SCMP_ACT_ERRNO"}]}'
    launch csrun "$test"
    passes 5
    confinement >"$work/was"
    grep -q "^Seccomp:.2" "$work/was"
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    restored csrun "$test-2"
    passes $((last + 5))
    confinement | diff "$work/was" -
}

test_runc_beside() {
    saved csrun . --leave-running
    csrun delete -f "$test"
    mv "$work/images" "$work/ours"
    counting .
    echo "runc $test" >>"$work/containers"
    # Its streams are pipes: criu does not save files of the outside unless told, which only csrun does.
    (echo | runc run -d --pid-file "$work/pid" -b "$bundle" "$test" 2>&1 | cat >"$work/runc.out") &
    rm -f "$shared/n"
    passes 5
    runc checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    for file in pstree.img inventory.img files.img mountpoints descriptors.json cgroup.img tmpfs-dev; do
        ls "$work/ours/$file"* >/dev/null
        ls "$work/images/$file"* >/dev/null
    done
    (echo | runc restore -d --pid-file "$work/pid2" -b "$bundle" --image-path "$work/images" --work-path "$work/log" \
        "$test" 2>&1 | cat >"$work/runc.out") &
    passes $((last + 5))
    refused "unknown command" crun checkpoint x
    # What csrun puts right after criu 3.17.
    equal "the root under runc" "$(awk '$2 == "/" { print substr($4, 1, 2) }' "/proc/$(cat "$work/pid2")/mounts")" rw
    equal "the host's cgroup2 under runc" "$(grep -c "cgroup2 .*nsdelegate" /proc/mounts || true)" 0
    mount -o remount,nsdelegate,memory_recursiveprot /sys/fs/cgroup
}

test_own_network_namespace() {
    counting '.linux.namespaces = [.linux.namespaces[] | select(.type != "network")] + [{type: "network"}] | .process.capabilities.effective += ["CAP_NET_ADMIN"] | .process.capabilities.permitted += ["CAP_NET_ADMIN"] | .process.capabilities.bounding += ["CAP_NET_ADMIN"]'
    launch csrun "$test"
    nsenter -n -t "$pid" ip address add 10.9.8.7/32 dev lo
    passes 5
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    restored csrun "$test"
    passes $((last + 5))
    has lo "$(nsenter -n -t "$pid" ip address show lo)" "inet 10.9.8.7/32"
    has lo "$(nsenter -n -t "$pid" ip address show lo)" "LOOPBACK,UP"
    [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

test_joined_network_namespace() {
    ip netns add "$test"
    counting '.linux.namespaces |= map(if .type == "network" then .path = "/run/netns/'"$test"'" else . end)'
    launch csrun "$test"
    passes 5
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    restored csrun "$test-2"
    passes $((last + 5))
    equal namespace "$(stat -Lc %i "/proc/$pid/ns/net")" "$(stat -c %i "/run/netns/$test")"
}

test_hooks_make_the_network() {
    printf '#!/bin/sh\ncat >%s/state\nnsenter -n -t "$(jq .pid %s/state)" ip link add hook0 type dummy\n' \
        "$work" "$work" >"$work/hook"
    printf '#!/bin/sh\ntouch %s/stopped\n' "$work" >"$work/stop"
    chmod +x "$work/hook" "$work/stop"
    saved csrun '.hooks = {createRuntime: [{path: "'"$work/hook"'"}], poststop: [{path: "'"$work/stop"'"}]}'
    [ -e "$work/stopped" ] || fail "no poststop hook after checkpoint"
    rm "$work/state"
    restored csrun "$test-2"
    passes $((last + 5))
    equal "what the hook read" "$(jq -c '[.id, .status, .pid]' "$work/state")" "[\"$test-2\",\"creating\",$pid]"
    has links "$(nsenter -n -t "$pid" ip link)" hook0
    has links "$(nsenter -n -t "$pid" ip link show lo)" "LOOPBACK,UP"
}

test_pipes_and_exit_status() {
    counting .
    echo "csrun $test" >>"$work/containers"
    (csrun run -d -b "$bundle" "$test" </dev/null 2>&1 | cat >"$work/first") &
    passes 5
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    has descriptors "$(cat "$work/images/descriptors.json")" '"pipe:['
    (sleep 8; touch "$shared/end") &
    local code=0
    csrun restore -b "$bundle" --image-path "$work/images" "$test" </dev/null 2>&1 | cat >"$work/second" || code=$?
    equal "exit status" "$code" 7
    equal counts "$(cat "$work/first" "$work/second")" "$(seq "$(cat "$work/first" "$work/second" | wc -l)")"
    refused "container does not exist" csrun state "$test"
}

# terminal SOCKET LINE: takes a container's terminal, types the line there, and prints what comes back; stays.
terminal() {
    python3 - "$@" <<'END' &
import array, os, socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
peer, _ = server.accept()
_, control, _, _ = peer.recvmsg(100, socket.CMSG_SPACE(4))
master = array.array("i", control[0][2])[0]
os.write(master, sys.argv[2].encode() + b"\n")
with open(sys.argv[1] + ".out", "wb", 0) as out:
    while True:
        try:
            out.write(os.read(master, 1000))
        except OSError:
            time.sleep(1)
END
    for _ in $(seq 100); do
        [ ! -S "$1" ] || return 0
        sleep 0.1
    done
}

# says FILE TEXT
says() {
    for _ in $(seq 100); do
        ! grep -q "$2" "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    fail "$1: $(cat "$1")"
}

test_terminal() {
    bundle '.process.terminal = true | .process.args = ["sh", "-c", "i=0; while read line; do i=$((i+1)); echo $line has $i; done"]'
    echo "csrun $test" >>"$work/containers"
    terminal "$work/socket" one
    csrun run -d --console-socket "$work/socket" -b "$bundle" "$test"
    says "$work/socket.out" "one has 1"
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    terminal "$work/socket2" two
    csrun restore -d --console-socket "$work/socket2" -b "$bundle" --image-path "$work/images" --work-path "$work/log" "$test"
    says "$work/socket2.out" "two has 2"
}

test_pre_dump() {
    saved csrun . --pre-dump
    passes $((last + 5))
    mv "$work/images" "$work/before"
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" --parent-path ../before "$test"
    last=$(cat "$shared/n")
    restored csrun "$test-2"
    passes $((last + 5))
    refused "must be relative" csrun checkpoint --image-path "$work/images" --parent-path "$work/before" "$test-2"
    refused "parent-path: open" csrun checkpoint --image-path "$work/images" --parent-path ../none "$test-2"
}

test_systemd_makes_the_cgroup() {
    flags=(--systemd-cgroup)
    saved csrun '.linux.cgroupsPath = "system.slice:csrun:checkpoint" | .linux.resources.memory = {limit: 67108864}'
    refused "could not be found" systemctl status csrun-checkpoint.scope
    restored csrun "$test-2"
    passes $((last + 5))
    holds memory.max 67108864
    equal scope "$(systemctl is-active csrun-checkpoint.scope)" active
    equal place "$cgroup" "$top/system.slice/csrun-checkpoint.scope"
}

test_user_namespace() {
    saved csrun '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = [{containerID: 0, hostID: 0, size: 65536}]'
    restored csrun "$test-2"
    passes $((last + 5))
}

test_cgroups_of_the_host_shown() {
    saved csrun '.linux.namespaces |= map(select(.type != "cgroup"))'
    restored csrun "$test-2"
    passes $((last + 5))
    equal "what it sees" "$(csrun exec "$test-2" cat /sys/fs/cgroup/cgroup.procs | head -n 1)" 1
}

test_refuses() {
    bundle '.process.args = ["sleep", "1"]'
    launch csrun "$test"
    for _ in $(seq 50); do
        [ "$(csrun state "$test" | jq -r .status)" != stopped ] || break
        sleep 0.1
    done
    refused "Container cannot be checkpointed in stopped state" csrun checkpoint --image-path "$work/images" "$test"
    gone "$work/images"
    echo "csrun $test-2" >>"$work/containers"
    csrun create -b "$bundle" "$test-2" </dev/null >/dev/null 2>&1
    refused "Container cannot be checkpointed in created state" csrun checkpoint --image-path "$work/images" "$test-2"
    refused "container does not exist" csrun checkpoint --image-path "$work/images" nosuch
    refused "--lazy-pages: not supported" csrun checkpoint --lazy-pages "$test-2"
    refused "--page-server: not supported" csrun checkpoint --page-server localhost:1 "$test-2"
}

test_refuses_wrong_images() {
    counting .
    refused "--image-path: open $work/none: no such file or directory" \
        csrun restore -b "$bundle" --image-path "$work/none" "$test"
    mkdir "$work/empty"
    refused "--image-path: open descriptors.json: no such file or directory" \
        csrun restore -b "$bundle" --image-path "$work/empty" "$test"
    echo '["/dev/null","/dev/null","/dev/null"]' >"$work/empty/descriptors.json"
    place "/guest/$test"
    refused "criu failed: type RESTORE" csrun restore -d -b "$bundle" --image-path "$work/empty" "$test"
    refused "log file: $work/empty/restore.log" csrun restore -d -b "$bundle" --image-path "$work/empty" "$test"
    refused "Error (criu/" csrun restore -d -b "$bundle" --image-path "$work/empty" "$test"
    equal "what is left" "$(csrun list -q)" ""
    gone "$top/guest/$test"
    launch csrun "$test"
    refused "already exists" csrun restore -b "$bundle" --image-path "$work/empty" "$test"
    refused "find criu: no such file or directory" env PATH=/none /usr/local/bin/csrun checkpoint "$test"
    passes 5
    equal status "$(csrun state "$test" | jq -r .status)" running
}

# A dump that fails leaves the container as it was: a file system that criu does not know.
test_failed_dump_lets_it_go_on() {
    counting '.mounts += [{destination: "/etc", type: "ramfs", source: "ramfs"}]'
    launch csrun "$test"
    passes 5
    refused "criu failed: type " csrun checkpoint --image-path "$work/images" "$test"
    last=$(cat "$shared/n")
    passes $((last + 5))
    equal status "$(csrun state "$test" | jq -r .status)" running
}

test_paused_container() {
    counting .
    launch csrun "$test"
    passes 5
    csrun pause "$test"
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    restored csrun "$test"
    passes $((last + 5))
    equal status "$(csrun state "$test" | jq -r .status)" running
}

# A restore that waits for a hook is ended by delete, as a create is; nothing is left.
test_restore_that_hangs_is_deleted() {
    printf '#!/bin/sh\n[ ! -e %s/hang ] || { touch %s/hangs; exec sleep 100; }\n' "$work" "$work" >"$work/hook"
    chmod +x "$work/hook"
    saved csrun '.hooks = {createRuntime: [{path: "'"$work/hook"'"}]} | .linux.cgroupsPath = "/guest/hangs"'
    touch "$work/hang"
    csrun restore -d -b "$bundle" --image-path "$work/images" "$test" </dev/null >"$work/hung" 2>&1 &
    for _ in $(seq 100); do
        [ ! -e "$work/hangs" ] || break
        sleep 0.1
    done
    equal status "$(csrun state "$test" | jq -r .status)" creating
    timeout 20 csrun delete -f "$test"
    wait $! && fail "the restore ended well"
    refused "container does not exist" csrun state "$test"
    gone "$top/guest/hangs"
    rm "$work/hang"
    restored csrun "$test"
    passes $((last + 5))
}

# A csrun that is killed while criu works, here one that hangs, leaves what delete --force removes.
test_restore_that_is_killed_is_deleted() {
    saved csrun '.linux.cgroupsPath = "/guest/killed"'
    mkdir "$work/bin"
    printf '#!/bin/sh\nexec sleep 100\n' >"$work/bin/criu"
    chmod +x "$work/bin/criu"
    PATH=$work/bin:$PATH csrun restore -d -b "$bundle" --image-path "$work/images" "$test" </dev/null >"$work/killed" 2>&1 &
    until grep -qx sleep "/proc/$(head -n 1 "$top/guest/killed/cgroup.procs" 2>/dev/null)/comm" 2>/dev/null; do sleep 0.1; done
    kill -KILL $!
    wait $! || true
    timeout 20 csrun delete -f "$test"
    refused "container does not exist" csrun state "$test"
    gone "$top/guest/killed"
    restored csrun "$test"
    passes $((last + 5))
}

test_podman() {
    local podman=(timeout 60 podman --runtime /usr/local/bin/csrun --cgroup-manager cgroupfs)
    shared=$work/shared
    mkdir "$shared"
    cp -a /srv/rootfs "$work/rootfs"
    "${podman[@]}" run -d --name "$test" --network none -v "$shared:/tmp" --rootfs "$work/rootfs" sh -c "$count"
    passes 5
    "${podman[@]}" container checkpoint "$test"
    last=$(cat "$shared/n")
    sleep 0.5
    equal "counter of the saved" "$(cat "$shared/n")" "$last"
    "${podman[@]}" container restore "$test"
    passes $((last + 5))
    equal counts "$("${podman[@]}" logs "$test" | head -n $((last + 5)))" "$(seq $((last + 5)))"
    "${podman[@]}" rm -f -t 0 "$test"
}

# In the foreground csrun shows the container's terminal on its own, which script makes.
test_terminal_in_the_foreground() {
    bundle '.process.terminal = true | .process.args = ["sh", "-c", "i=0; while read line; do i=$((i+1)); echo $line has $i; [ $line != end ] || exit 5; done"]'
    echo "csrun $test" >>"$work/containers"
    script -qec "csrun run -b $bundle $test" /dev/null >"$work/first" 2>&1 < <(echo one; sleep 100) &
    says "$work/first" "one has 1"
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    script -qc "csrun restore -b $bundle --image-path $work/images $test; echo ended: \$?" /dev/null >"$work/second" \
        2>&1 < <(sleep 5; echo two; sleep 1; echo end; sleep 100) &
    says "$work/second" "two has 2"
    says "$work/second" "ended: 5"
}

# A terminal of the outside as standard streams: it is not saved, and another one takes its place.
test_terminal_of_the_outside() {
    counting .
    echo "csrun $test" >>"$work/containers"
    script -qec "csrun run -b $bundle $test" /dev/null >"$work/first" 2>&1 < <(sleep 100) &
    passes 5
    csrun checkpoint --shell-job --image-path "$work/images" --work-path "$work/log" "$test"
    has descriptors "$(cat "$work/images/descriptors.json")" "tty["
    last=$(cat "$shared/n")
    script -qec "timeout -s KILL 60 csrun restore --shell-job -b $bundle --image-path $work/images $test" /dev/null >"$work/second" \
        2>&1 < <(sleep 100) &
    passes $((last + 5))
    says "$work/second" "$((last + 3))"
}
