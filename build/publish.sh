#!/bin/sh
# publish.sh DIRECTORY [MSBUILD OPTIONS]: compiles csrun into DIRECTORY: the stripped executable, its symbols as
# csrun.dbg, and as links to it runc, crun and containerd's shim.
set -eu
directory=$1
shift
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# Intermediate files of builds with different options are kept apart.
work=out/publish/$(printf '%s' "$directory" | tr / -)
log=$work/publish.log
mkdir -p "$work" "$directory"
if ! src/Csrun/Startup/know-libc.sh 2>"$log"; then
    set -- "$@" -p:CsrunReplaceLibcStart=false
    echo "publish.sh: a libc whose start csrun does not know: it starts its own way, some 0.2 ms slower"
fi
commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
dotnet publish src/Csrun -c Release --artifacts-path "$work/artifacts" -o "$work/result" --nologo -v quiet \
    -p:CsrunCommit="$commit" "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }

cp "$work/result/csrun.dbg" "$directory/csrun.dbg"
cp "$work/result/csrun" "$directory/csrun.new"
mv -f "$directory/csrun.new" "$directory/csrun" # not in place: an old one may be running
ln -sfn csrun "$directory/runc"
ln -sfn csrun "$directory/crun"
ln -sfn csrun "$directory/containerd-shim-csrun-v2"
echo "$directory/csrun: $(stat -c %s "$directory/csrun") bytes"
