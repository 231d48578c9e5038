#!/bin/sh
# conformance.sh: runs the conformance suite against bin/csrun and Debian's runc and crun, and writes docs/conformance.md.
set -eu
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
[ "$(id -u)" = 0 ] || { echo "conformance.sh: running containers needs root" >&2; exit 1; }
suite=tests/Csrun.Conformance.Tests
results=$PWD/out/conformance
rm -rf "$results"
mkdir -p "$results"

dotnet build $suite --nologo -v quiet -m:2 >"$results/build.log" 2>&1 || { cat "$results/build.log" >&2; exit 1; }
for runtime in csrun runc crun; do
    binary=$PWD/bin/csrun
    [ $runtime = csrun ] || binary=$(command -v $runtime)
    # A case that fails is a line of the page; a run without results is none.
    CSRUN_BINARY=$binary CSRUN_CONFORMANCE_RESULTS=$results dotnet test $suite --no-build --logger "trx;LogFileName=$results/$runtime.trx" \
        --filter 'FullyQualifiedName!~BrokenRuntime&FullyQualifiedName!~SeenInside&FullyQualifiedName!~Coverage&FullyQualifiedName!~Report' \
        >"$results/$runtime.log" 2>&1 || true
    [ -s "$results/$runtime.trx" ] || { cat "$results/$runtime.log" >&2; exit 1; }
    echo "$runtime: $(grep -ao 'Failed: .*Total: *[0-9]*' "$results/$runtime.log" | tail -1)"
    # Debian's runtimes give the host's /dev/null to the container's user.
    chown root:root /dev/null && chmod 666 /dev/null
done

{
    date -u '+%Y-%m-%d'
    echo "csrun $(git rev-parse --short=12 HEAD)"
    runc --version | head -1
    crun --version | head -1
    echo "Linux $(uname -r), $(nproc) processors, cgroups: $(stat -fc %T /sys/fs/cgroup)"
    echo "root's capabilities: $(sed -n 's/^CapBnd:\t//p' /proc/self/status)"
    echo "security modules: $(cat /sys/kernel/security/lsm 2>/dev/null || echo none told)"
} >"$results/facts"
CSRUN_CONFORMANCE_RESULTS=$results dotnet test $suite --no-build --filter 'FullyQualifiedName~ReportTests' >"$results/page.log" 2>&1 || {
    cat "$results/page.log" >&2
    exit 1
}
echo "docs/conformance.md is written"
