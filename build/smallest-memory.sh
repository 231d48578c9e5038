#!/bin/bash
# smallest-memory.sh [RUNTIME]...: the smallest linux.resources.memory.limit in KiB at which busybox's true runs five
# times of five, for each runtime. As root, after `make`; the figures are for docs/decisions/cgroups.md.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- bin/csrun "$(command -v crun)" "$(command -v runc)"
bundle=$(mktemp -d /var/tmp/csrun-smallest.XXXXXX)
trap 'rm -rf "$bundle"; chown root:root /dev/null; chmod 666 /dev/null' EXIT
build/rootfs.sh "$bundle/rootfs"
bin/csrun spec -b "$bundle"
plain=$(jq '.ociVersion = "1.0.2" | .process.terminal = false | .process.args = ["/bin/true"]' "$bundle/config.json")

# runs RUNTIME KIB: whether it starts with that limit.
runs() {
    local id=smallest-$$
    jq --argjson limit $(($2 * 1024)) --arg path "/$id" \
        '.linux.resources.memory = {limit: $limit} | .linux.cgroupsPath = $path' <<<"$plain" >"$bundle/config.json"
    timeout 20 "$1" run -b "$bundle" $id </dev/null >/dev/null 2>&1 || { "$1" delete -f $id >/dev/null 2>&1; return 1; }
}

for runtime; do
    for limit in $(seq 96 32 512) $(seq 1024 1024 8192); do
        for ((i = 0; i < 5; i++)); do runs "$runtime" "$limit" || break; done
        [ $i -lt 5 ] || break
    done
    [ $i = 5 ] || limit="more than $limit"
    echo "$runtime $limit"
done
