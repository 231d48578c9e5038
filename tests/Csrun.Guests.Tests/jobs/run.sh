#!/bin/bash
# Runs in the guest: every function test_NAME of every JOB.job.sh as the test JOB/NAME, one after the other, each in a
# shell of its own and within two minutes. /results/tests gets a line for each: "ok JOB/NAME" or "not ok JOB/NAME: why".
set -u
install -m 0755 csrun /usr/local/bin/csrun
mkdir -p /results/logs /tmp/jobs
csrun spec -b /tmp/jobs
jq '.ociVersion = "1.0.2" | .root = {path: "/srv/rootfs", readonly: true} | .process.terminal = false | .process.args = ["sleep", "1000"]' \
    /tmp/jobs/config.json >/tmp/jobs/base.json

wanted() {
    local pattern
    while read -r pattern; do
        # shellcheck disable=SC2053
        [[ $1 != $pattern ]] || return 0
    done <wanted
    return 1
}

for file in *.job.sh; do
    job=${file%.job.sh}
    for name in $(sed -n 's/^test_\([a-z0-9_]*\)() {.*/\1/p' "$file"); do
        wanted "$job/$name" || continue
        log=/results/logs/$job.$name
        start=$(date +%s%N)
        timeout -k 5 120 bash ./one.sh "$job" "$name" >"$log" 2>&1
        code=$?
        echo "ran for $(($(date +%s%N) - start)) ns" >>"$log.time"
        if [ $code = 0 ]; then
            echo "ok $job/$name"
        else
            echo "not ok $job/$name: exit $code: $(tail -n 3 "$log" | tr '\n' ' ')"
        fi
    done
done | tee /results/tests >/dev/console
