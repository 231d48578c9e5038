# Debian's containerd 1.6 with csrun's shim, and with its own shim over csrun, on cgroup v2 with systemd.
#
# Two daemons live as long as the guest. "own" finds csrun as the shim of io.containerd.csrun.v2 and of
# io.containerd.runc.v2, the name for which ctr sends runc's options; "reference" has Debian's containerd-shim-runc-v2,
# which is told that its runc is csrun.

# A counter in a shell's memory, which it writes to the host's $shared and to standard output. It ends with a word that it
# read when it began.
count='read word </mnt/word; i=0; while [ ! -e /mnt/end ]; do i=$((i+1)); echo $i; echo $i >/mnt/new; mv /mnt/new /mnt/n
    sleep 0.1; done; echo $word >/mnt/ended; exit 7'
runtime=() # how the daemon runs a container

# daemon own|reference: ctr speaks with it from now on.
daemon() {
    local own=/tmp/containerd-$1
    export CONTAINERD_ADDRESS=/run/containerd-$1/containerd.sock
    runtime=(--runtime io.containerd.runc.v2)
    [ "$1" = own ] || runtime+=(--runc-binary /usr/local/bin/csrun)
    [ ! -e "$own/ready" ] || return 0
    mkdir -p "$own/bin" "${CONTAINERD_ADDRESS%/*}"
    if [ "$1" = own ]; then
        ln -s /usr/local/bin/csrun "$own/bin/containerd-shim-csrun-v2"
        ln -s /usr/local/bin/csrun "$own/bin/containerd-shim-runc-v2"
    fi
    cat >"$own/config.toml" <<TOML
version = 2
root = "$own/root"
state = "${CONTAINERD_ADDRESS%/*}"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.aufs",
    "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "$CONTAINERD_ADDRESS"
TOML
    PATH=$own/bin:$PATH setsid containerd --config "$own/config.toml" >"/results/logs/containerd-$1" 2>&1 </dev/null &
    eventually test -S "$CONTAINERD_ADDRESS"
    ctr images import /jobs/bb.tar
    touch "$own/ready"
}

# task ID ARGUMENT...: a detached container of the image.
task() {
    local id=$1
    shift
    echo "$id" >>"$work/tasks"
    ctr run -d "${runtime[@]}" --cgroup "/guest/$id" "$@" >"$work/$id.out" 2>&1 || fail "ctr run: $(cat "$work/$id.out")"
}

# counts ID ARGUMENT...: one that counts, and has come to five.
counts() {
    local id=$1
    shift
    shared=$work/shared
    mkdir -p "$shared"
    echo first >"$shared/word"
    task "$id" --mount "type=bind,src=$shared,dst=/mnt,options=rbind:rw" "$@" localhost/bb:latest "$id" sh -c "$count"
    passes 5
}

# status ID
status() {
    ctr task ls | awk -v id="$1" '$1 == id { print $3 }'
}

# stopped ID: waits for it.
stopped() {
    eventually has_stopped "$1" || fail "$1 is $(status "$1")"
}

has_stopped() {
    [ "$(status "$1")" = STOPPED ]
}

# ended CODE COMMAND...: the command ends with that exit status.
ended() {
    local wanted=$1 code=0
    shift
    out=$("$@" 2>&1 </dev/null) || code=$?
    [ "$code" = "$wanted" ] || fail "$*: $code instead of $wanted: $out"
}

# listen: the events from now on go to $work/events.
listen() {
    ctr events >"$work/events" 2>&1 &
    echo $! >"$work/listener"
    eventually hears
}

# hears: something that happens now is among the events.
hears() {
    ctr namespaces label default "heard=$SECONDS"
    [ -s "$work/events" ]
}

# told TOPIC...: those of the container $test, in this order.
told() {
    eventually heard "$*" || fail "events: '$(topics)' instead of '$*': $(cat "$work/events")"
}

heard() {
    [ "$(topics)" = "$1" ]
}

topics() {
    grep "\"$test\"" "$work/events" | grep -o '/tasks/[a-z-]*' | cut -d/ -f3 | tr '\n' ' ' | sed 's/ $//'
}

clean() {
    [ ! -e "$work/listener" ] || kill "$(cat "$work/listener")"
    [ ! -e "$work/tasks" ] || while read -r id; do
        if [ -d "${CONTAINERD_ADDRESS%/*}/io.containerd.runtime.v2.task/default/$id" ]; then
            timeout 30 ctr task rm -f "$id" >/dev/null 2>&1
        fi
    done <"$work/tasks"
}

test_lives_under_csruns_shim() {
    daemon own
    runtime=(--runtime io.containerd.csrun.v2)
    ended 7 ctr run --rm "${runtime[@]}" localhost/bb:latest "$test-0" sh -c 'echo hello; exit 7'
    equal output "$out" hello
    listen
    task "$test" --memory-limit 67108864 localhost/bb:latest "$test" sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done'
    cgroup=$top/guest/$test
    holds memory.max 67108864
    has shims "$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ')" containerd-shim-csrun-v2
    ended 5 ctr task exec --exec-id e1 "$test" sh -c 'echo inside; exit 5'
    equal output "$out" inside
    ctr task pause "$test"
    equal status "$(status "$test")" PAUSED
    holds cgroup.freeze 1
    ctr task resume "$test"
    holds cgroup.freeze 0
    ctr task metrics "$test" >"$work/metrics"
    for name in pids.current cpu.usage_usec memory.usage_limit memory.swap_limit; do
        grep -q "$name" "$work/metrics" || fail "metrics: $(cat "$work/metrics")"
    done
    equal limit "$(awk '$1 == "memory.usage_limit" { print $2 }' "$work/metrics")" 67108864
    ctr task kill -s TERM "$test"
    stopped "$test"
    has delete "$(ctr task rm "$test" 2>&1)" "exit code 3"
    gone "$cgroup"
    told create start exec-added exec-started exit paused resumed exit delete
}

test_tells_of_memory() {
    daemon own
    listen
    task "$test" --memory-limit 16777216 localhost/bb:latest "$test" sh -c 'exec dd if=/dev/zero of=/dev/null bs=200M'
    told create start oom exit
    has delete "$(ctr task rm "$test" 2>&1)" "exit code 137"
}

# unit ARGUMENT...: a container as a unit of systemd, from its beginning to its end.
unit() {
    local unit=web-$test.scope
    task "$test" --cgroup "guest.slice:web:$test" --memory-limit 67108864 --cpus 0.25 "$@" \
        localhost/bb:latest "$test" sleep 1000
    cgroup=$top/guest.slice/$unit
    holds memory.max 67108864
    holds cpu.max "25000 100000"
    has unit "$(systemctl show "$unit" --no-pager -p ActiveState,MemoryMax,CPUQuotaPerSecUSec)" "MemoryMax=67108864"
    has unit "$(systemctl show "$unit" --no-pager -p CPUQuotaPerSecUSec)" "CPUQuotaPerSecUSec=250ms"
    has metrics "$(ctr task metrics "$test" | tr -s ' ')" "memory.usage_limit 67108864"
    ctr task rm -f "$test"
    gone "$cgroup"
    equal unit "$(systemctl show "$unit" -p LoadState --value)" not-found
}

test_unit_of_csruns_shim() {
    daemon own
    unit --runc-systemd-cgroup
}

# What the CRI plugin and ctr send for a name that containerd does not know.
test_unit_by_a_file_of_options() {
    daemon own
    runtime=(--runtime io.containerd.csrun.v2)
    echo 'SystemdCgroup = true' >"$work/options.toml"
    unit --runtime-config-path "$work/options.toml"
}

test_unit_of_the_reference_shim() {
    daemon reference
    unit --runc-systemd-cgroup
}

# checkpointed: with --exit the task has ended, its cgroup is gone, and the images are where they were to be.
checkpointed() {
    counts "$test"
    ctr task checkpoint --exit --image-path "$work/images" --work-path "$work/log" "$test"
    last=$(cat "$shared/n")
    stopped "$test"
    gone "$top/guest/$test"
    ls "$work/images/inventory.img" "$work/log/dump.log" >/dev/null
    has delete "$(ctr task rm "$test" 2>&1)" "exit code 137"
    equal "the counter of the saved" "$(cat "$shared/n")" "$last"
}

test_checkpoint_ends_it() {
    daemon own
    listen
    checkpointed
    told create start paused checkpointed exit delete
}

test_checkpoint_ends_it_under_the_reference_shim() {
    daemon reference
    checkpointed
}

# goes_on: ctr saves a container with its processes, which goes on; the saved one goes on as another container.
goes_on() {
    counts "$test"
    ctr container checkpoint --image --task "$test" "localhost/saved:$test"
    last=$(cat "$shared/n")
    passes $((last + 5))
    ctr task rm -f "$test"
    ctr container rm "$test"
    echo "$test-2" >>"$work/tasks"
    echo second >"$shared/word"
    ctr container restore --live "$test-2" "localhost/saved:$test" </dev/null
    equal "its cgroup's processes" "$(head -n 1 "$top/guest/$test/cgroup.procs")" \
        "$(ctr task ls | awk -v id="$test-2" '$1 == id && $3 == "RUNNING" { print $2 }')"
    ended 4 ctr task exec --exec-id e1 "$test-2" sh -c 'exit 4'
    ctr task attach "$test-2" >"$work/second" 2>&1 </dev/null &
    eventually test -s "$work/second"
    touch "$shared/end"
    local code=0
    wait $! || code=$?
    equal "exit status" "$code" 7
    equal "its memory" "$(cat "$shared/ended")" first
    equal counts "$(cat "$work/second")" "$(seq "$(head -n 1 "$work/second")" "$(cat "$shared/n")")"
}

test_restored_goes_on() {
    daemon own
    goes_on
}

test_restored_goes_on_under_the_reference_shim() {
    daemon reference
    goes_on
}

# A dump that fails: criu's words, its log in the bundle, and the container goes on.
test_failed_checkpoint_lets_it_go_on() {
    local bundle=/run/containerd-own/io.containerd.runtime.v2.task/default/$test
    daemon own
    counts "$test" --mount "type=ramfs,src=ramfs,dst=/home"
    ended 1 ctr task checkpoint --exit --image-path "$work/images" "$test"
    has error "$out" "criu failed: type "
    has error "$out" "Error (criu/"
    has error "$out" "path= $bundle/criu-dump.log"
    grep -q "Error (criu/" "$bundle/criu-dump.log"
    gone "$bundle/work/criu-work"
    last=$(cat "$shared/n")
    passes $((last + 5))
    equal status "$(status "$test")" RUNNING
}
