#!/bin/bash
# engines.sh [cases|latency|none]...: runs the engines' cases with csrun, runc and crun as the runtime, and those of
# docker and containerd with csrun's shim too; measures a container that does nothing below each engine, and writes
# docs/engines.md; with arguments only these parts are made anew (none: the page alone). Fails where csrun does not pass
# what another one does.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
[ "$(id -u)" = 0 ] || { echo "engines.sh: engines need root" >&2; exit 1; }
suite=tests/Csrun.Engines.Tests scripts=$PWD/tests/Csrun.Engines.Tests/scripts
results=out/engines rounds=${ROUNDS:-21}
names=(csrun shim runc crun)
declare -A path=([csrun]=$PWD/bin/csrun [shim]=$PWD/bin/csrun [runc]=$(command -v runc) [crun]=$(command -v crun))
mkdir -p "$results"

# cases: out/engines/NAME.tsv, a line "case, outcome, first line of the reason" each. Engines that are killed are
# left out: what is left then says more of the engine (docs/decisions/engines.md).
cases() {
    local name filter shim
    dotnet build $suite --nologo -v quiet -m:2
    rm -f "$results"/*.trx
    for name in "${names[@]}"; do
        filter="FullyQualifiedName!~KilledTests&FullyQualifiedName!~LoadTests" shim=0
        [ "$name" != shim ] || filter+="&(FullyQualifiedName~.Docker|FullyQualifiedName~.ContainerdTests)" shim=1
        CSRUN_SHIM=$shim CSRUN_BINARY=${path[$name]} timeout -k 10 3600 dotnet test $suite --no-build \
            --filter "$filter" \
            --logger "trx;LogFileName=$PWD/$results/$name.trx" >"$results/$name.log" 2>&1 </dev/null || true
        # A case that fails is a line of the page; a run without results is none.
        [ -s "$results/$name.trx" ] || { cat "$results/$name.log" >&2; exit 1; }
        chown root:root /dev/null # which runc and crun give to the container's user
        chmod 666 /dev/null
        awk -F'"' '
            /<UnitTestResult / {
                for (i = 1; i < NF; i += 2) {
                    if ($i ~ / testName=$/) test = $(i + 1)
                    if ($i ~ / outcome=$/) outcome = $(i + 1)
                }
                sub(/^Csrun\.Engines\.Tests\./, "", test)
                reason = ""
                if ($0 ~ /\/>$/) { print test "\t" outcome "\t"; test = "" }
            }
            /<Message>/ && test != "" {
                reason = $0
                sub(/.*<Message>/, "", reason)
                sub(/<\/Message>.*/, "", reason)
                if (match(reason, /-&gt; exit [0-9]+/)) reason = substr(reason, RSTART + 6, RLENGTH - 6)
            }
            /^std(out|err): / && test != "" {
                said = substr($0, 9)
                sub(/<\/Message>.*/, "", said)
                if (said != "") reason = reason ": " said
            }
            /<\/UnitTestResult>/ && test != "" { print test "\t" outcome "\t" substr(reason, 1, 1000); test = "" }
        ' "$results/$name.trx" | sort >"$results/$name.tsv"
    done
}

# latency: out/engines/ENGINE.ns, "NAME NANOSECONDS" lines.
latency() {
    local engine cell name pairs=() flags shim
    for name in csrun runc crun; do pairs+=("$name=${path[$name]}"); done
    cut -d' ' -f1-3 /proc/loadavg >"$results/load"
    for engine in docker containerd podman buildah; do
        cell=$(mktemp -d /var/tmp/csrun-compare.XXXXXX)
        bash "$scripts/image.sh" "$cell"
        "$scripts/cell.sh" up "$cell"
        flags=()
        [ $engine != docker ] || flags=(--add-runtime "crun=${path[crun]}")
        # What docker itself calls runc is in its PATH: here Debian's.
        "$scripts/cell.sh" run "$cell" \
            "$scripts/${engine/buildah/podman}.sh" "$cell" "${path[csrun]}" "${flags[@]}" >/dev/null 2>&1
        ln -sfn "${path[runc]}" "$cell/bin/runc" 2>/dev/null || true
        [ $engine != buildah ] || "$scripts/cell.sh" run "$cell" buildah from localhost/bb >/dev/null
        # docker 20.10 knows one shim; ctr names it.
        shim=()
        if [ $engine = containerd ]; then
            ln -sfn "${path[shim]}" "$cell/bin/containerd-shim-csrun-v2"
            shim=(shim=io.containerd.csrun.v2)
        fi
        "$scripts/cell.sh" run "$cell" "$scripts/latency.sh" $engine "$rounds" "${pairs[@]}" "${shim[@]}" \
            >"$results/$engine.ns"
        "$scripts/cell.sh" down "$cell"
        rm -rf "$cell"
    done
    chown root:root /dev/null
    chmod 666 /dev/null
}

# quartiles FILE NAME: median (lower-upper quartile) in ms, nothing where it was not measured.
quartiles() {
    awk -v name="$2" '$1 == name { print $2 / 1e6 }' "$1" | sort -n |
        awk '
            { v[NR] = $1 }
            function at(part) { return v[int((part * NR + 4 - part) / 4)] }
            END { if (NR) printf "%.0f (%.0f-%.0f)", at(2), at(1), at(3) }'
}

versions() {
    dpkg-query -W -f '${Package} ${Version}\n' runc crun docker.io containerd podman conmon buildah |
        paste -sd, | sed 's/,/, /g'
}

page() {
    local name engine
    cat <<MD
# Engines on csrun, runc and crun

Written by \`make compare\` on $(date -u +%F), commit $(git rev-parse --short=12 HEAD), kernel $(uname -r),
$(nproc) processors. Debian's $(versions).

## A container that does nothing

\`run --rm true\` and \`buildah run true\`, without a network of its own: median (quartiles) in ms of
$(grep -c '^csrun ' "$results/docker.ns") rounds, the runtimes one after the other in each.
Load average at the beginning: $(cat "$results/load").

| engine | csrun | csrun and its shim | runc | crun |
| --- | --- | --- | --- | --- |
MD
    for engine in docker containerd podman buildah; do
        printf '| %s |' "$engine"
        for name in "${names[@]}"; do printf ' %s |' "$(quartiles "$results/$engine.ns" "$name")"; done
        echo
    done
    cat <<'MD'

## Cases

Each is a test of `tests/Csrun.Engines.Tests`, run with `CSRUN_BINARY` set to the runtime; in the second column docker
and containerd have csrun's shim in place of Debian's too (`CSRUN_SHIM=1`). The checks were written for csrun: a number
tells how the case failed below, which may also be a word that another runtime says differently.

| case | csrun | csrun and its shim | runc | crun |
| --- | --- | --- | --- | --- |
MD
    awk -F'\t' -v names="${names[*]}" '
        FNR == 1 { column++ }
        { outcome[$1, column] = $2; reason[$1, column] = $3; if (!($1 in seen)) { seen[$1]; order[++count] = $1 } }
        END {
            split(names, name, " ")
            for (i = 1; i <= count; i++) {
                test = order[i]
                call = index(test, "(") ? substr(test, index(test, "(")) : ""
                method = substr(test, 1, length(test) - length(call))
                gsub(/_/, " ", method)
                line = "| " plain(method call) " |"
                for (c = 1; c <= column; c++) {
                    if (outcome[test, c] == "") { line = line " |"; continue }
                    run[c]++
                    if (outcome[test, c] == "Passed") { line = line " yes |"; passed[c]++ }
                    else { notes[++note] = name[c] ": " plain(reason[test, c]); line = line " no (" note ") |" }
                }
                print line
            }
            line = "| **passed** |"
            for (c = 1; c <= column; c++) line = line " **" passed[c] + 0 " of " run[c] + 0 "** |"
            print line "\n"
            for (i = 1; i <= note; i++) print i ". " notes[i]
        }
        function plain(text) {
            gsub(/&quot;/, "\"", text)
            gsub(/&lt;/, "<", text)
            gsub(/&gt;/, ">", text)
            gsub(/&#xD;|&#xA;/, " ", text)
            gsub(/&amp;/, "\\&", text)
            gsub(/\|/, "\\|", text)
            gsub(/\/var\/tmp\/csrun-tests\/[0-9-]+\//, "", text)
            return substr(text, 1, 240)
        }' "$results/csrun.tsv" "$results/shim.tsv" "$results/runc.tsv" "$results/crun.tsv"
}

for part in "${@:-cases latency}"; do
    for step in $part; do [ "$step" = none ] || "$step"; done
done
page >docs/engines.md
echo "docs/engines.md is written"
holes=$(awk -F'\t' '
    FNR == 1 { column++ }
    $2 == "Passed" { passed[$1, column]; if (column > 1 && !(($1, 1) in passed)) print $1 }
    $2 != "Passed" && column == 2' \
    "$results/csrun.tsv" "$results/shim.tsv" "$results/runc.tsv" "$results/crun.tsv" | sort -u)
[ -z "$holes" ] || { printf 'csrun does not pass, and another does, or not on its shim:\n%s\n' "$holes" >&2; exit 1; }
