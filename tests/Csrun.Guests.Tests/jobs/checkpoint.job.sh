# checkpoint and restore, by Debian's criu.

# A counter in a shell's memory, which it writes to /tmp, the host's $shared, and to standard output.
count='i=0; while [ ! -e /tmp/end ]; do i=$((i+1)); echo $i; echo $i >/tmp/new; mv /tmp/new /tmp/n; sleep 0.1; done; exit 7'

# A filter for programs of the host's.
host_programs='.mounts += [("", "/lib", "/lib64") |
    {destination: (. + if . == "" then "/usr" else "" end), type: "bind", source: "/usr\(.)", options: ["rbind"]}]'

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

# under_runc: launches the last bundle, which counts, as TEST. Its streams are pipes: criu does not save files of the
# outside unless told, which only csrun does.
under_runc() {
    echo "runc $test" >>"$work/containers"
    rm -f "$shared/n"
    (echo | runc run -d --pid-file "$work/pid" -b "$bundle" "$test" 2>&1 | cat >"$work/runc.out") &
    passes 5
    eventually test -s "$work/pid" # written last
}

# restored_under_runc ID: restores the last one saved.
restored_under_runc() {
    echo "runc $1" >>"$work/containers"
    (echo | runc restore -d --pid-file "$work/$1.pid" -b "$bundle" --image-path "$work/images" --work-path "$work/log" \
        "$1" 2>&1 | cat >"$work/runc.out") &
    passes $((last + 5))
    eventually test -s "$work/$1.pid"
    pid=$(cat "$work/$1.pid")
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
    csrun delete -f "$test-2"
    gone "$cgroup"
    # Each number once and in order: no step of the loop was lost or done again.
    equal counts "$(cat "$work/$test.out")" "$(seq "$(wc -l <"$work/$test.out")")"
}

test_leaves_it_running() {
    saved csrun . --leave-running
    passes $((last + 5))
    equal status "$(csrun state "$test" | jq -r .status)" running
    csrun delete -f "$test"
}

test_what_exec_started_is_told() {
    counting .
    launch csrun "$test"
    passes 5
    csrun exec -d --pid-file "$work/pid" "$test" sleep 1000 </dev/null >/dev/null 2>&1
    has warning "$(csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test" 2>&1)" \
        "such as those of exec, are not saved: $(cat "$work/pid")"
    last=$(cat "$shared/n")
    restored csrun "$test-2"
    passes $((last + 5))
    csrun ps "$test-2" >"$work/ps"
    equal "its processes" "$(grep -c "sleep 1000" "$work/ps" || true)" 0
}

# The same under runc, which says nothing.
test_what_exec_started_under_runc() {
    counting .
    under_runc
    runc exec -d --pid-file "$work/second" "$test" sleep 1000 </dev/null >/dev/null 2>&1
    equal "what it says" "$(runc checkpoint --image-path "$work/images" --work-path "$work/log" "$test" 2>&1)" ""
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

test_unconfined_on_purpose() {
    saved csrun '.process.apparmorProfile = "unconfined"'
    restored csrun "$test-2"
    passes $((last + 5))
}

test_runc_beside() {
    saved csrun . --leave-running
    csrun delete -f "$test"
    mv "$work/images" "$work/ours"
    counting .
    under_runc
    runc checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    for file in pstree.img inventory.img files.img mountpoints descriptors.json cgroup.img tmpfs-dev; do
        ls "$work/ours/$file"* >/dev/null
        ls "$work/images/$file"* >/dev/null
    done
    restored_under_runc "$test"
    refused "unknown command" crun checkpoint x
    # What csrun puts right after criu 3.17.
    equal "the root under runc" "$(awk '$2 == "/" { print substr($4, 1, 2) }' "/proc/$pid/mounts")" rw
    equal "the host's cgroup2 under runc" "$(grep -c "cgroup2 .*nsdelegate" /proc/mounts || true)" 0
    mount -o remount,nsdelegate,memory_recursiveprot /sys/fs/cgroup
}

test_own_network_namespace() {
    counting '.linux.namespaces = [.linux.namespaces[] | select(.type != "network")] + [{type: "network"}]
        | .process.capabilities[("effective", "permitted", "bounding")] += ["CAP_NET_ADMIN"]'
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

# counts_over_pipes FILTER: what it counts goes into one pipe before and another after, in the foreground, to its end.
counts_over_pipes() {
    counting .
    jq "$1" "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
    echo "csrun $test" >>"$work/containers"
    (csrun run -d -b "$bundle" "$test" </dev/null 2>&1 | cat >"$work/first") &
    passes 5
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    has descriptors "$(cat "$work/images/descriptors.json")" '"pipe:['
    last=$(cat "$shared/n")
    (passes $((last + 5)); touch "$shared/end") &
    local code=0
    csrun restore -b "$bundle" --image-path "$work/images" "$test" </dev/null 2>&1 | cat >"$work/second" || code=$?
    equal "exit status" "$code" 7
    equal counts "$(cat "$work/first" "$work/second")" "$(seq "$(cat "$work/first" "$work/second" | wc -l)")"
    refused "container does not exist" csrun state "$test"
}

test_pipes_and_exit_status() {
    counts_over_pipes .
}

# It has its standard output under another number, and files in all three places, as a shell has one at `echo >file`.
test_streams_in_other_places() {
    counts_over_pipes '.process.args[2] |= ("exec 5>&1 >/tmp/other 2>&1 </tmp/other; " + sub("echo [$]i;"; "echo $i >&5;"))'
}

# terminal SOCKET LINE: takes a container's terminal, types the line there, and prints what comes back; stays.
terminal() {
    python3 - "$@" <<'END' &
import array, os, socket, sys, time
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1] + ".new")
server.listen()
os.rename(sys.argv[1] + ".new", sys.argv[1])
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
    eventually test -S "$1"
}

# says FILE TEXT
says() {
    eventually grep -qs "$2" "$1" || fail "$1: $(cat "$1")"
}

test_terminal() {
    bundle '.process.terminal = true
        | .process.args = ["sh", "-c", "i=0; while read line; do i=$((i+1)); echo $line has $i; done"]'
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
    equal unit "$(systemctl show csrun-checkpoint.scope -p LoadState --value)" not-found
    restored csrun "$test-2"
    passes $((last + 5))
    holds memory.max 67108864
    equal scope "$(systemctl is-active csrun-checkpoint.scope)" active
    equal place "$cgroup" "$top/system.slice/csrun-checkpoint.scope"
}

test_user_namespace() {
    saved csrun '.linux.namespaces += [{type: "user"}]
        | .linux[("uidMappings", "gidMappings")] = [{containerID: 0, hostID: 0, size: 65536}]'
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
    bundle .
    launch csrun "$test"
    csrun kill "$test" KILL
    stops csrun state "$test"
    refused "Container cannot be checkpointed in stopped state" csrun checkpoint --image-path "$work/images" "$test"
    gone "$work/images"
    echo "csrun $test-2" >>"$work/containers"
    csrun create -b "$bundle" "$test-2" </dev/null >/dev/null 2>&1
    refused "Container cannot be checkpointed in created state" csrun checkpoint --image-path "$work/images" "$test-2"
    refused "container does not exist" csrun checkpoint --image-path "$work/images" nosuch
    refused "--page-server ADDRESS:PORT" csrun checkpoint --page-server localhost "$test-2"
    refused "--status-fd: use descriptor 9: bad file descriptor" csrun checkpoint --lazy-pages --status-fd 9 "$test-2"
    refused "--status-fd: descriptor 0 is not open for writing" csrun checkpoint --lazy-pages --status-fd 0 "$test-2"
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
    mkdir "$work/odd"
    mkfifo "$work/odd/descriptors.json"
    refused "no array of three names" timeout 20 csrun restore -b "$bundle" --image-path "$work/odd" "$test"
    rm "$work/odd/descriptors.json"
    printf '["\\ud800","a","b"]' >"$work/odd/descriptors.json"
    refused "no array of three names" csrun restore -b "$bundle" --image-path "$work/odd" "$test"
    refused "criu failed: type RESTORE" csrun restore -d -b "$bundle" --image-path "$work/empty" "$test"
    refused "log file: $work/empty/restore.log" csrun restore -d -b "$bundle" --image-path "$work/empty" "$test"
    refused "Error (criu/" csrun restore -d -b "$bundle" --image-path "$work/empty" "$test"
    equal "what is left" "$(csrun list -q)" ""
    gone "$top/guest/$test"
    launch csrun "$test"
    refused "already exists" csrun restore -b "$bundle" --image-path "$work/empty" "$test"
    refused "find criu: no such file or directory" env PATH=/none /usr/local/bin/csrun checkpoint "$test"
    passes 5
    rm "$work/odd/descriptors.json"
    mkfifo "$work/odd/descriptors.json"
    refused "--image-path: create descriptors.json" timeout 20 csrun checkpoint --image-path "$work/odd" "$test"
    ln -sf /etc/passwd "$work/odd/descriptors.json"
    refused "--image-path: create descriptors.json" timeout 20 csrun checkpoint --image-path "$work/odd" "$test"
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

# goes_on_paused: what was paused when it was saved runs when it is restored.
goes_on_paused() {
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

test_paused_container() {
    goes_on_paused
}

# A restore that waits for a hook is ended by delete, as a create is; nothing is left.
test_restore_that_hangs_is_deleted() {
    printf '#!/bin/sh\n[ ! -e %s/hang ] || { touch %s/hangs; exec sleep 100; }\n' "$work" "$work" >"$work/hook"
    chmod +x "$work/hook"
    saved csrun '.hooks = {createRuntime: [{path: "'"$work/hook"'"}]} | .linux.cgroupsPath = "/guest/hangs"'
    touch "$work/hang"
    csrun restore -d -b "$bundle" --image-path "$work/images" "$test" </dev/null >"$work/hung" 2>&1 &
    eventually test -e "$work/hangs"
    equal status "$(csrun state "$test" | jq -r .status)" creating
    timeout 20 csrun delete -f "$test"
    wait $! && fail "the restore ended well"
    refused "container does not exist" csrun state "$test"
    gone "$top/guest/hangs"
    rm "$work/hang"
    restored csrun "$test"
    passes $((last + 5))
}

# runs_sleep CGROUP: that is its first process.
runs_sleep() {
    grep -qsx sleep "/proc/$(head -n 1 "$1/cgroup.procs" 2>/dev/null)/comm"
}

# A csrun that is killed while criu works, here one that hangs, leaves what delete --force removes.
test_restore_that_is_killed_is_deleted() {
    saved csrun '.linux.cgroupsPath = "/guest/killed"'
    mkdir "$work/bin"
    printf '#!/bin/sh\nexec sleep 100\n' >"$work/bin/criu"
    chmod +x "$work/bin/criu"
    PATH=$work/bin:$PATH csrun restore -d -b "$bundle" --image-path "$work/images" "$test" </dev/null >"$work/killed" 2>&1 &
    eventually runs_sleep "$top/guest/killed"
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

# In the foreground csrun shows the container's terminal on its own, which script makes. (Who types must not be script's
# own child, as a process substitution is: script 2.38 then waits for that one without pause, and loses the output.)
test_terminal_in_the_foreground() {
    bundle '.process.terminal = true | .process.args = ["sh", "-c",
        "i=0; while read line; do i=$((i+1)); echo $line has $i; [ $line != end ] || exit 5; done"]'
    echo "csrun $test" >>"$work/containers"
    (echo one; sleep 100) | script -qec "csrun run -b $bundle $test" /dev/null >"$work/first" 2>&1 &
    says "$work/first" "one has 1"
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test"
    (sleep 5; echo two; sleep 1; echo end; sleep 100) |
        script -qc "csrun restore -b $bundle --image-path $work/images $test; echo ended: \$?" /dev/null \
            >"$work/second" 2>&1 &
    says "$work/second" "two has 2"
    says "$work/second" "ended: 5"
}

# A terminal of the outside as standard streams: it is not saved, and another one takes its place.
test_terminal_of_the_outside() {
    counting .
    echo "csrun $test" >>"$work/containers"
    sleep 100 | script -qec "csrun run -b $bundle $test" /dev/null >"$work/first" 2>&1 &
    passes 5
    csrun checkpoint --shell-job --image-path "$work/images" --work-path "$work/log" "$test"
    has descriptors "$(cat "$work/images/descriptors.json")" "tty["
    last=$(cat "$shared/n")
    sleep 100 |
        script -qec "timeout -s KILL 60 csrun restore --shell-job -b $bundle --image-path $work/images $test" \
            /dev/null >"$work/second" 2>&1 &
    passes $((last + 5))
    says "$work/second" "$((last + 3))"
}

# listens PORT: somebody waits for connections there.
listens() {
    eventually has_listener "$1" || fail "nobody listens at $1"
}

has_listener() {
    [ -n "$(ss -Hltn "sport = :$1")" ]
}

# The memory goes to criu's own page server, the rest of the images to --image-path.
test_page_server() {
    mkdir "$work/pages"
    criu page-server -D "$work/pages" --address 127.0.0.1 --port 27277 -o server.log &
    listens 27277
    saved csrun . --page-server 127.0.0.1:27277
    wait $!
    ls "$work/pages/pages-"*.img "$work/pages/pagemap-"*.img
    equal "pages here" "$(find "$work/images" -name 'pages-*')" ""
    mv "$work/pages/"*.img "$work/images/"
    restored csrun "$test-2"
    passes $((last + 5))
}

# offers RUNTIME PORT: a checkpoint of TEST, which is $dumping, comes to wait for who fetches the memory.
offers() {
    [ -e "$work/ready" ] || mkfifo "$work/ready"
    exec 7<>"$work/ready" 8>"$work/ready"
    "$1" checkpoint --lazy-pages --page-server "127.0.0.1:$2" --status-fd 8 \
        --image-path "$work/images" --work-path "$work/dump" "$test" >"$work/dumping" 2>&1 &
    dumping=$!
    read -r -t 60 -n 1 -d '' -u 7 || fail "no word: $(cat "$work/dumping")"
    exec 7>&- 8>&-
    last=$(cat "$shared/n")
}

# lazily RUNTIME PORT: the container TEST goes on as TEST-RUNTIME, which fetches its memory from it.
lazily() {
    local runtime=$1 port=$2 dumping fetching
    offers "$runtime" "$port"
    mkdir -p "$work/log"
    criu lazy-pages --page-server --address 127.0.0.1 --port "$port" -D "$work/images" -W "$work/log" -v4 -o lazy.log &
    fetching=$!
    eventually test -S "$work/log/lazy-pages.socket"
    restored "$runtime" "$test-$runtime" --lazy-pages
    passes $((last + 5))
    wait $fetching || fail "criu lazy-pages: $(tail -n 5 "$work/log/lazy.log")"
    wait $dumping || fail "checkpoint: $(cat "$work/dumping")"
}

test_lazy_migration() {
    counting .
    launch csrun "$test"
    passes 5
    lazily csrun 27278
    has "criu lazy-pages" "$(grep -a 'uffd:.*transferred' "$work/log/lazy.log")" pages
    refused "container does not exist" csrun state "$test"
    equal status "$(csrun state "$test-csrun" | jq -r .status)" running
}

test_runc_migrates_lazily_too() {
    counting .
    under_runc
    lazily runc 27281
    mount -o remount,nsdelegate,memory_recursiveprot /sys/fs/cgroup
}

# Nobody comes to fetch it: the checkpoint is ended by a signal, and the container goes on; or it is deleted.
test_lazy_migration_is_given_up() {
    local dumping
    counting .
    launch csrun "$test"
    passes 5
    offers csrun 27279
    kill -TERM $dumping
    wait $dumping && fail "the checkpoint ended well"
    has checkpoint "$(cat "$work/dumping")" "interrupted by signal 15"
    passes $((last + 5))
    equal status "$(csrun state "$test" | jq -r .status)" running
    offers csrun 27280
    timeout 20 csrun delete -f "$test"
    wait $dumping && fail "the checkpoint ended well"
    refused "container does not exist" csrun state "$test"
    gone "$cgroup"
}

# What it counts goes over one connection, which the host's side never sees closed.
test_connection() {
    counting '.linux.namespaces |= map(select(.type != "network"))'
    jq '.process.args = ["sh", "-c", "i=0; while true; do i=$((i+1)); echo $i; sleep 0.1; done | busybox nc 127.0.0.1 7777"]' \
        "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
    python3 - "$shared/n" "$work/lines" <<'END' &
import os, socket, sys
server = socket.create_server(("127.0.0.1", 7777))
lines = open(sys.argv[2], "w", 1)
peer, _ = server.accept()
server.close()
for line in peer.makefile():
    lines.write(line)
    with open(sys.argv[1] + "+", "w") as new:
        new.write(line)
    os.rename(sys.argv[1] + "+", sys.argv[1])
lines.write("closed\n")
END
    listens 7777
    launch csrun "$test"
    passes 5
    csrun checkpoint --tcp-established --image-path "$work/images" --work-path "$work/log" "$test" ||
        fail "$(grep -E 'Error|Warn' "$work/log/dump.log")"
    last=$(cat "$shared/n")
    restored csrun "$test-2" --tcp-established
    passes $((last + 5))
    csrun delete -f "$test-2"
    eventually grep -q closed "$work/lines"
    equal lines "$(cat "$work/lines")" "$(seq "$(($(wc -l <"$work/lines") - 1))"; echo closed)"
}

# A lock that it holds, by the host's flock.
test_file_lock() {
    counting "$host_programs"
    jq '.process.args = ["/usr/bin/flock", "/tmp/lock"] + .process.args' "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
    launch csrun "$test"
    passes 5
    flock -n "$shared/lock" true && fail "no lock before"
    refused "file-locks" csrun checkpoint --image-path "$work/images" "$test"
    csrun checkpoint --file-locks --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    flock -n "$shared/lock" true
    restored csrun "$test" --file-locks
    passes $((last + 5))
    flock -n "$shared/lock" true && fail "no lock after"
    csrun delete -f "$test"
}

# Who waits in a vfork stops when the child has executed something, and criu stops the child before: it gives up, here
# after 3 s instead of 10. The child waits for the fifo until then.
test_vfork_is_tried_again() {
    local dumping
    echo "timeout 3" >"$work/criu.conf"
    counting "$host_programs"' | .annotations["org.criu.config"] = "'"$work/criu.conf"'"'
    mkfifo "$shared/fifo"
    cat >"$shared/program.py" <<'END'
import os, time
i = 0
while True:
    i += 1
    with open("/tmp/new", "w") as new:
        print(i, file=new)
    os.rename("/tmp/new", "/tmp/n")
    if i == 5:
        wait = (os.POSIX_SPAWN_OPEN, 9, "/tmp/fifo", os.O_RDONLY, 0)
        os.posix_spawn("/usr/bin/true", ["true"], {}, file_actions=[wait])
    time.sleep(0.1)
END
    jq '.process.args = ["/usr/bin/python3", "/tmp/program.py"]' "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
    launch csrun "$test"
    passes 4
    csrun checkpoint --image-path "$work/images" --work-path "$work/log" "$test" >"$work/dumping" 2>&1 &
    dumping=$!
    says "$work/dumping" "it is asked once more"
    : >"$shared/fifo"
    wait $dumping || fail "$(cat "$work/dumping")"
    last=$(cat "$shared/n")
    restored csrun "$test-2"
    passes $((last + 5))
}

# silent PORT: a page server that says nothing: criu waits, until the server's end. It leaves a file when it was asked.
silent() {
    python3 - "$1" "$work/asked" <<'END' &
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
peer, _ = server.accept()
peer.recv(1)
open(sys.argv[2], "w").close()
time.sleep(100)
END
    listens "$1"
}

# has_ended NAME: there is no process of that name.
has_ended() {
    ! pgrep -x "$1"
}

# A csrun that is killed in the middle of a dump leaves a container that goes on: criu, which must not be killed while it
# has code of its own in there, gives up by itself.
test_killed_dump_lets_it_go_on() {
    local dumping server
    counting .
    launch csrun "$test"
    passes 5
    silent 27282
    server=$!
    csrun checkpoint --page-server 127.0.0.1:27282 --image-path "$work/images" --work-path "$work/log" "$test" \
        >"$work/dumping" 2>&1 &
    dumping=$!
    eventually test -e "$work/asked" || fail "$(tail -n 3 "$work/log/dump.log")"
    kill -KILL $dumping
    wait $dumping && fail "the checkpoint ended well"
    last=$(cat "$shared/n")
    kill $server
    passes $((last + 5))
    equal status "$(csrun state "$test" | jq -r .status)" running
    equal frozen "$(cat "$cgroup/cgroup.freeze")" 0
    eventually has_ended criu
    csrun delete -f "$test"
}
