#!/bin/bash
# method-order.sh: runs a container's life with bin/csrun and writes src/Csrun/Startup/method-order.txt: the methods in the
# order in which they are first entered, which is the order in which the compiler then lays them out. As root; minutes.
set -eu
cd "$(dirname "$0")/.."
binary=$PWD/bin/csrun order=src/Csrun/Startup/method-order.txt
work=$(mktemp -d)
trap '"$binary" --root "$work/state" delete --force c >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

gcc -O2 -o "$work/record" build/method-order/record.c
nm --defined-only "$binary.dbg" | grep -i ' [tw] ' >"$work/symbols"

build/rootfs.sh "$work/bundle/rootfs"
"$binary" spec --bundle "$work/bundle"
sed -i -e 's/"terminal": true/"terminal": false/' -e 's/"sh"/"sleep", "1000"/' "$work/bundle/config.json"
mkdir "$work/short"
sed -e 's/"sleep", "1000"/"true"/' -e "s|\"path\": \"rootfs\"|\"path\": \"$work/bundle/rootfs\"|" \
    "$work/bundle/config.json" >"$work/short/config.json"

record() {
    "$work/record" "$work/symbols" "$binary" --root "$work/state" "$@" </dev/null >>"$work/entered" 2>>"$work/output" ||
        { cat "$work/output" >&2; exit 1; }
}

record run --bundle "$work/short" d
record create --bundle "$work/bundle" c
record start c
record exec c true
record state c
record kill c KILL
record delete --force c

# Of the managed code alone: the rest comes from archives that the compiler does not lay out.
read -r start size < <(readelf -SW "$binary" | sed -n 's/.*__managedcode *PROGBITS *\([0-9a-f]*\) [0-9a-f]* \([0-9a-f]*\).*/\1 \2/p')
end=$(printf '%016x' $((16#$start + 16#$size)))
awk -v start="$start" -v end="$end" '
    FNR == NR { address[$3] = $1; next }
    !seen[$0]++ && address[$0] "" >= start "" && address[$0] "" < end ""' "$work/symbols" "$work/entered" >"$order"
echo "$order: $(wc -l <"$order") methods"
