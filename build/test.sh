#!/bin/bash
# test.sh all|unit|SUITE: builds, runs test projects and sums them up. The last line is "N passed, N failed, N skipped".
# A project that ran no test, and a test host that died, count as a failure each. What failed is told again before it.
set -u
cd "$(dirname "$0")/.." || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
what=${1:?all, unit or the name of a suite}
results=out/tests
rm -rf "$results" && mkdir -p "$results"
passed=0 failed=0 skipped=0

# By night: 100,000 clones, and what runs containers once more on the runtime as it ships.
limit=3600 again=()
if [ "${CSRUN_NIGHTLY:-}" = 1 ]; then
    limit=21600
    again=(tests/Csrun.Lifecycle.Tests tests/Csrun.ForkZone.Tests)
fi

# Suites that run the binary look at the whole machine: they run alone. The others run two at a time.
unit=() alone=()
for project in tests/*.Tests; do
    if grep -q Csrun.Testing.csproj "$project"/*.csproj; then alone+=("$project"); else unit+=("$project"); fi
done

case $what in
    all) ;;
    unit) alone=() ;;
    *)
        chosen=$(ls -d tests/*.Tests | grep -ix "tests/csrun\.$what\(\.tests\)\?") || { echo "test.sh: no suite $what" >&2; exit 2; }
        if [[ " ${alone[*]} " == *" $chosen "* ]]; then alone=("$chosen") unit=(); else unit=("$chosen") alone=(); fi
        ;;
esac

close() {
    echo
    [ ! -s "$results/complaints" ] || { cat "$results/complaints"; echo; }
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
    exit
}

# step NAME COMMAND...: something that must work before tests can run.
step() {
    local name=$1
    shift
    if ! "$@" >"$results/$name.log" 2>&1; then
        cat "$results/$name.log"
        echo "test.sh: $name failed"
        failed=$((failed + 1))
        close
    fi
}

# name PROJECT [BINARY]: what its files and its line are called.
name() {
    echo "$(basename "$1")${2:+-on-$(basename "$(dirname "$2")")}"
}

# run PROJECT [BINARY]: its console output, results and seconds, into files of its name.
run() {
    local name begun=$SECONDS
    name=$(name "$@")
    ${2:+env CSRUN_BINARY="$PWD/$2"} timeout -k 10 "$limit" \
        dotnet test "$1/bin/Debug/net10.0/${1##*/}.dll" --logger "trx;LogFileName=$PWD/$results/$name.trx" \
        --blame-hang-timeout 20min --blame-hang-dump-type none >"$results/$name.log" 2>&1 </dev/null
    echo $? >"$results/$name.code"
    echo $((SECONDS - begun)) >"$results/$name.seconds"
}

# complaints LOG: the names of failed tests and the beginning of what each says, without where in the code.
complaints() {
    awk '/^  Failed / { lines = 16 }
        /^  (Stack Trace|Standard Output)/ { lines = 0 }
        lines-- > 0 { print substr($0, 1, 500) }' "$1"
}

# count PROJECT [BINARY]: adds its results to the sums, and shows what went wrong.
count() {
    local name code counters total executed good bad
    name=$(name "$@")
    code=$(cat "$results/$name.code" 2>/dev/null || echo 1)
    counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null | head -1)
    total=$(attribute total) executed=$(attribute executed) good=$(attribute passed)
    bad=$((executed - good))
    if [ "$total" = 0 ] || { [ "$code" != 0 ] && [ "$bad" = 0 ]; }; then
        echo "$name: the test host died or ran no test (exit code $code)" | tee -a "$results/complaints"
        bad=$((bad + 1))
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
    printf '%-32s %4d passed, %d failed, %d skipped in %d s\n' "$name" "$good" "$bad" $((total - executed)) \
        "$(cat "$results/$name.seconds")"
    [ "$bad" = 0 ] || { cat "$results/$name.log"; complaints "$results/$name.log" >>"$results/complaints"; }
}

attribute() {
    local value
    value=$(printf '%s' "$counters" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p")
    echo "${value:-0}"
}

if [ "$(id -u)" = 0 ]; then
    step setup build/setup.sh test
else
    echo "not root: only the unit tests run, the others are skipped"
fi
# The guest is made of packages meanwhile, and the second executable beside the unit tests; before the first suite that
# looks at the whole machine both must be there.
if [[ " ${alone[*]-} " == *Guests* ]] && [ "$(id -u)" = 0 ]; then
    build/vm/image.sh >"$results/image.log" 2>&1 &
fi
step build dotnet build Runtime.sln --nologo -v quiet -m:2
if [ ${#alone[@]} -gt 0 ]; then
    step publish make --no-print-directory bin/csrun
    make --no-print-directory out/plain/csrun >"$results/plain.log" 2>&1 &
fi

for ((i = 0; i < ${#unit[@]}; i += 2)); do
    pair=("${unit[@]:i:2}")
    running=()
    for project in "${pair[@]}"; do
        run "$project" &
        running+=($!)
    done
    wait "${running[@]}"
    for project in "${pair[@]}"; do count "$project"; done
done
wait
[ ${#alone[@]} = 0 ] || step publish-plain make --no-print-directory out/plain/csrun
for project in "${alone[@]+"${alone[@]}"}"; do
    run "$project"
    count "$project"
    if [[ " ${again[*]-} " == *" $project "* ]]; then
        run "$project" out/plain/csrun
        count "$project" out/plain/csrun
    fi
done
close
