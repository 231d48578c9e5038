#!/bin/sh
# bench.sh bench|compare: measures bin/csrun beside crun, runc and the floor. bench prints the table and fails where
# --version takes over 0.1 ms more than the last commit's build (CSRUN_REFERENCE=FILE names another executable);
# compare writes docs/compare.md. Only a quiet machine gives figures worth keeping.
set -eu
mode=${1:?bench or compare}
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
[ "$(id -u)" = 0 ] || { echo "bench.sh: running containers with cgroups of their own needs root" >&2; exit 1; }

# Builds the last commit once: HEAD where something is changed, else the commit before it.
reference() {
    commit=HEAD
    [ -n "$(git status --porcelain -- src build Directory.Build.props Directory.Packages.props)" ] || commit=HEAD~1
    commit=$(git rev-parse --verify --short=12 "$commit")
    built=out/reference/$commit
    if [ ! -x "$built/bin/csrun" ]; then
        rm -rf out/reference
        mkdir -p "$built"
        git archive "$commit" | tar -x -C "$built"
        "$built/build/publish.sh" bin >&2
    fi
    echo "$built/bin/csrun"
}

programs=out/bench
mkdir -p "$programs"
for program in floor empty counts; do
    gcc -O2 -static "tests/Csrun.Bench/$program.c" -o "$programs/$program"
done
dotnet build tests/Csrun.Bench -c Release --nologo -v quiet -m:2 >"$programs/build.log" 2>&1 || {
    cat "$programs/build.log" >&2
    exit 1
}
bench=tests/Csrun.Bench/bin/Release/net10.0/Csrun.Bench

case $mode in
    bench) "$bench" bench bin/csrun "$programs" "${CSRUN_REFERENCE:-$(reference)}" ;;
    compare)
        "$bench" compare bin/csrun "$programs" "$(git rev-parse --short=12 HEAD)" docs/compare.md
        echo "docs/compare.md is written"
        ;;
    *) echo "bench.sh: unknown mode $mode" >&2; exit 2 ;;
esac
