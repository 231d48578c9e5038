#!/bin/bash
# jobs.sh RESULTS SECONDS [TEST...]: boots the guest with bin/csrun and the jobs of tests/Csrun.Guests.Tests, makes the
# guest where it is missing, and leaves in RESULTS a line for each test (tests) with what it printed (logs/). TEST is a
# pattern of names such as limits/*; without any all run but selinux/* and legacy/*. Those, alone, get a kernel with
# SELinux for AppArmor, which exclude each other, and no systemd; or hierarchies of cgroup version 1.
set -euo pipefail
results=$(realpath -m "$1") seconds=$2
shift 2
cd "$(dirname "$0")/../.."
jobs=$(mktemp -d "${TMPDIR:-/tmp}/csrun-jobs.XXXXXX")
trap 'rm -rf "$jobs"' EXIT
cp tests/Csrun.Guests.Tests/jobs/* "${CSRUN_BINARY:-bin/csrun}" "$jobs/"
tests/Csrun.Engines.Tests/scripts/image.sh "$jobs" # bb.tar
printf '%s\n' "${@:-*}" >"$jobs/wanted"
parameters=()
case ${1:-} in
    selinux/*) parameters=(security=selinux enforcing=1 init=/usr/local/sbin/guest-bare) ;;
    legacy/*) parameters=(systemd.unified_cgroup_hierarchy=0) ;;
    '') rm "$jobs"/{selinux,legacy}.job.sh ;;
esac
image=$(build/vm/image.sh)
build/vm/run.sh "$image" "$jobs" "$results" "$seconds" "${parameters[@]}"
