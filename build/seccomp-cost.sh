#!/bin/bash
# seccomp-cost.sh [ROUNDS]: how long the first compilation of docker's default profile takes in a create of its own process,
# by two hardware breakpoints of perf(1): at the compiler's first instruction and where it returns to. Microseconds:
# lowest, median, highest. Needs root, perf, binutils, python3, bin/csrun and bundle-examples/hello/rootfs (make run).
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-50}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compiler=$(nm bin/csrun.dbg | awk '$3 == "Csrun_Seccomp_Csrun_Seccomp_SeccompCompiler__Compile" { print $1 }')
caller=$(nm -S bin/csrun.dbg | awk '$4 == "Csrun_Runtime_Csrun_Runtime_SeccompFilters__CompileOrDecode" { print $1, $2 }')
set -- $caller
behind=$(objdump -d --no-show-raw-insn --start-address="0x$1" --stop-address=$((0x$1 + 0x$2)) bin/csrun |
    awk -v to="$(printf "0x%x" "0x$compiler")" 'found { sub(":", "", $1); print $1; exit } /call/ && $3 == to { found = 1 }')
mkdir "$work/bundle"
python3 - bundle-examples/hello/config.json "$work/bundle/config.json" "$PWD/bundle-examples/hello/rootfs" <<'P'
import json, sys
config = json.load(open(sys.argv[1]))
config["process"]["args"] = ["/bin/true"]
config["root"]["path"] = sys.argv[3]
config["mounts"] = [mount for mount in config["mounts"] if mount.get("type") != "bind" and "bind" not in str(mount.get("options"))]
config["linux"]["seccomp"] = json.load(open("tests/recordings/docker/volumes/config.json"))["linux"]["seccomp"]
json.dump(config, open(sys.argv[2], "w"))
P

for ((i = 0; i < rounds; i++)); do
    perf record -q -o "$work/data" -c 1 -e "mem:0x$compiler:x" -e "mem:0x$behind:x" \
        bin/csrun --root "$work/state" run --bundle "$work/bundle" "seccomp-cost-$$" >"$work/run.log" 2>&1
    perf script -i "$work/data" -F time --ns 2>/dev/null | tr -d ' :' |
        awk 'NR == 1 { first = $1 } NR == 2 { printf "%.1f\n", ($1 - first) * 1e6 }'
done | sort -n | awk '{ us[NR] = $1 } END { print us[1], us[int((NR + 1) / 2)], us[NR], "(" NR " rounds)" }'
