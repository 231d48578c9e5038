# What the jobs share. Tests run under `set -e`: a command that fails ends the test.

top=/sys/fs/cgroup
flags=()  # global flags of every runtime, such as --systemd-cgroup
bundle=   # the last one made
pid=      # of the container launched last
cgroup=   # its directory in the cgroup tree
out=      # what the last `inside` printed
shared=   # the host's side of the directory in which a container counts in the file n

# fail WHY
fail() {
    echo "$*"
    exit 1
}

# equal WHAT GOT WANTED
equal() {
    [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"
}

# has WHAT TEXT PART: the part is in the text.
has() {
    [[ $2 == *"$3"* ]] || fail "$1: '$3' is not in '$2'"
}

# bundle FILTER: a new bundle; the jq filter changes the config.json of `csrun spec`.
bundle() {
    bundle=$(mktemp -d "$work/bundle.XXXXXX")
    jq "$1" /tmp/jobs/base.json >"$bundle/config.json"
}

# place PATH: the cgroupsPath of the last bundle.
place() {
    jq --arg path "$1" '.linux.cgroupsPath = $path' "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
}

# launch RUNTIME ID: a detached container of the last bundle.
launch() {
    local out=$work/$2.out
    echo "$1 $2" >>"$work/containers"
    "$1" "${flags[@]}" run -d --pid-file "$work/$2.pid" -b "$bundle" "$2" </dev/null >"$out" 2>&1 ||
        fail "$1 run: $(cat "$out")"
    pid=$(cat "$work/$2.pid")
    cgroup=$top$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
}

# refused TEXT COMMAND...: it fails, and says so in these words.
refused() {
    local text=$1 out
    shift
    if out=$("$@" 2>&1 </dev/null); then
        fail "$* was not refused: $out"
    fi
    has "$*" "$out" "$text"
}

# holds FILE VALUE: what a control file of the last container holds.
holds() {
    equal "$1" "$(cat "$cgroup/$1")" "$2"
}

# beside "RUNTIME..." FILE...: those runtimes, with the last bundle, leave the same in the files as csrun did last.
beside() {
    local runtimes=$1 ours=$cgroup runtime file
    shift
    for runtime in $runtimes; do
        place "/guest/$test-$runtime"
        launch "$runtime" "$test-$runtime"
        for file; do
            equal "$file, csrun against $runtime" "$(cat "$ours/$file")" "$(cat "$cgroup/$file")"
        done
    done
    cgroup=$ours
}

# csrun_with FILTER: a container of csrun with that config, in /guest/TEST, whose id is TEST.
csrun_with() {
    bundle "$1"
    place "/guest/$test"
    launch csrun "$test"
}

# inside FILTER SCRIPT: puts into $out what the script prints in a container of csrun, and csrun too.
inside() {
    bundle "$1"
    place "/guest/$test"
    jq --arg script "$2" '.process.args = ["sh", "-c", $script]' "$bundle/config.json" >"$bundle/new"
    mv "$bundle/new" "$bundle/config.json"
    out=$(timeout 60 csrun "${flags[@]}" run -b "$bundle" "$test" </dev/null 2>&1) || true
}

# eventually COMMAND...: it comes to succeed. An emulated machine may take long for it.
eventually() {
    local end=$((SECONDS + 60))
    until "$@"; do
        [ $SECONDS -lt $end ] || { echo "not within a minute: $*"; return 1; }
        sleep 0.1
    done
}

# passes N: the counter comes to be more than that.
passes() {
    eventually counts_above "$1" || fail "the counter stays at $(cat "$shared/n")"
}

counts_above() {
    [ "$(cat "$shared/n" 2>/dev/null || echo 0)" -gt "$1" ]
}

# stops COMMAND...: what prints the state of a container comes to say that it has stopped.
stops() {
    eventually says_stopped "$@" || fail "$* does not come to say stopped"
}

says_stopped() {
    [ "$("$@" | jq -r .status)" = stopped ]
}

# gone DIRECTORY
gone() {
    [ ! -e "$1" ] || fail "$1 is still there"
}

clean() {
    local runtime id
    [ ! -e "$work/containers" ] || while read -r runtime id; do
        timeout 30 "$runtime" "${flags[@]}" delete -f "$id" >/dev/null 2>&1
    done <"$work/containers"
}
